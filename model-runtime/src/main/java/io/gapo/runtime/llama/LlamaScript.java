package io.gapo.runtime.llama;

import ai.djl.ndarray.NDManager;
import io.gapo.runtime.torch.TorchScript;

/** Compiles scripts that run a model together with the parts that they share. */
public final class LlamaScript {

  private static final String FOLDER = "/io/gapo/runtime/llama/";

  private LlamaScript() {}

  /**
   * Compiles a script for models of a kind.
   *
   * @param manager of the device that it will run on
   * @param owner beside which the resource lies
   * @param resource may call {@code rotate}, {@code project} and {@code norm_heads}
   */
  public static TorchScript load(
      NDManager manager, LlamaVariant variant, Class<?> owner, String resource) {
    String parts = variant.addsToLayers() ? "parts.py" : "parts_plain.py";
    return TorchScript.load(manager, owner, FOLDER + "rotary.py", FOLDER + parts, resource);
  }
}
