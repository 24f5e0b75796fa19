package io.gapo.runtime.llama;

import ai.djl.ndarray.NDManager;
import io.gapo.runtime.torch.TorchScript;
import java.util.Arrays;

/** Compiles scripts that run a model together with the parts that they share. */
public final class LlamaScript {

  private static final String FOLDER = "/io/gapo/runtime/llama/";

  private LlamaScript() {}

  /**
   * Compiles a script for models of a kind.
   *
   * @param manager of the device that it will run on
   * @param owner beside which the resource lies
   * @param resources one script; may call {@code rotate}, {@code causal_attention}, {@code
   *     project}, {@code shift} and {@code norm_heads}
   */
  public static TorchScript load(
      NDManager manager, LlamaVariant variant, Class<?> owner, String... resources) {
    String parts = variant.addsToLayers() ? "parts.py" : "parts_plain.py";
    String[] all = Arrays.copyOf(resources, resources.length + 3);
    all[resources.length] = FOLDER + "rotary.py";
    all[resources.length + 1] = FOLDER + "causal.py";
    all[resources.length + 2] = FOLDER + parts;
    return TorchScript.load(manager, owner, all);
  }
}
