"""Trains a chat model by TRL's GRPO, with the batch, lengths and adapter of demo/smollm2.conf, on the CPU.

    trl_grpo.py MODEL PROMPTS STEPS

Prints a line a step and, as the last line, JSON: seconds a step, tokens sampled, the peak of resident memory. The
rewards are added up before the advantage. They are the two of demo/smollm2.conf that are short to write: what a
reward says matters little to the time, as long as answers keep about the same length.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import torch
import transformers
import trl
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

ROLLOUTS, SAMPLES, RESPONSE_TOKENS = 16, 4, 64
RANK, ALPHA = 16, 32
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def brief(completion_ids, **kwargs):
    """The rule length-band, with min = 8 and max = 40."""
    lengths = map(len, completion_ids)
    return [min(1.0, n / 8) if n <= 40 else max(0.0, (80 - n) / 40) for n in lengths]


def fresh(completions, **kwargs):
    """The rule repetition: the share of three-word runs that are new."""

    def share(words):
        runs = [tuple(words[i : i + 3]) for i in range(len(words) - 2)]
        return len(set(runs)) / len(runs) if runs else 1.0

    return [share(each[0]["content"].lower().split()) for each in completions]


class Clock(TrainerCallback):
    def __init__(self):
        self.ends = [time.perf_counter()]
        self.lengths = []

    def on_step_end(self, args, state, control, **kwargs):
        self.ends.append(time.perf_counter())

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "completions/mean_length" in logs:
            self.lengths.append(logs["completions/mean_length"])
            print(f"step {state.global_step}: {self.ends[-1] - self.ends[-2]:.2f} s, {self.lengths[-1]:.1f} tokens an answer", flush=True)


def main() -> None:
    directory, prompts, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(2)
    rows = [json.loads(line) for line in prompts.read_text().splitlines()]
    conversations = [row.get("messages") or [{"role": "user", "content": row["prompt"]}] for row in rows]
    clock = Clock()
    with tempfile.TemporaryDirectory() as scratch:
        trainer = trl.GRPOTrainer(
            model=AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32),
            reward_funcs=[brief, fresh],
            args=trl.GRPOConfig(
                output_dir=scratch, use_cpu=True, bf16=False, gradient_checkpointing=False, seed=17, num_generations=SAMPLES,
                max_completion_length=RESPONSE_TOKENS, temperature=1.0, top_p=1.0, beta=0.02, learning_rate=2e-4,
                per_device_train_batch_size=ROLLOUTS, gradient_accumulation_steps=1, max_steps=steps, save_strategy="no",
                report_to="none", disable_tqdm=True, logging_steps=1),
            train_dataset=Dataset.from_dict({"prompt": conversations}),
            processing_class=AutoTokenizer.from_pretrained(directory, padding_side="left"),
            peft_config=LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=PROJECTIONS, lora_dropout=0.0),
            callbacks=[clock],
        )
        trainer.train()
    seconds = [end - start for start, end in zip(clock.ends[1:], clock.ends[2:])]
    print(json.dumps({
        "seconds_a_step": sum(seconds) / len(seconds),
        "response_tokens_a_second": sum(clock.lengths[1:]) * ROLLOUTS / sum(seconds),
        "tokens_an_answer": sum(clock.lengths[1:]) / len(clock.lengths[1:]),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "trl": trl.__version__, "torch": torch.__version__, "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
