package io.gapo.core.rollout;

/**
 * Asks for one response to a prompt.
 *
 * @param sampleIndex which of the prompt's samples this is, from 0
 * @param seed of this response's own random stream, so that it can be sampled again alone
 */
public record SampleRequest(Prompt prompt, int sampleIndex, long seed) {

  public SampleRequest {
    if (sampleIndex < 0) {
      throw new IllegalArgumentException("sampleIndex must be >= 0, was " + sampleIndex);
    }
  }

  /** A copy of this request with the prompt as it is really asked. */
  public SampleRequest asking(Prompt asked) {
    return new SampleRequest(asked, sampleIndex, seed);
  }

  /** The id of the rollout that answers this request. */
  public String rolloutId() {
    return Rollout.id(prompt.id(), sampleIndex);
  }

  /** The request whose seed follows from the run's seed, the prompt's id and the sample index. */
  public static SampleRequest of(Prompt prompt, int sampleIndex, long runSeed) {
    long seed = mix(runSeed);
    for (int i = 0; i < prompt.id().length(); i++) {
      seed = mix(seed + prompt.id().charAt(i));
    }
    return new SampleRequest(prompt, sampleIndex, mix(seed + sampleIndex));
  }

  /** One SplitMix64 step (Steele et al., OOPSLA 2014): every input bit reaches every output bit. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
