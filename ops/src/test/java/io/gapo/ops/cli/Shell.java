package io.gapo.ops.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs commands as a shell would, and keeps what the last one printed. */
public final class Shell {

  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  public int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine commandLine =
        Gapo.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
