package io.gapo.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AdmissionQuotaTest {

  @Test
  void onPolicySamplingStopsAtOneBatch() {
    AdmissionQuota quota = new AdmissionQuota(16, new StalenessLimit(0));

    assertThat(quota.admits(15)).isTrue();
    assertThat(quota.admits(16)).isFalse();
  }

  @Test
  void eachVersionOfStalenessAdmitsOneMoreBatch() {
    assertThat(new AdmissionQuota(16, new StalenessLimit(2)).limit()).isEqualTo(48);
  }

  @Test
  void withoutTrainingExactlyTheLimitIsAdmitted() {
    for (int batchSize = 1; batchSize <= 64; batchSize++) {
      for (int staleness = 0; staleness <= 8; staleness++) {
        AdmissionQuota quota = new AdmissionQuota(batchSize, new StalenessLimit(staleness));

        int outstanding = 0;
        while (quota.admits(outstanding)) {
          outstanding++;
        }

        assertThat(outstanding).isEqualTo(batchSize * (staleness + 1));
      }
    }
  }

  @Test
  void admitsABatchMoreForEachFurtherCollector() {
    AdmissionQuota ofOne = new AdmissionQuota(16, new StalenessLimit(1));

    assertThat(ofOne.times(3).limit()).isEqualTo(3 * 32);
    assertThatThrownBy(() -> ofOne.times(0)).hasMessage("collectors must be >= 1, was 0");
  }

  @Test
  void rejectsAnEmptyBatchAndALimitBeyondCounting() {
    assertThatThrownBy(() -> new AdmissionQuota(0, new StalenessLimit(0)))
        .hasMessageContaining("batch-size must be >= 1, was 0");
    AdmissionQuota uncountable = new AdmissionQuota(1 << 30, new StalenessLimit(3));
    assertThatThrownBy(uncountable::limit).isInstanceOf(ArithmeticException.class);
  }
}
