package io.gapo.runtime.scoring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.llama.ModelFamily;
import java.util.OptionalInt;

/** How a score model names its head, and which token's hidden state it reads. */
public enum ScoreLayout {
  /** Safe RLHF's score models (Dai et al. 2024): the last token; the head has a bias. */
  SAFE_RLHF("score_head", true),
  /**
   * transformers' {@code ...ForSequenceClassification} with one label: the last token that is not
   * {@code pad_token_id} (modeling_layers.py since 4.50). Trainers without a padding token set it
   * to the end of a sequence: such a model is trained to stand its score before that token.
   */
  SEQUENCE_CLASSIFICATION("score", false);

  private final String layer;
  private final boolean biased;

  ScoreLayout(String layer, boolean biased) {
    this.layer = layer;
    this.biased = biased;
  }

  /** Name of the head's matrix, shape (1, D). */
  public String weight() {
    return layer + ".weight";
  }

  /** Name of the head's bias, shape (1), if it has one. */
  public String bias() {
    return layer + ".bias";
  }

  /** Whether models of this layout are written with a bias. */
  public boolean isBiased() {
    return biased;
  }

  /**
   * Index of the token whose hidden state is scored; 0 if there is nothing but padding.
   *
   * @param padding the model's padding token
   */
  public int position(int[] text, OptionalInt padding) {
    int last = text.length - 1;
    if (this == SEQUENCE_CLASSIFICATION && padding.isPresent()) {
      while (last > 0 && text[last] == padding.getAsInt()) {
        last--;
      }
    }
    return last;
  }

  /**
   * Makes the configuration of a trunk that of a score model.
   *
   * @param scoreType {@code reward} or {@code cost}, as Safe RLHF says it
   */
  void describe(ObjectNode config, ModelFamily family, String scoreType, OptionalInt padding) {
    switch (this) {
      case SAFE_RLHF -> {
        config.putArray("architectures").add("LlamaForScore");
        config.put("score_dim", 1).put("score_bias", true).put("score_type", scoreType);
        config.put("do_normalize", false);
      }
      case SEQUENCE_CLASSIFICATION -> {
        config.putArray("architectures").add(family.classifier());
        // transformers counts the labels by these names.
        config.putObject("id2label").put("0", scoreType);
        config.putObject("label2id").put(scoreType, 0);
        padding.ifPresent(token -> config.put("pad_token_id", token));
      }
    }
  }
}
