package io.gapo.lab.soup;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rewarded Soups: the parameters of policies that were trained from the same start, one an
 * objective, interpolated (Ramé et al., NeurIPS 2023).
 */
public final class PolicySoup {

  private PolicySoup() {}

  /**
   * {@code θ = Σ λᵢ θᵢ / Σ λᵢ}, in single precision.
   *
   * @param policies tensors of the same names and shapes each; value heads, or anything else that
   *     not all of them have, must have been left out
   * @param weights λ, one a policy, non-negative, not all 0
   * @throws IllegalArgumentException naming the tensor in which the policies differ, or that holds
   *     NaN or infinity, whatever its policy's weight
   */
  public static List<NamedTensor> mix(List<List<NamedTensor>> policies, List<Double> weights) {
    if (policies.isEmpty() || policies.size() != weights.size()) {
      throw new IllegalArgumentException(
          "expected a weight for each of %s policies, was %s".formatted(policies.size(), weights));
    }
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    if (weights.stream().anyMatch(weight -> !(weight >= 0)) || !(sum > 0 && sum < 1e300)) {
      throw new IllegalArgumentException("weights must be >= 0 and not all 0, was " + weights);
    }
    List<Map<String, NamedTensor>> byName = policies.stream().map(PolicySoup::byName).toList();
    List<NamedTensor> mixed = new ArrayList<>();
    for (NamedTensor first : policies.get(0)) {
      double[] values = new double[TensorValues.toFloats(first).length];
      for (int i = 0; i < byName.size(); i++) {
        float[] part = finite(same(first, byName.get(i), i), i);
        double share = weights.get(i) / sum;
        Arrays.setAll(values, k -> values[k] + share * part[k]);
      }
      mixed.add(TensorValues.tensor(first.name(), first.shape(), narrowed(values)));
    }
    for (int i = 1; i < byName.size(); i++) {
      for (String name : byName.get(i).keySet()) {
        if (!byName.get(0).containsKey(name)) {
          throw new IllegalArgumentException(
              "policy %s has a tensor '%s' and the first has not: a soup needs policies trained from"
                      .formatted(i + 1, name)
                  + " the same start");
        }
      }
    }
    return mixed;
  }

  private static Map<String, NamedTensor> byName(List<NamedTensor> tensors) {
    Map<String, NamedTensor> byName = new LinkedHashMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    return byName;
  }

  private static NamedTensor same(NamedTensor first, Map<String, NamedTensor> other, int index) {
    NamedTensor tensor = other.get(first.name());
    if (tensor == null || !Arrays.equals(tensor.shape(), first.shape())) {
      throw new IllegalArgumentException(
          "tensor '%s' is %s in the first policy and %s in policy %s: a soup needs policies trained"
                  .formatted(
                      first.name(),
                      Arrays.toString(first.shape()),
                      tensor == null ? "missing" : Arrays.toString(tensor.shape()),
                      index + 1)
              + " from the same start");
    }
    return tensor;
  }

  private static float[] finite(NamedTensor tensor, int index) {
    float[] values = TensorValues.toFloats(tensor);
    if (!TensorValues.areFinite(values)) {
      throw new IllegalArgumentException(
          "tensor '%s' of policy %s holds NaN or infinity: leave that policy out"
              .formatted(tensor.name(), index + 1));
    }
    return values;
  }

  private static float[] narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
