package io.gapo.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** For docs/checks/hub.sh: a local hub, and who fetches from it. */
final class HubCheck {

  private HubCheck() {}

  /**
   * Serves a directory until its input ends, then says what was asked for; or fetches.
   *
   * @param arguments {@code serve DIRECTORY}, or {@code fetch NAME}
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("serve")) {
      serve(Path.of(arguments[1]));
    } else {
      HubModel model = HubModel.parse(arguments[1]).orElseThrow();
      FetchedModel fetched =
          ModelHub.fromEnvironment(System.getenv())
              .fetch(model, new ProgressLines(model, System.err::println, System::nanoTime));
      System.out.println(fetched.directory());
    }
  }

  private static void serve(Path directory) throws IOException {
    try (LocalHub hub = new LocalHub();
        Stream<Path> files = Files.list(directory)) {
      List<Path> served = files.filter(Files::isRegularFile).toList();
      for (Path file : served) {
        String name = file.getFileName().toString();
        byte[] content = Files.readAllBytes(file);
        if (name.endsWith(ModelFiles.SAFETENSORS)) {
          hub.withLarge(name, content);
          hub.cutNext(name, content.length * 2 / 5);
        } else {
          hub.withSmall(name, new String(content, StandardCharsets.UTF_8));
        }
      }
      System.out.println(hub.endpoint());
      while (System.in.read() >= 0) {
        hub.requests().stream()
            .map(
                request ->
                    "%s %s %s %s"
                        .formatted(
                            request.atStore() ? "store" : "hub",
                            request.method(),
                            request.path(),
                            request.range().orElse("")))
            .forEach(System.out::println);
        System.out.println("end");
      }
    }
  }
}
