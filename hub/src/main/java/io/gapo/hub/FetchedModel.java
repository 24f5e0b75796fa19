package io.gapo.hub;

import java.nio.file.Path;

/**
 * A model in the cache.
 *
 * @param model at the commit that its revision stood for
 * @param directory with its files; links into the cache
 */
public record FetchedModel(HubModel model, Path directory) {

  /** What the revision stood for. */
  public String commit() {
    return model.revision();
  }
}
