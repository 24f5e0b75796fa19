package io.gapo.benchmarks.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The demo's training by TRL, in a process of its own that has both cores to itself.
 *
 * @param python interpreter that has TRL
 * @param prompts to train on, one line each
 */
record TrlSide(String python, List<String> prompts) {

  /** Ways of training that the script has. */
  static final List<String> TRAINERS = List.of("ppo", "grpo");

  private static final String SCRIPT = "benchmarks/python/trl_training.py";

  /**
   * What the script says at its end: the rate, in trained rollouts a second, and versions.
   *
   * @param trainer one of {@link #TRAINERS}
   */
  JsonNode run(String trainer, int steps, int warmUp) throws IOException, InterruptedException {
    Path file = Files.write(Files.createTempFile("prompts", ".txt"), prompts);
    try {
      List<String> command =
          List.of(
              python,
              SCRIPT,
              "--trainer",
              trainer,
              "--home",
              ".",
              "--prompts",
              file.toString(),
              "--steps",
              String.valueOf(steps),
              "--warm-up",
              String.valueOf(warmUp));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      List<String> lines = process.inputReader().lines().toList();
      if (process.waitFor() != 0) {
        throw new IOException(SCRIPT + " failed; its message is above");
      }
      return new ObjectMapper().readTree(lines.get(lines.size() - 1));
    } finally {
      Files.delete(file);
    }
  }
}
