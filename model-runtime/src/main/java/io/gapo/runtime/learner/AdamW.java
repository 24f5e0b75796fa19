package io.gapo.runtime.learner;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.port.NonFiniteGradientException;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import io.gapo.runtime.trainable.TensorCheck;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW on tensors in place, with its moments.
 *
 * <p>The update runs in PyTorch's fused kernel, matrices apart from vectors and as many weights at
 * a time as {@link #SCRATCH_ELEMENTS} hold the clipped gradients of: the gradients themselves stay
 * as they are. Not thread-safe.
 */
public final class AdamW implements AutoCloseable {

  private static final String FIRST = "exp_avg.";
  private static final String SECOND = "exp_avg_sq.";

  /**
   * 16 MiB: what was clipped is still in a cache when it is used. With a larger weight (a big
   * vocabulary's embedding) the scratch memory is as large as that.
   */
  private static final long SCRATCH_ELEMENTS = 1 << 22;

  /** Weights, by their places, that are updated together. */
  private record Group(List<Integer> places, double decay) {}

  private final TorchRuntime runtime;
  private final NDManager manager;
  private final TorchScript script;
  private final List<String> names;
  private final AdamWSettings settings;
  private final List<NDArray> weights;
  private final List<NDArray> first = new ArrayList<>();
  private final List<NDArray> second = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private final NDArray scratch;
  private long steps;

  /**
   * An optimizer that has made no step yet.
   *
   * @param names of the weights, for messages and moments
   * @param weights to update in place, in single precision; they stay their owner's
   */
  public AdamW(
      TorchRuntime runtime, List<String> names, List<NDArray> weights, AdamWSettings settings) {
    this.runtime = runtime;
    this.manager = runtime.newManager();
    this.script = TorchScript.load(manager, AdamW.class, "adamw.py");
    this.names = List.copyOf(names);
    this.weights = List.copyOf(weights);
    this.settings = settings;
    for (NDArray weight : weights) {
      first.add(manager.zeros(weight.getShape()));
      second.add(manager.zeros(weight.getShape()));
    }
    addGroups(true, settings.weightDecay());
    addGroups(false, 0);
    this.scratch =
        manager.zeros(new Shape(groups.stream().mapToLong(this::elements).max().orElse(0)));
  }

  private void addGroups(boolean matrices, double decay) {
    List<Integer> places = new ArrayList<>();
    long filled = 0;
    for (int i = 0; i < weights.size(); i++) {
      Shape shape = weights.get(i).getShape();
      if (shape.dimension() >= 2 != matrices) {
        continue;
      }
      if (!places.isEmpty() && filled + shape.size() > SCRATCH_ELEMENTS) {
        groups.add(new Group(List.copyOf(places), decay));
        places.clear();
        filled = 0;
      }
      places.add(i);
      filled += shape.size();
    }
    if (!places.isEmpty()) {
      groups.add(new Group(List.copyOf(places), decay));
    }
  }

  private long elements(Group group) {
    return group.places().stream().mapToLong(i -> weights.get(i).getShape().size()).sum();
  }

  /**
   * The length of all gradients together.
   *
   * @throws NonFiniteGradientException if one is NaN or infinite, naming it
   */
  public double gradientNorm(List<NDArray> gradients) {
    double[] norms;
    try (NDManager step = manager.newSubManager();
        TensorList list = new TensorList(gradients)) {
      norms = script.infer(step, "norms", list).get(0).toDoubleArray();
    }
    double squares = 0;
    for (int i = 0; i < norms.length; i++) {
      if (!Double.isFinite(norms[i])) {
        throw new NonFiniteGradientException(names.get(i));
      }
      squares += norms[i] * norms[i];
    }
    return Math.sqrt(squares);
  }

  /**
   * One step against the gradients, clipped.
   *
   * @param gradients one a weight, in single precision
   * @param gradientNorm what {@link #gradientNorm} said of them
   */
  public void update(List<NDArray> gradients, double gradientNorm, double learningRate) {
    double scale = Math.min(1, settings.maxGradientNorm() / (gradientNorm + 1e-6));
    steps++;
    try (NDManager step = manager.newSubManager()) {
      // Made once, since a GPU finishes what it was given before it takes a number.
      NDArray count = step.create((float) steps);
      groups.forEach(group -> update(step, group, gradients, count, scale, learningRate));
    }
  }

  private void update(
      NDManager step,
      Group group,
      List<NDArray> gradients,
      NDArray count,
      double scale,
      double rate) {
    try (TensorList w = choose(weights, group);
        TensorList g = choose(gradients, group);
        TensorList m = choose(first, group);
        TensorList v = choose(second, group);
        TensorList counts = new TensorList(Collections.nCopies(group.places().size(), count))) {
      script.infer(
          step,
          "update",
          w,
          g,
          m,
          v,
          counts,
          ScriptValue.of(scratch),
          ScriptValue.of(scale),
          ScriptValue.of(rate),
          ScriptValue.of(settings.beta1()),
          ScriptValue.of(settings.beta2()),
          ScriptValue.of(group.decay()),
          ScriptValue.of(settings.epsilon()));
    }
  }

  private static TensorList choose(List<NDArray> tensors, Group group) {
    return new TensorList(group.places().stream().<NDArray>map(tensors::get).toList());
  }

  /** How many steps were made. */
  public long steps() {
    return steps;
  }

  /** Copies of {@link #moments()}. */
  List<NamedTensor> momentsOnHeap() {
    Map<String, NDArray> moments = moments();
    return runtime
        .tensors()
        .toNamedTensors(List.copyOf(moments.keySet()), List.copyOf(moments.values()), DataType.F32);
  }

  /**
   * The moments, as {@code exp_avg.<name>} and then {@code exp_avg_sq.<name>}; they belong to this
   * object.
   */
  public Map<String, NDArray> moments() {
    Map<String, NDArray> moments = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      moments.put(FIRST + names.get(i), first.get(i));
    }
    for (int i = 0; i < names.size(); i++) {
      moments.put(SECOND + names.get(i), second.get(i));
    }
    return moments;
  }

  /**
   * Continues as an optimizer that made some steps, whose moments were loaded into {@link
   * #moments()}.
   */
  public void resumeAt(long steps) {
    this.steps = steps;
  }

  /**
   * Goes on where an optimizer with these moments stopped.
   *
   * @param moments by name, as {@link #momentsOnHeap} gave them, checked to be complete and in
   *     shape
   */
  void restore(Map<String, NamedTensor> moments, long steps) {
    List<NDArray> targets = new ArrayList<>(first);
    targets.addAll(second);
    List<NamedTensor> sources = new ArrayList<>();
    names.forEach(name -> sources.add(TensorCheck.require(moments, FIRST + name)));
    names.forEach(name -> sources.add(TensorCheck.require(moments, SECOND + name)));
    for (int i = 0; i < sources.size(); i++) {
      TensorCheck.requireShape(sources.get(i), targets.get(i).getShape().getShape());
    }
    runtime.tensors().load(targets, sources);
    resumeAt(steps);
  }

  /** Frees the moments. */
  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
