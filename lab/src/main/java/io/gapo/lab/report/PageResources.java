package io.gapo.lab.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Scripts and styles that the page holds, and its leave to use them and nothing else. */
final class PageResources {

  private static final String UPLOT = "uplot";

  private final String uplot = webJar(UPLOT);

  /** The library that draws, under its licence, which asks to go with it. */
  String library() {
    return "/*!\n%s\n*/\n%s"
        .formatted(text(uplot + "LICENSE"), text(uplot + "dist/uPlot.iife.min.js"));
  }

  /** What is drawn by it. */
  String script() {
    return text("charts.js");
  }

  String styleSheet() {
    return Stream.of(
            ChartColor.styleSheet(), text(uplot + "dist/uPlot.min.css"), text("report.css"))
        .collect(Collectors.joining("\n"));
  }

  /** Even markup that got in could load and run nothing: what may run is known by its digest. */
  String securityPolicy() {
    return "%s; script-src %s %s"
        .formatted(policyWithoutScripts(), digest(library()), digest(script()));
  }

  /** For a page that runs nothing at all. */
  String policyWithoutScripts() {
    return "default-src 'none'; base-uri 'none'; form-action 'none'; style-src %s"
        .formatted(digest(styleSheet()));
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-%s'".formatted(Base64.getEncoder().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Where an npm package's files are; the build alone knows its version. */
  private static String webJar(String name) {
    String about = "/META-INF/maven/org.webjars.npm/%s/pom.properties".formatted(name);
    Properties properties = new Properties();
    try (InputStream in = open(about)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + about, e);
    }
    return "/META-INF/resources/webjars/%s/%s/".formatted(name, properties.getProperty("version"));
  }

  /** Normalizes line ends to those that a browser counts. */
  private static String text(String resource) {
    try (InputStream in = open(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = PageResources.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException(resource + " is missing from the class path");
    }
    return in;
  }
}
