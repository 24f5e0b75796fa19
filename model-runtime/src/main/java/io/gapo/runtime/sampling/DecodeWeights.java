package io.gapo.runtime.sampling;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaScript;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import java.util.Optional;

/**
 * The script that decodes, and a model's weights as it multiplies by them.
 *
 * <p>In single precision on the CPU these are copies that multiply faster: memory for speed.
 * Elsewhere they are the model's own.
 */
final class DecodeWeights implements AutoCloseable {

  /** From this hidden size on, oneDNN's blocked matrices gain more than its calls cost. */
  private static final int LARGE = 256;

  private final LlamaWeights weights;
  private final boolean folds;
  private final NDManager manager;
  private final TorchScript script;
  private Optional<Folded> folded = Optional.empty();

  DecodeWeights(TorchRuntime runtime, LlamaWeights weights) {
    this.weights = weights;
    this.manager = runtime.newManager();
    LlamaConfig config = weights.config();
    this.folds = !manager.getDevice().isGpu() && runtime.dataType() == DataType.F32;
    this.script =
        folds
            ? load(config, "decode.py", "fold.py", products(config))
            : load(config, "decode.py", "products.py");
    follow();
  }

  private TorchScript load(LlamaConfig config, String... resources) {
    return LlamaScript.load(manager, config.variant(), DecodeWeights.class, resources);
  }

  private static String products(LlamaConfig config) {
    // Only there does PyTorch always come with oneDNN.
    boolean packs = System.getProperty("os.arch", "").matches("amd64|x86_64");
    return packs && config.hiddenSize() >= LARGE ? "products_packed.py" : "products_folded.py";
  }

  /** Follows the model's weights: to be called whenever they have changed. */
  void follow() {
    if (!folds) {
      return;
    }
    folded.ifPresent(Folded::close);
    folded = Optional.empty(); // first frees the old ones: two generations need not fit
    NDManager owner = manager.newSubManager();
    NDList tensors =
        script.infer(
            owner,
            "fold",
            weights.fused().weights(),
            ScriptValue.of(weights.config().normEpsilon()));
    folded = Optional.of(new Folded(owner, new TensorList(tensors)));
  }

  private record Folded(NDManager owner, TensorList tensors) implements AutoCloseable {

    @Override
    public void close() {
      tensors.close();
      owner.close();
    }
  }

  /** Runs a method that takes the model first. */
  NDList infer(NDManager owner, String method, ScriptValue... further) {
    ScriptValue[] arguments = weights.fused().followedBy(further);
    folded.ifPresent(own -> arguments[0] = own.tensors());
    return script.infer(owner, method, arguments);
  }

  /** Runs a method that needs no model. */
  NDList inferAlone(NDManager owner, String method, ScriptValue... arguments) {
    return script.infer(owner, method, arguments);
  }

  @Override
  public void close() {
    folded.ifPresent(Folded::close);
    script.close();
    manager.close();
  }
}
