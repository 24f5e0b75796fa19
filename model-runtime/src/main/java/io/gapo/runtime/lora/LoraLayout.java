package io.gapo.runtime.lora;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaLayout;
import io.gapo.runtime.llama.OutputLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names and shapes of an adapter's tensors, under {@code peft}'s names, in the order in which
 * they are kept: for every layer and target A (r, I), then B (O, r).
 */
final class LoraLayout {

  private static final String PREFIX = "base_model.model.";
  private static final String WEIGHT = ".weight";

  private final LoraSettings settings;
  private final List<Place> places = new ArrayList<>();

  /**
   * Where an adapter adds to the model.
   *
   * @param layer counted from 0
   * @param target one of {@link LoraSettings#TARGETS}
   * @param weight name of the frozen matrix, shape (O, I)
   */
  record Place(int layer, String target, String weight, long outputs, long inputs) {

    private long largerSide() {
      return Math.max(outputs, inputs);
    }

    String nameOfA() {
      return nameOf("lora_A");
    }

    String nameOfB() {
      return nameOf("lora_B");
    }

    private String nameOf(String factor) {
      return PREFIX
          + weight.substring(0, weight.length() - WEIGHT.length())
          + "."
          + factor
          + WEIGHT;
    }
  }

  LoraLayout(LlamaConfig config, LoraSettings settings) {
    this.settings = settings;
    Map<String, long[]> shapes = LlamaLayout.shapes(config, OutputLayer.NONE);
    for (int i = 0; i < config.layers(); i++) {
      for (String target : settings.targets()) {
        String start = "model.layers.%s.".formatted(i);
        String end = "." + target + WEIGHT;
        int layer = i;
        shapes.forEach(
            (name, shape) -> {
              if (name.startsWith(start) && name.endsWith(end)) {
                places.add(new Place(layer, target, name, shape[0], shape[1]));
              }
            });
      }
    }
  }

  /**
   * Looks whether the rank is one that somebody may want: as in PEFT, it may be above the smaller
   * side of a target.
   *
   * @throws IllegalArgumentException if it is above the larger side of one of them
   */
  void requireRoom() {
    places.stream()
        .min(Comparator.comparingLong(Place::largerSide))
        .filter(place -> settings.rank() > place.largerSide())
        .ifPresent(
            place -> {
              throw new IllegalArgumentException(
                  "LoRA rank must be <= %s, the larger side of %s, was %s"
                      .formatted(place.largerSide(), place.weight(), settings.rank()));
            });
  }

  LoraSettings settings() {
    return settings;
  }

  List<Place> places() {
    return places;
  }

  long[] shapeOfA(Place place) {
    return new long[] {settings.rank(), place.inputs()};
  }

  long[] shapeOfB(Place place) {
    return new long[] {place.outputs(), settings.rank()};
  }

  /** Shape of each tensor by name, in order. */
  Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Place place : places) {
      shapes.put(place.nameOfA(), shapeOfA(place));
      shapes.put(place.nameOfB(), shapeOfB(place));
    }
    return shapes;
  }

  /**
   * The tensors by name.
   *
   * @throws IllegalArgumentException if they are not exactly an adapter of this layout, naming the
   *     first that is not
   */
  Map<String, NamedTensor> require(List<NamedTensor> tensors) {
    Map<String, NamedTensor> byName = new HashMap<>();
    for (NamedTensor tensor : tensors) {
      if (byName.put(tensor.name(), tensor) != null) {
        throw new IllegalArgumentException("tensor '%s' comes twice".formatted(tensor.name()));
      }
    }
    Set<String> strangers = new HashSet<>(byName.keySet());
    for (Place place : places) {
      requireShape(byName, place.nameOfA(), shapeOfA(place));
      requireShape(byName, place.nameOfB(), shapeOfB(place));
      strangers.remove(place.nameOfA());
      strangers.remove(place.nameOfB());
    }
    if (!strangers.isEmpty()) {
      throw new IllegalArgumentException(
          "tensor '%s' is not of an adapter of %s"
              .formatted(strangers.stream().sorted().findFirst().orElseThrow(), settings));
    }
    return byName;
  }

  private static void requireShape(Map<String, NamedTensor> byName, String name, long[] shape) {
    NamedTensor tensor = byName.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor '%s' is missing".formatted(name));
    }
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new IllegalArgumentException(
          "tensor '%s' has shape %s, expected %s"
              .formatted(name, Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
  }

  /** Whether a tensor of a policy is of its adapter, by its name. */
  static boolean isOfAdapter(String name) {
    return name.startsWith(PREFIX);
  }
}
