package io.gapo.benchmarks.training;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What this process keeps in memory, and its parts, in KiB.
 *
 * @param total resident, as the kernel counts it
 * @param heap committed by the Java heap; resident too with {@code -XX:+AlwaysPreTouch}
 * @param code committed by the JVM for classes and compiled code
 * @param jvm what the JVM itself has from malloc, its compiler for the most
 * @param others what all others have from malloc: libtorch, with its tensors
 * @param free what malloc got back and keeps
 */
record ResidentMemory(long total, long heap, long code, long jvm, long others, long free) {

  private static final GlibC GLIBC = Native.load("c", GlibC.class);
  private static final Pattern JVM_MALLOC = Pattern.compile("malloc: (\\d+)KB");

  /** More than this between two looks is a compiler at work. */
  private static final long STILL_KIBIBYTES = 32;

  private static final int LOOKS = 1000;
  private static final String CLASS_SPACE = "Compressed Class Space";

  /** What is needed of the C library. */
  public interface GlibC extends Library {
    MallocInfo mallinfo2();
  }

  /** glibc's {@code struct mallinfo2}: bytes, of all arenas together. */
  @Structure.FieldOrder({
    "arena",
    "ordblks",
    "smblks",
    "hblks",
    "hblkhd",
    "usmblks",
    "fsmblks",
    "uordblks",
    "fordblks",
    "keepcost"
  })
  public static final class MallocInfo extends Structure implements Structure.ByValue {
    public long arena;
    public long ordblks;
    public long smblks;
    public long hblks;

    /** Given out, each mapped alone. */
    public long hblkhd;

    public long usmblks;
    public long fsmblks;

    /** Given out of arenas. */
    public long uordblks;

    /** Free in arenas. */
    public long fordblks;

    public long keepcost;

    long givenOut() {
      return (uordblks + hblkhd) >> 10;
    }
  }

  /**
   * Looks at this process.
   *
   * @throws IllegalStateException if the JVM does not count its own memory, or malloc never comes
   *     to rest
   */
  static ResidentMemory now() throws IOException {
    for (int look = 0; look < LOOKS; look++) {
      MallocInfo before = GLIBC.mallinfo2();
      long jvm = jvmMalloc();
      MallocInfo after = GLIBC.mallinfo2();
      if (Math.abs(after.givenOut() - before.givenOut()) <= STILL_KIBIBYTES) {
        return new ResidentMemory(
            resident(),
            Runtime.getRuntime().totalMemory() >> 10,
            committedCode(),
            jvm,
            after.givenOut() - jvm,
            after.fordblks >> 10);
      }
    }
    throw new IllegalStateException(
        "what malloc has given out changed by more than %s KiB in each of %s looks: let nothing run beside this"
            .formatted(STILL_KIBIBYTES, LOOKS));
  }

  /** Libraries, stacks and the collector's tables. */
  long rest() {
    return total - heap - code - jvm - others - free;
  }

  /** Pool by pool: the JVM's own sum has the class space twice, alone and in the metaspace. */
  private static long committedCode() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.NON_HEAP)
            .filter(pool -> !pool.getName().equals(CLASS_SPACE))
            .mapToLong(pool -> pool.getUsage().getCommitted())
            .sum()
        >> 10;
  }

  private static long jvmMalloc() {
    try {
      Object answer =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "vmNativeMemory",
                  new Object[] {new String[] {"summary"}},
                  new String[] {String[].class.getName()});
      Matcher found = JVM_MALLOC.matcher((String) answer);
      if (!found.find()) {
        throw new IllegalStateException(
            "start Java with -XX:NativeMemoryTracking=summary, was told: " + answer);
      }
      return Long.parseLong(found.group(1));
    } catch (JMException e) {
      throw new IllegalStateException("this JVM does not tell of its native memory", e);
    }
  }

  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("/proc/self/status does not say VmRSS");
  }
}
