package io.gapo.runtime.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftAdapterTest {

  @TempDir Path directory = Path.of("set by JUnit");
  private final LlamaConfig config = LlamaConfig.read(ParityFixture.named("qwen2").directory());

  @BeforeEach
  void copy() throws Exception {
    Path fixture =
        Path.of(
            Objects.requireNonNull(PeftAdapterTest.class.getResource("/lora/qwen2-lora")).toURI());
    for (String name : List.of(PeftAdapter.CONFIG, PeftAdapter.TENSORS)) {
      Files.copy(fixture.resolve(name), directory.resolve(name));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"use_dora\": false | \"use_dora\": true | use_dora is true",
        "\"use_rslora\": false | \"use_rslora\": true | use_rslora is true",
        "\"bias\": \"none\" | \"bias\": \"all\" | bias is \"all\"",
        "\"modules_to_save\": null | \"modules_to_save\": [\"lm_head\"] | modules_to_save",
        "\"rank_pattern\": {} | \"rank_pattern\": {\"q_proj\": 2} | rank_pattern",
        "\"alpha_pattern\": {} | \"alpha_pattern\": {\"q_proj\": 2} | alpha_pattern",
        "\"layers_to_transform\": null | \"layers_to_transform\": [0] | layers_to_transform",
        "\"init_lora_weights\": true | \"init_lora_weights\": \"pissa\" | init_lora_weights",
        "\"revision\": null | \"of_a_peft_to_come\": 1 | of_a_peft_to_come is 1",
        "\"peft_type\": \"LORA\" | \"peft_type\": \"IA3\" | peft_type is \"IA3\"",
        "\"task_type\": \"CAUSAL_LM\" | \"task_type\": \"SEQ_CLS\" | task_type",
        "\"r\": 3 | \"r\": 0 | rank must be >= 1, was 0",
        "\"r\": 3 | \"r\": 4 | has shape [3, 32], expected [4, 32]",
        "\"r\": 3 | \"r\": \"3\" | r is \"3\"",
        "\"r\": 3 | \"r\": 1000000 | has shape [3, 32], expected [1000000, 32]",
        "\"lora_alpha\": 5 | \"lora_alpha\": null | lora_alpha is null",
        "\"lora_alpha\": 5 | \"lora_alpha\": 1e308 | alpha must be > 0 and within the range",
        "\"lora_alpha\": 5 | \"lora_alpha\": 1e-300 | alpha must be > 0 and within the range",
        "\"q_proj\" | \"lm_head\" | was 'lm_head'",
        "\"q_proj\" | \"k_proj\" | k_proj.lora_A.weight' is missing"
      })
  void refusesByNameWhatItWouldMisread(String from, String to, String named) throws IOException {
    Path file = directory.resolve(PeftAdapter.CONFIG);
    String json = Files.readString(file);
    Files.writeString(file, json.replace(from, to));

    assertThatThrownBy(() -> PeftAdapter.read(directory, config))
        .isInstanceOf(UnsupportedAdapterException.class)
        .hasMessageContaining(named);
  }

  @Test
  void refusesATensorThatIsNoneOfTheAdapters() {
    PeftAdapter adapter = PeftAdapter.read(directory, config);
    List<NamedTensor> tensors = new ArrayList<>(adapter.tensors());
    NamedTensor first = tensors.get(0);
    tensors.add(
        new NamedTensor(
            "base_model.model.lm_head.weight", DataType.F32, first.shape(), first.data()));
    new PeftAdapter(adapter.settings(), tensors).write(directory, directory, DataType.F32);

    assertThatThrownBy(() -> PeftAdapter.read(directory, config))
        .isInstanceOf(UnsupportedAdapterException.class)
        .hasMessageContaining("base_model.model.lm_head.weight");
  }

  @Test
  void neverOpensAPickle() throws IOException {
    Files.move(directory.resolve(PeftAdapter.TENSORS), directory.resolve("adapter_model.bin"));

    assertThatThrownBy(() -> PeftAdapter.read(directory, config))
        .isInstanceOf(UnsupportedAdapterException.class)
        .hasMessageContaining("pickle");
  }

  @Test
  void makesNoAdapterThatIsLargerThanItsTarget() {
    new LoraSettings(32, 1, List.of("q_proj", "k_proj")).requireRoom(config);
    LoraSettings larger = new LoraSettings(1_000_000, 1, List.of("q_proj", "k_proj"));

    try (TorchRuntime runtime = TorchRuntime.start(TorchSettings.cpu(1))) {
      assertThatThrownBy(
              () -> LoraAdapter.open(runtime, config, new AdapterSource.Fresh(larger, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "LoRA rank must be <= 32, the larger side of"
                  + " model.layers.0.self_attn.q_proj.weight, was 1000000");
    }
  }

  @Test
  void readsASavedAdapterThatIsLargerThanItsTarget() {
    LoraSettings larger = new LoraSettings(33, 1, List.of("k_proj"));
    List<NamedTensor> tensors =
        PeftAdapter.shapes(config, larger).entrySet().stream()
            .map(
                shape ->
                    TensorValues.tensor(
                        shape.getKey(),
                        shape.getValue(),
                        new float[(int) (shape.getValue()[0] * shape.getValue()[1])]))
            .toList();
    new PeftAdapter(larger, tensors).write(directory, directory, DataType.F32);

    assertThat(PeftAdapter.read(directory, config).settings()).isEqualTo(larger);
  }

  @Test
  void namesWhatSettingsCannotBe() {
    assertThatThrownBy(() -> new LoraSettings(0, 1, List.of("q_proj")))
        .hasMessageContaining("rank must be >= 1, was 0");
    assertThatThrownBy(() -> new LoraSettings(1, 0, List.of("q_proj")))
        .hasMessageContaining("alpha must be > 0");
    assertThatThrownBy(() -> new LoraSettings(1, 1, List.of("lm_head")))
        .hasMessageContaining("was 'lm_head'");
    assertThatThrownBy(() -> new LoraSettings(1, 1, List.of()))
        .hasMessageContaining("at least one of");
  }
}
