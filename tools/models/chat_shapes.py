"""Holds the token ids of `gapo prompt show` against transformers, for tokenizers in the shapes of several families.

    chat_shapes.py TEMPLATES GAPO [MODEL...]

TEMPLATES is `trl/chat_templates` of TRL's wheel, GAPO the launcher. For each family a small BPE tokenizer is trained
with that family's normalizer, pre-tokenizer, post-processor, decoder and special tokens, and given its chat template;
each MODEL is a real model's directory beside them. Prints a line a family; exits with 1 if ids differ.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from shown import shown_ids

CONVERSATIONS = [
    [("user", "What is the capital of France?")],
    [("system", "You answer in one short sentence."), ("user", "Why is the sky blue?")],
    [("user", "My name is Ann."), ("assistant", "Nice to meet you, Ann!"), ("user", "What is my name?")],
    [("user", "  Two  spaces,\n\n\tand a tab.\n")],
    [("user", "Zürich, naïve, ﬁne, 東京, Ωmega, 👩‍🚀 and e\u0301 at 12,345.67 o'clock; I'LL don't.")],
    [("user", "def f(x):\n    return x ** 2  # done\n")],
    [("system", "Be warm."), ("user", "Hello"), ("assistant", "Hi! "), ("user", " How are you? ")],
]

LLAMA3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN_SPLIT = LLAMA3_SPLIT.replace(r"\p{N}{1,3}", r"\p{N}")

# Mistral's v0.3 instruct format; TRL's wheel has no template of it.
MISTRAL_TEMPLATE = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] + '\n\n' %}"
    "{% set turns = messages[1:] %}{% else %}{% set system = '' %}{% set turns = messages %}{% endif %}"
    "{% for message in turns %}{% if message['role'] == 'user' %}"
    "{{ '[INST] ' + (system if loop.last else '') + message['content'] + '[/INST]' }}"
    "{% else %}{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}"
)


@dataclass
class Family:
    template: str
    special: list[str]
    bos: str | None
    eos: str
    plain: list[str] = field(default_factory=list)
    split: str | None = None
    normalizer: object | None = None
    adds_bos: bool = False


def families(templates: Path) -> dict[str, Family]:
    llama3 = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    chat_ml = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    qwen3 = ["<think>", "</think>", "<tool_call>", "</tool_call>"]

    def template(name: str) -> str:
        return (templates / f"{name}.jinja").read_text()

    return {
        "llama3": Family(template("llama3"), llama3, llama3[0], llama3[4], split=LLAMA3_SPLIT, adds_bos=True),
        "llama3_1": Family(template("llama3_1"), llama3, llama3[0], llama3[4], split=LLAMA3_SPLIT, adds_bos=True),
        "qwen2_5": Family(
            template("qwen2_5"), chat_ml, None, chat_ml[2], qwen3[2:], split=QWEN_SPLIT, normalizer=normalizers.NFC()
        ),
        "qwen3": Family(template("qwen3"), chat_ml, None, chat_ml[2], qwen3, split=QWEN_SPLIT, normalizer=normalizers.NFC()),
        "mistral": Family(MISTRAL_TEMPLATE, ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"], "<s>", "</s>", adds_bos=True),
    }


def tokenizer(family: Family, corpus: list[str]) -> Tokenizer:
    if family.split:
        made = Tokenizer(models.BPE(ignore_merges=True))
        split = pre_tokenizers.Split(Regex(family.split), "isolated")
        made.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        made.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        first = []
    else:
        made = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
        made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
        made.decoder = decoders.Sequence(
            [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
        )
        alphabet = []
        first = family.special + [f"<0x{byte:02X}>" for byte in range(256)]
    if family.normalizer:
        made.normalizer = family.normalizer
    made.train_from_iterator(
        corpus, trainers.BpeTrainer(vocab_size=1200, special_tokens=first, initial_alphabet=alphabet, show_progress=False)
    )
    made.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in family.special])
    made.add_tokens([AddedToken(token, special=False, normalized=False) for token in family.plain])
    if family.adds_bos:
        bos = (family.bos, made.token_to_id(family.bos))
        made.post_processor = processors.TemplateProcessing(
            single=f"{bos[0]} $A", pair=f"{bos[0]} $A {bos[0]} $B", special_tokens=[bos]
        )
    return made


def write(family: Family, corpus: list[str], directory: Path) -> None:
    made = tokenizer(family, corpus)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token=family.bos,
        eos_token=family.eos,
        clean_up_tokenization_spaces=False,
        chat_template=family.template,
    )
    fast.save_pretrained(directory)
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(fast),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 2048,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "hidden_act": "silu",
        "tie_word_embeddings": True,
        "eos_token_id": made.token_to_id(family.eos),
    }
    (directory / "config.json").write_text(json.dumps(config))


def shown(gapo: str, directory: Path, prompts: Path) -> list[list[int]]:
    """What the product reads."""
    rule = "[{ name = fresh, scored-by = reward-scorer, rule { kind = repetition } }]"
    settings = directory.parent / f"{directory.name}.conf"
    settings.write_text(f'gapo {{ policy.directory = "{directory}", objectives = {rule}, sampling.max-prompt-tokens = 1024 }}\n')
    command = [gapo, "prompt", "show", "--config", str(settings), "--limit", "100", str(prompts)]
    return shown_ids(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare(name: str, gapo: str, directory: Path, prompts: Path, asked: list) -> int:
    expected = AutoTokenizer.from_pretrained(directory)
    ours = shown(gapo, directory, prompts)
    assert len(ours) == len(asked), f"{name}: {len(asked)} conversations, {len(ours)} lines of ids"
    different = 0
    for conversation, ids in zip(asked, ours):
        theirs = expected.apply_chat_template(conversation, add_generation_prompt=True, return_dict=False)
        if ids != theirs:
            different += 1
            print(f"  {name}: {conversation}\n    transformers {theirs}\n    ours         {ids}")
    print(f"{name}: {len(asked)} conversations, {sum(map(len, ours))} token ids, {different} differ")
    return different


def main() -> int:
    templates, gapo, *real = sys.argv[1:]
    asked = [[{"role": role, "content": content} for role, content in each] for each in CONVERSATIONS]
    corpus = [message["content"] for each in asked for message in each]
    corpus += [path.read_text() for path in sorted(Path(__file__).parent.glob("*.py"))] + list(
        Path(__file__).parents[2].joinpath("demo/smollm2-prompts.jsonl").read_text().splitlines()
    )
    different = 0
    with tempfile.TemporaryDirectory(prefix="gapo-shapes-") as scratch:
        prompts = Path(scratch) / "prompts.jsonl"
        prompts.write_text("".join(json.dumps({"messages": each}) + "\n" for each in asked))
        for name, family in families(Path(templates)).items():
            directory = Path(scratch) / name
            write(family, corpus, directory)
            different += compare(name, gapo, directory, prompts, asked)
        for directory in map(Path, real):
            different += compare(directory.name, gapo, directory, prompts, asked)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
