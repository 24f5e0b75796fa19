package io.gapo.benchmarks.decoding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.benchmarks.JsonProcess;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The process of {@code python/decoding.py}: answers a line of JSON with a line of JSON. */
record PyTorchSide(JsonProcess process) implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  static PyTorchSide start(Path python, Path model, TorchSettings torch, Clock clock)
      throws IOException {
    return new PyTorchSide(
        JsonProcess.start(
            List.of(
                python.toString(),
                "benchmarks/python/decoding.py",
                model.toString(),
                "--threads",
                Integer.toString(torch.threads()),
                "--device",
                torch.device(),
                "--dtype",
                torch.dataType().name().toLowerCase(Locale.ROOT),
                "--clock",
                clock.name().toLowerCase(Locale.ROOT))));
  }

  JsonNode ask(String what, Map<String, ?> details) throws IOException {
    Map<String, Object> request = new LinkedHashMap<>(details);
    request.put("do", what);
    return process.ask(JSON.writeValueAsString(request));
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
