package io.gapo.streams.codec;

import static io.gapo.streams.codec.ProtobufReader.nonNegative;

import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.streams.proto.LossAggregationMessage;
import io.gapo.streams.proto.OffPolicyTokensMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a step's statistics say of old tokens, and of how tokens are made into losses. */
final class RatioMessages {

  private RatioMessages() {}

  static Map<Long, OffPolicyTokensMessage> messages(ImportanceRatios ratios) {
    Map<Long, OffPolicyTokensMessage> messages = new HashMap<>();
    ratios
        .byStaleness()
        .forEach(
            (staleness, tokens) ->
                messages.put(
                    staleness,
                    OffPolicyTokensMessage.newBuilder()
                        .setTokens(tokens.tokens())
                        .setMismatchKl(tokens.mismatchKl())
                        .setMeanWeight(tokens.meanWeight())
                        .setMeanSquareWeight(tokens.meanSquareWeight())
                        .setMaskedShare(tokens.maskedShare())
                        .build()));
    return messages;
  }

  static SortedMap<Long, OffPolicyTokens> byStaleness(Map<Long, OffPolicyTokensMessage> messages) {
    SortedMap<Long, OffPolicyTokens> byStaleness = new TreeMap<>();
    messages.forEach(
        (staleness, tokens) ->
            byStaleness.put(
                nonNegative("staleness of tokens", staleness),
                new OffPolicyTokens(
                    tokens.getTokens(),
                    tokens.getMismatchKl(),
                    tokens.getMeanWeight(),
                    tokens.getMeanSquareWeight(),
                    tokens.getMaskedShare())));
    return byStaleness;
  }

  static LossAggregationMessage message(LossAggregation aggregation) {
    return switch (aggregation) {
      case SEQUENCE_MEAN -> LossAggregationMessage.LOSS_AGGREGATION_SEQUENCE_MEAN;
      case TOKEN_MEAN -> LossAggregationMessage.LOSS_AGGREGATION_TOKEN_MEAN;
      case CONSTANT -> LossAggregationMessage.LOSS_AGGREGATION_CONSTANT;
    };
  }

  static LossAggregation aggregation(LossAggregationMessage message) {
    return switch (message) {
      case LOSS_AGGREGATION_UNSPECIFIED, LOSS_AGGREGATION_SEQUENCE_MEAN ->
          LossAggregation.SEQUENCE_MEAN;
      case LOSS_AGGREGATION_TOKEN_MEAN -> LossAggregation.TOKEN_MEAN;
      case LOSS_AGGREGATION_CONSTANT -> LossAggregation.CONSTANT;
      case UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "losses are aggregated as a newer release does it: run all processes with one");
    };
  }
}
