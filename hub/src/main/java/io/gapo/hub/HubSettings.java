package io.gapo.hub;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which hub is asked, and where models are kept; the environment's variables mean what they mean to
 * {@code huggingface_hub}.
 *
 * @param endpoint without a slash at its end
 * @param cache directory of all repositories
 * @param offline whether no hub may be asked
 */
record HubSettings(URI endpoint, Path cache, Optional<HubToken> token, boolean offline) {

  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

  HubSettings {
    if (token.isPresent() && "http".equals(endpoint.getScheme()) && !isLoopback(endpoint)) {
      throw new HubException(
          "HF_TOKEN would travel to %s unencrypted: name an https:// endpoint in HF_ENDPOINT, or"
                  .formatted(endpoint)
              + " unset HF_TOKEN");
    }
  }

  /**
   * Reads {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_HUB_OFFLINE}, {@code HF_HUB_CACHE},
   * {@code HF_HOME} and {@code XDG_CACHE_HOME}.
   *
   * @throws HubException naming the variable that cannot be used
   */
  static HubSettings from(Map<String, String> environment) {
    return new HubSettings(
        endpoint(value(environment, "HF_ENDPOINT").orElse(DEFAULT_ENDPOINT)),
        cache(environment),
        value(environment, "HF_TOKEN").map(HubToken::new),
        value(environment, "HF_HUB_OFFLINE")
            .map(text -> TRUE.contains(text.toUpperCase(Locale.ROOT)))
            .orElse(false));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    @Nullable String value = environment.get(name);
    return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
  }

  private static Path cache(Map<String, String> environment) {
    Optional<Path> named = value(environment, "HF_HUB_CACHE").map(HubSettings::path);
    return named.orElseGet(
        () ->
            value(environment, "HF_HOME")
                .map(HubSettings::path)
                .orElseGet(
                    () ->
                        path(value(environment, "XDG_CACHE_HOME").orElse("~/.cache"))
                            .resolve("huggingface"))
                .resolve("hub"));
  }

  private static Path path(String text) {
    try {
      Path path =
          text.equals("~") || text.startsWith("~/")
              ? Path.of(System.getProperty("user.home") + text.substring(1))
              : Path.of(text);
      return path.toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new HubException(
          "HF_HOME, HF_HUB_CACHE or XDG_CACHE_HOME is no path: " + e.getMessage(), e);
    }
  }

  private static URI endpoint(String text) {
    try {
      URI uri = new URI(text.replaceAll("/+$", ""));
      if (("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && uri.getFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below, without the text: people put passwords into such addresses.
    }
    throw new HubException(
        "HF_ENDPOINT is not the address of a hub: it must be like " + DEFAULT_ENDPOINT);
  }

  private static boolean isLoopback(URI uri) {
    try {
      return InetAddress.getByName(uri.getHost()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Whether an address belongs to the endpoint, so that it may see the token. */
  boolean isEndpoint(URI uri) {
    return endpoint.getScheme().equals(uri.getScheme())
        && endpoint.getHost().equalsIgnoreCase(uri.getHost())
        && port(endpoint) == port(uri);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equals(uri.getScheme()) ? 443 : 80;
  }
}
