package io.gapo.lab.cli;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code gapo} in a checkout with a Java and a Maven that only say what they do. */
class LauncherTest {

  private static final List<String> MODULES =
      List.of(
          "hub",
          "core",
          "chat-template",
          "objectives",
          "broker",
          "actors",
          "streams",
          "model-runtime",
          "ops",
          "lab");

  private final Path root;
  private final Path checkout;
  private final Path jdk;
  private final Path tools;

  LauncherTest(@TempDir Path directory) {
    root = directory;
    checkout = directory.resolve("a checkout");
    jdk = directory.resolve("jdk");
    tools = directory.resolve("tools");
  }

  private record Result(int exitCode, String output) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    for (String module : MODULES) {
      Files.createDirectories(checkout.resolve(module).resolve("src/main"));
      Files.writeString(checkout.resolve(module).resolve("pom.xml"), "");
    }
    Files.writeString(checkout.resolve("pom.xml"), "");
    Files.copy(Path.of("..", "gapo"), checkout.resolve("gapo"));
    makeJdk("17.0.15");
    script(
        tools.resolve("mvn"),
        """
        echo build >>builds
        for module in %s; do
          mkdir -p $module/target
          echo >$module/target/$module-0.1.0.jar
          echo >$module/target/$module-0.1.0-tests.jar
        done
        echo >library.jar
        printf '%%s' "$PWD/library.jar" >lab/target/classpath
        """
            .formatted(String.join(" ", MODULES)));
  }

  @Test
  void buildsOnceAndStartsJavaWithTheArgumentsOfTheUser() throws Exception {
    Result first = launch("feed", "my file.jsonl");
    Result second = launch("version");

    assertThat(first.exitCode()).isEqualTo(7);
    assertThat(first.output())
        .contains("gapo: building")
        .contains("<io.gapo.ops.cli.Gapo>\n<feed>\n<my file.jsonl>\n")
        .contains("a checkout/lab/target/launcher/core.jar:")
        .contains("a checkout/library.jar>")
        .contains("<-Dai.djl.offline=true>");
    assertThat(second.output()).doesNotContain("building").contains("<version>");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    launch("version");
    Path source = Files.writeString(checkout.resolve("streams/src/main/A.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));

    launch("version");

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void buildsAgainWhenALibraryIsGoneOrTheBuildArgumentsDiffer() throws Exception {
    launch("version");
    Files.delete(checkout.resolve("library.jar"));
    launch("version");
    assertThat(builds()).isEqualTo(2);

    launch(Map.of("GAPO_BUILD_ARGS", "-Dcuda"), "version");
    assertThat(builds()).isEqualTo(3);
  }

  @Test
  void showsWhyTheBuildFailedAndTriesAgainNextTime() throws Exception {
    script(tools.resolve("mvn"), "echo '[ERROR] no such symbol'; exit 1\n");
    Result failed = launch("version");

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.output()).contains("[ERROR] no such symbol", "gapo: the build failed");

    makeCheckoutAgain();
    assertThat(launch("version").output()).contains("<version>");
  }

  @Test
  void namesAJavaHomeWithoutJava() throws Exception {
    Result result = launch(Map.of("JAVA_HOME", "/no/jdk"), "version");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).startsWith("gapo: JAVA_HOME is /no/jdk, which has no bin/java");
  }

  @Test
  void namesAJavaThatIsTooOld() throws Exception {
    makeJdk("11.0.2");

    Result result = launch("version");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("is Java 11: install a JDK 17 or newer");
  }

  @Test
  void namesAMissingMaven() throws Exception {
    Files.delete(tools.resolve("mvn"));
    for (String tool : List.of("bash", "readlink", "dirname", "sed", "cat", "find", "mkdir")) {
      script(tools.resolve(tool), "exec /usr/bin/%s \"$@\"\n".formatted(tool));
    }

    Result result = launch(Map.of("PATH", tools.toString()), "version");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("gapo: there is no Maven");
  }

  private void makeCheckoutAgain() throws IOException {
    Files.delete(checkout.resolve("gapo"));
    makeCheckout();
  }

  private void makeJdk(String version) throws IOException {
    script(jdk.resolve("bin/java"), "printf '<%s>\\n' \"$@\"\nexit 7\n");
    script(jdk.resolve("bin/javac"), "");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private static void script(Path file, String commands) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + commands);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private long builds() throws IOException {
    return Files.readAllLines(checkout.resolve("builds")).size();
  }

  private Result launch(String... arguments) throws IOException, InterruptedException {
    return launch(Map.of(), arguments);
  }

  private Result launch(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("/bin/bash", checkout.resolve("gapo").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put("PATH", tools + ":/usr/bin:/bin");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, MINUTES)).isTrue();
    return new Result(process.exitValue(), output);
  }
}
