package io.gapo.benchmarks;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.GramCombiner;
import io.gapo.core.combine.GramMatrix;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * How long one min-norm solve takes, certificate included: the combiner's share of a training step.
 * Wanted: under 1 µs for two objectives, 30 µs for 8, 150 µs for 16.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CombinationBenchmark {

  private static final int PROBLEMS = 64;
  private static final int PARAMETERS = 64;

  /** M. */
  @Param({"2", "8", "16"})
  public int objectives;

  /** GAPO's p; 0 is MGDA. */
  @Param({"0", "1"})
  public double power;

  private final GramMatrix[] problems = new GramMatrix[PROBLEMS];
  private GramCombiner combiner = GradientAdaptive.mgda();

  /** Draws the problems: Gaussian gradients, norms over two decades. */
  @Setup
  public void draw() {
    combiner = new GradientAdaptive(power);
    Random random = new Random(17);
    for (int i = 0; i < PROBLEMS; i++) {
      problems[i] = gram(random);
    }
  }

  /** Solves each problem once. */
  @Benchmark
  @OperationsPerInvocation(PROBLEMS)
  public void solve(Blackhole blackhole) {
    for (GramMatrix problem : problems) {
      Combination combination = combiner.combine(problem);
      blackhole.consume(combination);
    }
  }

  private GramMatrix gram(Random random) {
    double[][] gradients = new double[objectives][PARAMETERS];
    for (double[] gradient : gradients) {
      double scale = Math.pow(10, 2 * random.nextDouble());
      for (int k = 0; k < PARAMETERS; k++) {
        gradient[k] = scale * random.nextGaussian();
      }
    }
    double[][] rows = new double[objectives][objectives];
    for (int i = 0; i < objectives; i++) {
      for (int j = 0; j < objectives; j++) {
        for (int k = 0; k < PARAMETERS; k++) {
          rows[i][j] += gradients[i][k] * gradients[j][k];
        }
      }
    }
    return GramMatrix.of(rows);
  }
}
