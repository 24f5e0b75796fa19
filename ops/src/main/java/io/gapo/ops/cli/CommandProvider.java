package io.gapo.ops.cli;

import java.util.List;

/** Adds commands to {@code gapo}; found by {@link java.util.ServiceLoader}. */
public interface CommandProvider {

  /** Classes with picocli's {@code @Command}, in the order in which the help names them. */
  List<Class<?>> commands();
}
