package io.gapo.runtime.sampling;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaScript;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import java.util.Optional;

/**
 * The script that decodes, and a model's weights as it multiplies by them.
 *
 * <p>In single precision on the CPU these are copies that multiply faster, small ones for few rows
 * and for many: memory for speed. Elsewhere they are the model's own.
 */
final class DecodeWeights implements AutoCloseable {

  private final LlamaWeights weights;
  private final boolean folds;
  private final NDManager manager;
  private final TorchScript script;
  private Optional<FoldedWeights> folded = Optional.empty();

  DecodeWeights(TorchRuntime runtime, LlamaWeights weights) {
    this.weights = weights;
    this.manager = runtime.newManager();
    LlamaConfig config = weights.config();
    this.folds = !manager.getDevice().isGpu() && runtime.dataType() == DataType.F32;
    this.script =
        folds
            ? load(config, "decode.py", "attention.py", "fold.py", products())
            : load(config, "decode.py", "products.py");
    follow();
  }

  private TorchScript load(LlamaConfig config, String... resources) {
    return LlamaScript.load(manager, config.variant(), DecodeWeights.class, resources);
  }

  private static String products() {
    // Only there does PyTorch always come with oneDNN.
    boolean packs = System.getProperty("os.arch", "").matches("amd64|x86_64");
    return packs ? "products_packed.py" : "products_plain.py";
  }

  /** Follows the model's weights: to be called whenever they have changed. */
  void follow() {
    if (!folds) {
      return;
    }
    folded.ifPresent(FoldedWeights::close);
    folded = Optional.empty(); // first frees the old ones: two generations need not fit
    folded = Optional.of(new FoldedWeights(script, manager, weights));
  }

  /**
   * Runs a method that takes the model first.
   *
   * @param rows how many it multiplies by each matrix
   */
  NDList infer(NDManager owner, int rows, String method, ScriptValue... further) {
    ScriptValue[] arguments = weights.fused().followedBy(further);
    folded.ifPresent(own -> own.replaceIn(arguments, rows));
    return script.infer(owner, method, arguments);
  }

  /** Runs a method that needs no model. */
  NDList inferAlone(NDManager owner, String method, ScriptValue... arguments) {
    return script.infer(owner, method, arguments);
  }

  @Override
  public void close() {
    folded.ifPresent(FoldedWeights::close);
    script.close();
    manager.close();
  }
}
