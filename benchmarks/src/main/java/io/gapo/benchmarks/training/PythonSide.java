package io.gapo.benchmarks.training;

import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.benchmarks.JsonProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A Python script that says its versions first, then does what it is told.
 *
 * @param versions its first line
 */
record PythonSide(JsonProcess process, JsonNode versions) implements AutoCloseable {

  /** Starts a script and waits for its first line. */
  static PythonSide start(String python, String script, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(python, script));
    command.addAll(arguments);
    JsonProcess process = JsonProcess.start(command);
    return new PythonSide(process, process.answer());
  }

  JsonNode ask(String command) throws IOException {
    return process.ask(command);
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
