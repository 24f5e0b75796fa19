"""The demo's training by TRL: group-relative clipped PPO (GRPOTrainer; TRL has no PPOTrainer any more)
on the demo's policy, prompts, batch and score models, on the CPU.

    python benchmarks/python/trl_grpo.py --home . --prompts FILE --steps 10 --warm-up 4 --threads 2

FILE has one prompt a line. PipelineBenchmark writes it, starts this and reads the last line of its
output, one of JSON. What differs from our pipeline: the two scores are added up before the advantage,
as TRL does with several reward functions, where we take a gradient for each; and the rollouts of a
step are always of the newest policy.
"""

import argparse
import json
import pathlib
import tempfile
import time

import torch
import transformers
import trl
from datasets import Dataset
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaModel, PreTrainedTokenizerFast, TrainerCallback

# As in demo.conf and its prompt template.
BATCH = 64
SAMPLES = 4
RESPONSE_TOKENS = 72
LEARNING_RATE = 5e-4
KL_COEFFICIENT = 0.02
TEMPLATE = "BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:"


class ScoreModel(torch.nn.Module):
    """LlamaForScore: the trunk, and a head at the last token."""

    def __init__(self, directory: pathlib.Path, tokenizer: PreTrainedTokenizerFast):
        super().__init__()
        weights = {name: value.float() for name, value in load_file(directory / "model.safetensors").items()}
        self.trunk = LlamaModel(LlamaConfig.from_pretrained(directory))
        self.trunk.load_state_dict(
            {name.removeprefix("model."): v for name, v in weights.items() if name.startswith("model.")})
        self.head = weights["score_head.weight"]
        self.bias = weights["score_head.bias"]
        self.tokenizer = tokenizer

    @torch.no_grad()
    def forward(self, texts: list[str]) -> list[float]:
        batch = self.tokenizer(texts, return_tensors="pt", padding=True, padding_side="right",
                               return_token_type_ids=False)
        hidden = self.trunk(**batch).last_hidden_state
        last = batch["attention_mask"].sum(1) - 1
        return torch.nn.functional.linear(hidden[torch.arange(len(texts)), last], self.head, self.bias)[:, 0].tolist()


class Clock(TrainerCallback):
    """When every step ended."""

    def __init__(self):
        self.ends = []

    def on_step_end(self, args, state, control, **kwargs):
        self.ends.append(time.perf_counter())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=pathlib.Path, required=True)
    parser.add_argument("--prompts", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warm-up", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    demo = options.home / "demo"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(demo / "policy" / "tokenizer.json"), bos_token="<s>", eos_token="</s>", pad_token="<pad>")
    policy = AutoModelForCausalLM.from_pretrained(demo / "policy", dtype=torch.float32)
    reward = ScoreModel(demo / "reward", tokenizer).eval()
    cost = ScoreModel(demo / "cost", tokenizer).eval()

    def texts(prompts, completions):
        return [prompt + completion + tokenizer.eos_token for prompt, completion in zip(prompts, completions)]

    def helpful(prompts, completions, **kwargs):
        return reward(texts(prompts, completions))

    def harmless(prompts, completions, **kwargs):
        return [-score for score in cost(texts(prompts, completions))]

    clock = Clock()
    prompts = options.prompts.read_text().splitlines()
    with tempfile.TemporaryDirectory() as scratch:
        trainer = trl.GRPOTrainer(
            model=policy,
            reward_funcs=[helpful, harmless],
            args=trl.GRPOConfig(
                output_dir=scratch, use_cpu=True, bf16=False, gradient_checkpointing=False, seed=17,
                per_device_train_batch_size=BATCH, num_generations=SAMPLES, max_completion_length=RESPONSE_TOKENS,
                temperature=1.0, top_p=1.0, learning_rate=LEARNING_RATE, beta=KL_COEFFICIENT,
                max_steps=options.warm_up + options.steps, save_strategy="no", report_to="none",
                disable_tqdm=True, logging_steps=options.steps),
            train_dataset=Dataset.from_dict({"prompt": [TEMPLATE.format(prompt=each) for each in prompts]}),
            processing_class=tokenizer,
            callbacks=[clock],
        )
        trainer.train()
    seconds = clock.ends[-1] - clock.ends[options.warm_up - 1]
    print(json.dumps({
        "rate": options.steps * BATCH / seconds, "trl": trl.__version__, "torch": torch.__version__,
        "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
