package io.gapo.runtime.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import org.junit.jupiter.api.Test;

class TensorValuesTest {

  private static final long[] ONE = {1};

  @Test
  void knowsTheLandmarksOfHalfPrecision() {
    assertHalf(0x3c00, 1f);
    assertHalf(0xc000, -2f);
    assertHalf(0x7bff, 65504f);
    assertHalf(0x0001, 0x1p-24f);
    assertHalf(0x0400, 0x1p-14f);
    assertHalf(0x8000, -0f);
    assertHalf(0x7c00, Float.POSITIVE_INFINITY);
    assertHalf(0xfc00, Float.NEGATIVE_INFINITY);
    assertThat(HalfPrecision.fromFloat(65519.996f)).isEqualTo((short) 0x7bff);
    assertThat(HalfPrecision.fromFloat(65520f)).isEqualTo((short) 0x7c00);
    assertThat(HalfPrecision.fromFloat(0x1p-25f)).isEqualTo((short) 0);
    assertThat(HalfPrecision.fromFloat(1 + 0x1p-11f))
        .as("a tie, to even")
        .isEqualTo((short) 0x3c00);
    assertThat(HalfPrecision.fromFloat(1 + 3 * 0x1p-11f)).isEqualTo((short) 0x3c02);
    assertThat(HalfPrecision.toFloat(HalfPrecision.fromFloat(Float.NaN))).isNaN();
  }

  @Test
  void widensEveryHalfAndBackWithoutLoss() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float wide = HalfPrecision.toFloat((short) bits);
      if (!Float.isNaN(wide)) {
        assertThat(HalfPrecision.fromFloat(wide)).isEqualTo((short) bits);
      }
    }
  }

  @Cases
  void roundsToTheNearestHalf(Draw draw) {
    float value = draw.anyFloat();
    float half = HalfPrecision.toFloat(HalfPrecision.fromFloat(value));

    if (Math.abs(value) < 65520f) {
      float spacing = Math.max(0x1p-24f, Math.ulp(half) * 0x1p13f);
      assertThat(Math.abs((double) half - value)).isLessThanOrEqualTo(spacing / 2.0);
    }
  }

  @Cases
  void roundsToTheNearestBrainFloat(Draw draw) {
    float value = draw.anyFloat();
    NamedTensor narrow = TensorValues.convert(TensorValues.tensor("x", ONE, value), DataType.BF16);
    float rounded = TensorValues.toFloats(narrow)[0];

    if (Float.isFinite(rounded)) {
      double spacing = Math.max(Math.ulp(value), Float.MIN_VALUE) * 0x1p16;
      assertThat(Math.abs((double) rounded - value)).isLessThanOrEqualTo(spacing / 2);
    }
    assertThat(TensorValues.convert(TensorValues.widen(narrow), DataType.BF16)).isEqualTo(narrow);
  }

  @Test
  void keepsANaNInBrainFloat() {
    float sneaky = Float.intBitsToFloat(0x7f800001);

    NamedTensor narrow = TensorValues.convert(TensorValues.tensor("x", ONE, sneaky), DataType.BF16);

    assertThat(TensorValues.toFloats(narrow)[0]).isNaN();
  }

  private static void assertHalf(int bits, float value) {
    assertThat(HalfPrecision.toFloat((short) bits)).isEqualTo(value);
    assertThat(HalfPrecision.fromFloat(value)).isEqualTo((short) bits);
  }
}
