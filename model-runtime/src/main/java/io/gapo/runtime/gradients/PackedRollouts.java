package io.gapo.runtime.gradients;

import io.gapo.core.rollout.Rollout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rollouts of similar length side by side, padded on the right: what goes through the model
 * together.
 *
 * @param members where each row comes from in the batch
 * @param length T, of the longest row
 * @param tokens shape (B, T), flattened
 * @param positions where in the flattened (B, T) each response token is predicted, shape (N): one
 *     before it stands
 * @param targets the response tokens, shape (N), row by row
 */
public record PackedRollouts(
    List<Integer> members, int length, long[] tokens, long[] positions, long[] targets) {

  /** Below this many tokens a pack is too small to be computed fast: it takes padding instead. */
  private static final int WORTHWHILE_TOKENS = 1024;

  /** A worthwhile pack ends before it is padded by more than one token in this many. */
  private static final int TOKENS_A_PADDING = 10;

  /**
   * Packs a batch by length, so that little padding is computed.
   *
   * @param tokenLimit tokens at most in one pack, padding included, unless one rollout alone has
   *     more
   */
  public static List<PackedRollouts> pack(List<Rollout> batch, int tokenLimit) {
    List<Integer> byLength =
        IntStream.range(0, batch.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> length(batch.get(i))))
            .toList();
    List<PackedRollouts> packs = new ArrayList<>();
    List<Integer> members = new ArrayList<>();
    long tokens = 0;
    for (int index : byLength) {
      int length = length(batch.get(index));
      long withIt = (members.size() + 1L) * length;
      long padding = withIt - tokens - length;
      boolean wasteful = tokens >= WORTHWHILE_TOKENS && padding * TOKENS_A_PADDING > withIt;
      if (!members.isEmpty() && (withIt > tokenLimit || wasteful)) {
        packs.add(of(batch, members));
        members.clear();
        tokens = 0;
      }
      members.add(index);
      tokens += length;
    }
    packs.add(of(batch, members));
    return packs;
  }

  private static PackedRollouts of(List<Rollout> batch, List<Integer> members) {
    List<Rollout> rows = members.stream().map(batch::get).toList();
    int length = rows.stream().mapToInt(PackedRollouts::length).max().orElseThrow();
    int responses = rows.stream().mapToInt(row -> row.responseTokens().length).sum();
    long[] tokens = new long[Math.multiplyExact(rows.size(), length)];
    long[] positions = new long[responses];
    long[] targets = new long[responses];
    int at = 0;
    for (int row = 0; row < rows.size(); row++) {
      int[] prompt = rows.get(row).promptTokens();
      int[] response = rows.get(row).responseTokens();
      int start = row * length;
      for (int i = 0; i < prompt.length; i++) {
        tokens[start + i] = prompt[i];
      }
      for (int i = 0; i < response.length; i++) {
        tokens[start + prompt.length + i] = response[i];
        positions[at] = (long) start + prompt.length + i - 1;
        targets[at++] = response[i];
      }
    }
    return new PackedRollouts(List.copyOf(members), length, tokens, positions, targets);
  }

  /** Tokens of prompt and response. */
  public static int length(Rollout rollout) {
    return rollout.promptTokens().length + rollout.responseTokens().length;
  }
}
