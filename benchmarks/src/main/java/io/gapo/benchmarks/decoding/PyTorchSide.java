package io.gapo.benchmarks.decoding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The process of {@code python/decoding.py}: answers a line of JSON with a line of JSON. */
final class PyTorchSide implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  private PyTorchSide(Process process) {
    this.process = process;
    this.requests = process.outputWriter();
    this.answers = process.inputReader();
  }

  static PyTorchSide start(Path python, Path model, int threads, Clock clock) throws IOException {
    return new PyTorchSide(
        new ProcessBuilder(
                python.toString(),
                "benchmarks/python/decoding.py",
                model.toString(),
                "--threads",
                Integer.toString(threads),
                "--clock",
                clock.name().toLowerCase(Locale.ROOT))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  JsonNode ask(String what, Map<String, ?> details) throws IOException {
    Map<String, Object> request = new LinkedHashMap<>(details);
    request.put("do", what);
    requests.write(JSON.writeValueAsString(request));
    requests.newLine();
    requests.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("PyTorch's side ended at '%s': see its message above".formatted(what));
    }
    return JSON.readTree(answer);
  }

  @Override
  public void close() throws IOException {
    requests.close();
    process.destroy();
  }
}
