package io.gapo.streams.codec;

import com.google.protobuf.ByteString;
import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.LinearGradients;
import io.gapo.streams.proto.LinearGradientsMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Gradients that can be added, on the wire. */
final class LinearMessages {

  private LinearMessages() {}

  static LinearGradientsMessage message(LinearGradients gradients) {
    int length = gradients.rows()[0].length;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(LinearGradients.bytes(gradients.objectives(), length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer values = bytes.asFloatBuffer();
    for (float[] row : gradients.rows()) {
      values.put(row);
    }
    LinearGradientsMessage.Builder message =
        LinearGradientsMessage.newBuilder()
            .setObjectives(gradients.objectives())
            .setDimension(gradients.dimension())
            .setValues(ByteString.copyFrom(bytes));
    CountSketch sketch = gradients.sketch();
    if (sketch != null) {
      message.setSketchWidth(sketch.width()).setSketchSeed(sketch.seed());
    }
    return message.build();
  }

  static LinearGradients gradients(LinearGradientsMessage message) {
    CountSketch sketch =
        message.getSketchWidth() == 0
            ? null
            : new CountSketch(message.getSketchWidth(), message.getSketchSeed());
    int objectives = message.getObjectives();
    long length = sketch == null ? message.getDimension() : sketch.width();
    if (objectives < 1
        || length < 1
        || LinearGradients.bytes(objectives, length) != message.getValues().size()) {
      throw new IllegalArgumentException(
          "%s gradients of %s numbers have %s bytes"
              .formatted(objectives, length, message.getValues().size()));
    }
    FloatBuffer values =
        message.getValues().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[][] rows = new float[objectives][(int) length];
    for (float[] row : rows) {
      values.get(row);
    }
    return new LinearGradients(message.getDimension(), sketch, rows);
  }
}
