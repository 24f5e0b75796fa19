"""Holds what `gapo prompt show` and `gapo evaluate` made of chat prompts against transformers.

    compare_chat.py MODEL PROMPTS SHOWN EVALUATION

MODEL is a directory, PROMPTS what both commands were given, SHOWN the first one's output, EVALUATION the second
one's --json, made at a temperature near 0. Prints a line a prompt; exits with 1 if token ids or answers differ.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from shown import shown_ids


def messages(prompt: dict) -> list[dict]:
    return prompt.get("messages") or [{"role": "user", "content": prompt["prompt"]}]


def find(node: object, key: str) -> list:
    """The first list under this name, wherever it stands."""
    if isinstance(node, dict):
        if isinstance(node.get(key), list):
            return node[key]
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        if found := find(child, key):
            return found
    return []


def main() -> int:
    directory, prompts, shown, evaluation = sys.argv[1:5]
    tokenizer = AutoTokenizer.from_pretrained(directory)
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    asked = [json.loads(line) for line in Path(prompts).read_text().splitlines() if line.strip()]
    ours = shown_ids(Path(shown).read_text())
    samples = find(json.loads(Path(evaluation).read_text()), "samples")
    assert len(asked) == len(ours) == len(samples), (len(asked), len(ours), len(samples))
    different = 0
    for prompt, ids, sample in zip(asked, ours, samples):
        conversation = messages(prompt)
        # What a user writes is text, so it is encoded without its special tokens.
        hostile = any(token in message["content"] for message in conversation for token in tokenizer.all_special_tokens)
        expected = tokenizer.apply_chat_template(conversation, add_generation_prompt=True, return_dict=False)
        same_ids = ids == expected
        answer = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=48)[0][len(ids):]
        text = tokenizer.decode(answer, skip_special_tokens=True)
        same_answer = text == sample["after"]
        verdict = "a user's special token, read as text" if hostile and not same_ids else ("same ids" if same_ids else "OTHER IDS")
        different += (not same_ids and not hostile) + (not same_answer)
        print(f"{verdict}, {'same answer' if same_answer else 'OTHER ANSWER'}: {conversation[-1]['content'][:50]!r}")
        if not same_answer:
            print(f"  transformers: {text!r}\n  ours:         {sample['after']!r}")
    print(f"{len(asked)} prompts, {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
