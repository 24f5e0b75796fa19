package io.gapo.core.combine;

import static io.gapo.core.combine.Vectors.check;
import static io.gapo.core.combine.Vectors.doubles;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class VectorsTest {

  @TestFactory
  Stream<DynamicTest> mgda() {
    return check("mgda", 0, expected -> GradientAdaptive.mgda());
  }

  @TestFactory
  Stream<DynamicTest> gapo() {
    return Stream.of(0.5, 1.0, 1.5, 2.0, 3.0)
        .flatMap(
            p -> {
              String method = "gapo(p=%s)".formatted(p % 1 == 0 ? "%.0f".formatted(p) : p);
              return check(method, p, expected -> new GradientAdaptive(p));
            });
  }

  @TestFactory
  Stream<DynamicTest> pgapo() {
    return check(
        "pgapo",
        1,
        expected ->
            weighted(new PreferenceWeighted(Steps.preference(doubles(expected.get("lam"))))));
  }

  private static GramCombiner weighted(GradientCombiner combiner) {
    return gram -> combiner.combine(Steps.of(gram));
  }

  @TestFactory
  Stream<DynamicTest> linear() {
    return check(
        "linear",
        0,
        expected ->
            weighted(new LinearScalarization(Steps.preference(doubles(expected.get("lam"))))));
  }

  @TestFactory
  Stream<DynamicTest> pcgrad() {
    return check("pcgrad", 0, expected -> new ProjectingConflicts());
  }

  @TestFactory
  Stream<DynamicTest> cagrad() {
    return Stream.of(0.2, 0.5, 0.9)
        .flatMap(c -> check("cagrad(c=%s)".formatted(c), 0, expected -> new ConflictAverse(c)));
  }

  @TestFactory
  Stream<DynamicTest> nash() {
    return check("nash", 1, expected -> new NashBargaining());
  }

  @TestFactory
  Stream<DynamicTest> imtlg() {
    return check("imtlg", 0, expected -> new EqualProjections());
  }

  @TestFactory
  Stream<DynamicTest> alignedMtl() {
    return check("aligned_mtl", 0, expected -> new AlignedPrincipalComponents());
  }

  @TestFactory
  Stream<DynamicTest> upgrad() {
    return check("upgrad", 0, expected -> new UnconflictingProjections());
  }

  @TestFactory
  Stream<DynamicTest> cappedMgda() {
    return Stream.of(0.3, 0.5, 0.6, 0.8)
        .flatMap(
            cap ->
                check("capped_mgda(cap=%s)".formatted(cap), 0, expected -> new CappedMinNorm(cap)));
  }

  @TestFactory
  Stream<DynamicTest> raco() {
    return check(
        "raco(c=0.4)",
        0,
        expected ->
            weighted(
                new ClippedConflictAverse(Steps.preference(doubles(expected.get("lam"))), 0.4)));
  }

  @TestFactory
  Stream<DynamicTest> smoothTchebycheff() {
    return check(
        "smooth_tchebycheff(mu=0.5)",
        0,
        expected ->
            gram ->
                new SmoothTchebycheff(
                        Steps.preference(doubles(expected.get("lam"))),
                        Steps.byName(doubles(expected.get("ideal"))),
                        0.5)
                    .combine(Steps.of(gram, MethodMemory.NONE, doubles(expected.get("scores")))));
  }

  @AfterAll
  static void report() {
    Vectors.report();
  }
}
