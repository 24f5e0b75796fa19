package io.gapo.benchmarks.decoding;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What a second is. */
enum Clock {
  /** The one on the wall, for a machine that does nothing else. */
  WALL {
    @Override
    long nanoTime() {
      return System.nanoTime();
    }
  },

  /**
   * Time that the process computed, all its threads together: what others do on the machine hardly
   * counts. For one thread a side: more of them wait for each other by computing.
   */
  PROCESSOR {
    @Override
    long nanoTime() {
      return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
  };

  abstract long nanoTime();

  double secondsSince(long nanoTime) {
    return (nanoTime() - nanoTime) * 1e-9;
  }
}
