package io.gapo.lab.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the page's charts draw, by the charts' names, as JSON that can stand in a script element.
 */
final class DrawingsJson {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(
              new SimpleModule()
                  .addSerializer(Double.class, new ForTheEye())
                  .addSerializer(Double.TYPE, new ForTheEye()))
          .build();

  private DrawingsJson() {}

  static String of(Stream<Chart> charts) {
    Map<String, Drawing> drawings = new LinkedHashMap<>();
    charts.forEach(chart -> drawings.put(chart.name(), chart.drawing()));
    try {
      // In JSON this character occurs in strings only: none of them can end the element.
      return JSON.writeValueAsString(drawings).replace("<", "\\u003c");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write charts as JSON", e);
    }
  }

  /** As exactly as a chart can show; null where there is no number. */
  private static final class ForTheEye extends JsonSerializer<Double> {

    @Override
    public void serialize(Double value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        generator.writeNumber(Figures.rounded(value));
      } else {
        generator.writeNull();
      }
    }
  }
}
