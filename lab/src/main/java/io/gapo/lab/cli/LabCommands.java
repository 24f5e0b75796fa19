package io.gapo.lab.cli;

import io.gapo.ops.cli.CommandProvider;
import java.util.List;

/** The commands of the laboratory. */
public final class LabCommands implements CommandProvider {

  @Override
  public List<Class<?>> commands() {
    return List.of(
        DemoCommand.class,
        BootstrapCommand.class,
        TrainCommand.class,
        EvaluateCommand.class,
        CompareCommand.class,
        SoupCommand.class,
        BrokerCommand.class);
  }
}
