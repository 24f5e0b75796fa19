package io.gapo.runtime.gradients;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import java.lang.reflect.Field;
import java.util.Map;

/** Counts what native memory is held, down all sub-managers. */
public final class NativeResources {

  private NativeResources() {}

  /** Tensors and sub-managers that a manager holds. */
  public static long countIn(NDManager manager) {
    long count = 0;
    for (Object resource : resources(manager).values()) {
      count++;
      if (resource instanceof NDManager child) {
        count += countIn(child);
      }
    }
    return count;
  }

  /** The same of all managers that share its parent. */
  public static long countAround(NDManager manager) {
    return countIn(manager.getParentManager());
  }

  private static Map<?, ?> resources(NDManager manager) {
    try {
      // DJL tells of tensors, but not of sub-managers.
      Field field = BaseNDManager.class.getDeclaredField("resources");
      field.setAccessible(true);
      return (Map<?, ?>) field.get(manager);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
