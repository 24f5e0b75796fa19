package io.gapo.lab.world;

import java.util.List;

/**
 * What somebody wants to do with a topic.
 *
 * @param requests ways to say it, each with a {@code {topic}} slot
 * @param steps what a useful answer consists of, each with at most one {@code {it}} slot
 */
public record Intent(String name, PromptKind kind, List<String> requests, List<String> steps) {

  public Intent {
    requests = List.copyOf(requests);
    steps = List.copyOf(steps);
  }
}
