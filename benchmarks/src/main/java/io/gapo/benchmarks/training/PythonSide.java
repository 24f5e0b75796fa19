package io.gapo.benchmarks.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A Python process that does what it is told by lines, and answers each with a line of JSON. */
final class PythonSide implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter commands;
  private final JsonNode versions;

  private PythonSide(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader();
    this.commands = process.outputWriter();
    this.versions = answer();
  }

  /** Starts a script and waits for its first line, which tells its versions. */
  static PythonSide start(String python, String script, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(python, script));
    command.addAll(arguments);
    return new PythonSide(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  JsonNode versions() {
    return versions;
  }

  JsonNode ask(String command) throws IOException {
    commands.write(command);
    commands.newLine();
    commands.flush();
    return answer();
  }

  private JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the Python side has ended; its message is above");
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() throws IOException {
    commands.close();
    process.destroy();
  }
}
