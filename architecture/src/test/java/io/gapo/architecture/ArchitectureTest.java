package io.gapo.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the poms cannot hold: order within a module, and who may know whom across all of them. */
class ArchitectureTest {

  /** Directory and root package of each module with main code. */
  private static final Map<String, String> MODULES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("testing", "io.gapo.testing"),
              Map.entry("chat-template", "io.gapo.chat"),
              Map.entry("hub", "io.gapo.hub"),
              Map.entry("core", "io.gapo.core"),
              Map.entry("objectives", "io.gapo.objectives"),
              Map.entry("broker", "io.gapo.broker"),
              Map.entry("actors", "io.gapo.actors"),
              Map.entry("streams", "io.gapo.streams"),
              Map.entry("model-runtime", "io.gapo.runtime"),
              Map.entry("ops", "io.gapo.ops"),
              Map.entry("lab", "io.gapo.lab"),
              Map.entry("benchmarks", "io.gapo.benchmarks")));

  private static JavaClasses classes;

  @BeforeAll
  static void readTheMainClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(ArchitectureTest::isNoTestJar)
            .importPackages("io.gapo");
  }

  private static boolean isNoTestJar(Location location) {
    return !location.contains("-tests.jar");
  }

  static Stream<Map.Entry<String, String>> modules() {
    return MODULES.entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void noPackagesOfAModuleUseEachOtherInACircle(Map.Entry<String, String> module) {
    PackageGraph graph = PackageGraph.of(classes, module.getValue());

    print(module.getKey(), module.getValue(), graph);

    assertThat(graph.uses()).isNotEmpty();
    assertThat(graph.inCycles()).isEmpty();
  }

  @Test
  void everyModuleWithMainCodeIsLookedAt() throws IOException {
    try (Stream<Path> directories = Files.list(Path.of(".."))) {
      assertThat(
              directories
                  .filter(each -> Files.isDirectory(each.resolve("src/main/java")))
                  .map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(MODULES.keySet());
    }
  }

  @Test
  void coreUsesTheJdkOnly() {
    ArchRuleDefinition.classes()
        .that()
        .resideInAPackage("io.gapo.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.gapo.core..", "java..", "org.jspecify.annotations")
        .check(classes);
  }

  @Test
  void theServiceKnowsNeitherLaboratoryNorBroker() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.gapo.core..",
            "io.gapo.objectives..",
            "io.gapo.actors..",
            "io.gapo.streams..",
            "io.gapo.runtime..",
            "io.gapo.ops..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.gapo.lab..", "io.gapo.broker..", "io.gapo.benchmarks..")
        .check(classes);
  }

  @Test
  void theServiceUsesNoKafkaServerAndNoGraphics() {
    noClasses()
        .that()
        .resideInAnyPackage("io.gapo.ops..", "io.gapo.streams..", "io.gapo.actors..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("kafka..", "org.apache.kafka.server..", "java.awt..", "javax.swing..")
        .check(classes);
  }

  @Test
  void objectivesActorsStreamsAndModelsDoNotKnowEachOther() {
    Map<String, String> peers =
        Map.of(
            "objectives", "io.gapo.objectives..",
            "actors", "io.gapo.actors..",
            "streams", "io.gapo.streams..",
            "model-runtime", "io.gapo.runtime..");
    peers.forEach(
        (name, packages) ->
            noClasses()
                .that()
                .resideInAPackage(packages)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    peers.values().stream()
                        .filter(other -> !other.equals(packages))
                        .toArray(String[]::new))
                .check(classes));
  }

  /** For whoever wants to see the structure: this is the project's own picture of it. */
  @SuppressWarnings("SystemOut")
  private static void print(String module, String root, PackageGraph graph) {
    System.out.printf(
        "%n%s: %d packages, %d lines of main code, %d of tests%n",
        module,
        graph.uses().size(),
        lines(Path.of("..", module, "src", "main", "java")),
        lines(Path.of("..", module, "src", "test", "java")));
    graph.lines(root).forEach(line -> System.out.println("  " + line));
  }

  private static long lines(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .mapToLong(ArchitectureTest::count)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long count(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
