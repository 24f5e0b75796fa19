package io.gapo.runtime.sampling;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A response while it is being sampled. */
final class RunningSequence {

  private static final float BELOW_ONE = Math.nextDown(1f);

  private final SampleRequest request;
  private final int[] promptTokens;
  private final SplittableRandom random;
  private final int[] tokens;
  private final float[] logProbs;
  private final long[] versions;
  private int length;

  RunningSequence(SampleRequest request, int[] promptTokens, int maxTokens) {
    this.request = request;
    this.promptTokens = promptTokens;
    this.random = new SplittableRandom(request.seed());
    this.tokens = new int[maxTokens];
    this.logProbs = new float[maxTokens];
    this.versions = new long[maxTokens];
  }

  /** The token that comes next into the cache. */
  int newestToken() {
    return length == 0 ? promptTokens[promptTokens.length - 1] : tokens[length - 1];
  }

  /** Where {@link #newestToken} stands. */
  int newestPosition() {
    return promptTokens.length + length - 1;
  }

  /** The next number of its own random stream, in [0, 1); each token takes one. */
  float nextUniform() {
    return Math.min((float) random.nextDouble(), BELOW_ONE);
  }

  void append(int token, float logProb, long version) {
    tokens[length] = token;
    logProbs[length] = logProb;
    versions[length] = version;
    length++;
  }

  boolean isFull() {
    return length == tokens.length;
  }

  int[] promptTokens() {
    return promptTokens;
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, length);
  }

  String id() {
    return request.rolloutId();
  }

  Rollout finish(String response, FinishReason reason) {
    return new Rollout(
        request.prompt().id(),
        request.sampleIndex(),
        request.prompt().text(),
        response,
        promptTokens,
        Arrays.copyOf(tokens, length),
        Arrays.copyOf(logProbs, length),
        Arrays.copyOf(versions, length),
        reason,
        request.seed(),
        request.prompt().preference(),
        request.prompt().notes(),
        request.prompt().history());
  }
}
