"""Makes the models that both sides of the benchmarks load: Llama, float32, random weights.

    python3 -m venv /tmp/py && /tmp/py/bin/pip install -r benchmarks/python/requirements.txt
    /tmp/py/bin/python benchmarks/python/make_models.py DIRECTORY [1m 25m 125m 1b]

Each becomes a directory of its name in Hugging Face's layout. A word of its tokenizer is a token's
number, so a text says exactly which tokens it has. No token ends a response; beside each model lies
one of the same weights (a hard link), NAME-ending, of which every 48th token does: with weights that
hardly prefer one token to another its responses end after 48 tokens in the mean, geometrically
distributed.
"""

import argparse
import json
import os
import pathlib
import shutil

import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

# Parameters: 1.00, 25.5 and 124.7 million, and 1.1 billion (for GPUs, made only if named).
SIZES = {
    "1m": dict(vocab_size=1024, hidden_size=128, intermediate_size=352, num_hidden_layers=4,
               num_attention_heads=4, num_key_value_heads=2),
    "25m": dict(vocab_size=8192, hidden_size=512, intermediate_size=1344, num_hidden_layers=6,
                num_attention_heads=8, num_key_value_heads=4),
    "125m": dict(vocab_size=32000, hidden_size=768, intermediate_size=2048, num_hidden_layers=12,
                 num_attention_heads=12, num_key_value_heads=4),
    "1b": dict(vocab_size=32000, hidden_size=2048, intermediate_size=5632, num_hidden_layers=22,
               num_attention_heads=32, num_key_value_heads=4),
}
FOR_CPUS = ["1m", "25m", "125m"]
POSITIONS = 1024
MEAN_LENGTH = 48
SEED = 7


def make(name: str, directory: pathlib.Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    torch.manual_seed(SEED)
    config = LlamaConfig(
        **SIZES[name],
        max_position_embeddings=POSITIONS,
        rms_norm_eps=1e-5,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )
    model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig()
    model.save_pretrained(directory)
    write_tokenizer(directory, config.vocab_size)
    print(f"{directory}: {sum(p.numel() for p in model.parameters()):,} parameters")


def write_tokenizer(directory: pathlib.Path, vocabulary: int) -> None:
    words = {str(token): token for token in range(vocabulary)}
    tokenizer = {
        "version": "1.0",
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "WordLevel", "unk_token": "0", "vocab": words},
    }
    (directory / "tokenizer.json").write_text(json.dumps(tokenizer))


def make_ending(source: pathlib.Path, directory: pathlib.Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(source, directory, copy_function=os.link)
    config = json.loads((source / "config.json").read_text())
    config["eos_token_id"] = list(range(MEAN_LENGTH - 1, config["vocab_size"], MEAN_LENGTH))
    (directory / "config.json").unlink()
    (directory / "config.json").write_text(json.dumps(config, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=FOR_CPUS, help="of " + ", ".join(SIZES))
    options = parser.parse_args()
    for name in options.names:
        make(name, options.directory / name)
        make_ending(options.directory / name, options.directory / (name + "-ending"))


if __name__ == "__main__":
    main()
