package io.gapo.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;

/** A process of the other side: it is told what to do by lines, and answers by lines of JSON. */
public final class JsonProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  private JsonProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.requests = process.outputWriter();
    this.answers = process.inputReader();
  }

  /** Starts it; what it writes to its error stream is shown. */
  public static JsonProcess start(List<String> command) throws IOException {
    return new JsonProcess(
        String.join(" ", command),
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Its answer to a line. */
  public JsonNode ask(String line) throws IOException {
    requests.write(line);
    requests.newLine();
    requests.flush();
    return answer();
  }

  /**
   * Its next line.
   *
   * @throws IOException if it has ended
   */
  public JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("'%s' has ended: see its message above".formatted(name));
    }
    return JSON.readTree(line);
  }

  @Override
  public void close() throws IOException {
    requests.close();
    process.destroy();
  }
}
