package io.gapo.streams.intake;

import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.streams.tensor.Assembly.Skipped;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports tensors that did not arrive complete. */
public record SkippedTransfers<T>(Stage stage, PipelineListener listener)
    implements Consumer<Skipped<T>> {

  private static final Logger log = LoggerFactory.getLogger(SkippedTransfers.class);

  @Override
  public void accept(Skipped<T> skipped) {
    log.info(
        "{} ignores transfer {} at {}: {}",
        stage,
        skipped.transferId(),
        skipped.at(),
        skipped.reason());
    listener.transferSkipped(stage, skipped.at().topic(), skipped.reason());
  }
}
