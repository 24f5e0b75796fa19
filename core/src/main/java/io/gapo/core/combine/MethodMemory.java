package io.gapo.core.combine;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a method has learned for the next step: numbers for each objective, under its name, so that
 * the order of a run's objectives does not matter.
 *
 * @param method that learned it; empty where nothing was learned
 * @param numbers by objective; their layout is the method's own affair
 */
public record MethodMemory(String method, SortedMap<String, List<Double>> numbers) {

  /** The memory of methods that learn nothing, and of every method before its first step. */
  public static final MethodMemory NONE = new MethodMemory("", new TreeMap<>());

  /** Under this method stands what does not say which objective a number is of. */
  private static final String UNNAMED = "unnamed";

  public MethodMemory {
    SortedMap<String, List<Double>> copied = new TreeMap<>();
    numbers.forEach((objective, learned) -> copied.put(objective, List.copyOf(learned)));
    numbers = Collections.unmodifiableSortedMap(copied);
    if (method.isEmpty() != numbers.isEmpty()) {
      throw new IllegalArgumentException(
          "expected numbers and the method that learned them, was '%s' and %s"
              .formatted(method, numbers));
    }
  }

  /** A method's. */
  public static MethodMemory of(String method, Map<String, List<Double>> numbers) {
    return new MethodMemory(method, new TreeMap<>(numbers));
  }

  /**
   * What was written before memories had names. It is there to be refused: nobody knows which
   * objective a number is of.
   */
  public static MethodMemory unnamed(List<Double> numbers) {
    return numbers.isEmpty() ? NONE : of(UNNAMED, Map.of("", numbers));
  }

  /**
   * The numbers by objective; none at the first step.
   *
   * @param reader the method that wants to use them
   * @throws IllegalArgumentException if another method learned them, or nobody knows which
   */
  SortedMap<String, List<Double>> of(String reader) {
    if (numbers.isEmpty() || method.equals(reader)) {
      return numbers;
    }
    String found =
        method.equals(UNNAMED)
            ? "does not say which objective its numbers are of, as those of earlier releases"
            : "is that of " + method;
    throw new IllegalArgumentException(
        "%s cannot use the run's memory, which %s: set gapo.combination.method back, or start again"
                .formatted(reader, found)
            + " with an empty gapo.training.checkpoint-directory");
  }
}
