package io.gapo.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Draws what a case is made of; the same seed draws the same. One value in ten is an edge of what
 * was asked for: its least and largest value, zero, one, nothing at all.
 */
public final class Draw {

  private static final float[] FLOAT_EDGES = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE
  };

  private static final double LEAST_OFFSET = 1e-9;

  private final SplittableRandom random;

  public Draw(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Any number, such as a seed for what draws by itself. */
  public long anyLong() {
    return atAnEdge() ? oneOf(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE) : random.nextLong();
  }

  /** Any finite number, of any magnitude. */
  public float anyFloat() {
    if (atAnEdge()) {
      return FLOAT_EDGES[random.nextInt(FLOAT_EDGES.length)];
    }
    float ofAnyBits = Float.intBitsToFloat(random.nextInt());
    return Float.isFinite(ofAnyBits) ? ofAnyBits : anyFloat();
  }

  /** A whole number; both bounds are possible. */
  public int between(int least, int largest) {
    if (atAnEdge()) {
      return Math.max(least, Math.min(largest, oneOf(least, largest, 0, 1)));
    }
    return (int) random.nextLong(least, largest + 1L);
  }

  /** A number; both bounds are possible, and numbers close to zero are as likely as large ones. */
  public double between(double least, double largest) {
    if (atAnEdge()) {
      return Math.max(least, Math.min(largest, oneOf(least, largest, 0.0, 1.0)));
    }
    if (random.nextBoolean()) {
      double share = random.nextDouble();
      return (1 - share) * least + share * largest;
    }
    return ofAnyMagnitude(least, largest);
  }

  /** At a distance from the number closest to zero whose logarithm is uniform. */
  private double ofAnyMagnitude(double least, double largest) {
    double closest = Math.max(least, Math.min(largest, 0));
    double furthest = random.nextBoolean() ? least : largest;
    double distance = Math.abs(furthest - closest);
    if (distance == 0) {
      return closest;
    }
    double from = Math.log(LEAST_OFFSET * Math.min(1, distance));
    double offset = Math.exp(from + random.nextDouble() * (Math.log(distance) - from));
    return Math.max(least, Math.min(largest, closest + Math.copySign(offset, furthest - closest)));
  }

  @SafeVarargs
  public final <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }

  public <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  public <T> List<T> list(int least, int most, Supplier<T> element) {
    int size = between(least, most);
    List<T> list = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      list.add(element.get());
    }
    return List.copyOf(list);
  }

  public byte[] bytes(int most) {
    byte[] bytes = new byte[between(0, most)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) between(Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    return bytes;
  }

  /** Characters of any kind, halves of surrogate pairs among them, or ASCII only, or none. */
  public String text(int most) {
    int largest = oneOf(0x7f, (int) Character.MAX_VALUE);
    int length = between(0, most);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) between(0, largest));
    }
    return text.toString();
  }

  /** Text that every encoding of Unicode can hold, of at most as many code points as given. */
  public String unicode(int most) {
    int largest = oneOf(0x7f, 0x5ff, Character.MAX_CODE_POINT);
    int length = between(0, most);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      int codePoint = between(0, largest);
      boolean isHalf = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
      text.appendCodePoint(isHalf ? 'x' : codePoint);
    }
    return text.toString();
  }

  private boolean atAnEdge() {
    return random.nextInt(10) == 0;
  }
}
