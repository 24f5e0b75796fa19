"""The demo's training by TRL, on the demo's policy, prompts, batch and score models, on the CPU.

    python benchmarks/python/trl_training.py --trainer ppo --home . --prompts FILE --steps 10 --warm-up 4

ppo is PPOTrainer, which TRL has up to version 1.12; grpo is GRPOTrainer, the group-relative clipped PPO
that took its place. FILE has one prompt a line. PipelineBenchmark writes it, starts this and reads the
last line of its output, one of JSON. What differs from our pipeline: the two scores are added up before
the advantage, as TRL's users do, where we take a gradient for each; the rollouts of a step are always of
the newest policy; and ppo trains a whole second model for the values, where we train a head an objective,
and samples one response a prompt.
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
from transformers import (
    AutoModelForCausalLM, AutoModelForSequenceClassification, LlamaConfig, LlamaModel, PreTrainedTokenizerFast,
    TrainerCallback)
from transformers.modeling_outputs import BaseModelOutput

# As in demo.conf and its prompt template.
BATCH = 64
SAMPLES = 4
RESPONSE_TOKENS = 72
LEARNING_RATE = 5e-4
KL_COEFFICIENT = 0.02
TEMPLATE = "BEGINNING OF CONVERSATION: USER: {prompt} ASSISTANT:"


class ScoreModel(torch.nn.Module):
    """LlamaForScore: the trunk, and a head at the last token."""

    def __init__(self, directory: pathlib.Path):
        super().__init__()
        weights = {name: value.float() for name, value in load_file(directory / "model.safetensors").items()}
        self.trunk = LlamaModel(LlamaConfig.from_pretrained(directory))
        self.trunk.load_state_dict(
            {name.removeprefix("model."): v for name, v in weights.items() if name.startswith("model.")})
        self.head = weights["score_head.weight"]
        self.bias = weights["score_head.bias"]

    @torch.no_grad()
    def scores(self, texts: list[str], tokenizer: PreTrainedTokenizerFast) -> list[float]:
        batch = tokenizer(texts, return_tensors="pt", padding=True, padding_side="right",
                          return_token_type_ids=False)
        hidden = self.trunk(**batch).last_hidden_state
        last = batch["attention_mask"].sum(1) - 1
        return torch.nn.functional.linear(hidden[torch.arange(len(texts)), last], self.head, self.bias)[:, 0].tolist()


class Trunks(torch.nn.Module):
    """Two trunks side by side, as if they were one of twice the width."""

    def __init__(self, one: torch.nn.Module, other: torch.nn.Module):
        super().__init__()
        self.one = one
        self.other = other

    def forward(self, input_ids, attention_mask, position_ids, **kwargs):
        hidden = [trunk(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids).last_hidden_state
                  for trunk in (self.one, self.other)]
        return BaseModelOutput(hidden_states=(torch.cat(hidden, -1),))


class SummedScores(torch.nn.Module):
    """The reward less the cost, as the one reward model that PPOTrainer takes."""

    base_model_prefix = "trunks"

    def __init__(self, reward: ScoreModel, cost: ScoreModel):
        super().__init__()
        self.trunks = Trunks(reward.trunk, cost.trunk)
        self.weight = torch.cat([reward.head, -cost.head], 1)
        self.bias = reward.bias - cost.bias

    def score(self, hidden: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.linear(hidden, self.weight, self.bias)


class Clock(TrainerCallback):
    """When every step ended."""

    def __init__(self):
        self.ends = []

    def on_step_end(self, args, state, control, **kwargs):
        self.ends.append(time.perf_counter())


def grpo(demo, tokenizer, policy, reward, cost, prompts, settings, callbacks):
    def texts(prompts, completions):
        return [prompt + completion + tokenizer.eos_token for prompt, completion in zip(prompts, completions)]

    def helpful(prompts, completions, **kwargs):
        return reward.scores(texts(prompts, completions), tokenizer)

    def harmless(prompts, completions, **kwargs):
        return [-score for score in cost.scores(texts(prompts, completions), tokenizer)]

    return trl.GRPOTrainer(
        model=policy,
        reward_funcs=[helpful, harmless],
        args=trl.GRPOConfig(
            num_generations=SAMPLES, max_completion_length=RESPONSE_TOKENS, temperature=1.0, top_p=1.0,
            beta=KL_COEFFICIENT, **settings),
        train_dataset=Dataset.from_dict({"prompt": prompts}),
        processing_class=tokenizer,
        callbacks=callbacks,
    )


def ppo(demo, tokenizer, policy, reward, cost, prompts, settings, callbacks):
    from trl.experimental.ppo import PPOConfig, PPOTrainer

    tokenizer.padding_side = "left"
    steps = settings.pop("max_steps")
    return PPOTrainer(
        args=PPOConfig(
            total_episodes=steps * BATCH, response_length=RESPONSE_TOKENS, stop_token="eos", temperature=1.0,
            kl_coef=KL_COEFFICIENT, num_ppo_epochs=1, num_mini_batches=1, num_sample_generations=0, **settings),
        processing_class=tokenizer,
        model=policy,
        ref_model=AutoModelForCausalLM.from_pretrained(demo / "policy", dtype=torch.float32),
        reward_model=SummedScores(reward, cost),
        value_model=AutoModelForSequenceClassification.from_pretrained(
            demo / "policy", num_labels=1, dtype=torch.float32),
        train_dataset=Dataset.from_dict({"input_ids": [tokenizer(each)["input_ids"] for each in prompts]}),
        callbacks=callbacks,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trainer", choices=["grpo", "ppo"], required=True)
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
    reward = ScoreModel(demo / "reward").eval()
    cost = ScoreModel(demo / "cost").eval()
    prompts = [TEMPLATE.format(prompt=each) for each in options.prompts.read_text().splitlines()]
    clock = Clock()
    with tempfile.TemporaryDirectory() as scratch:
        settings = dict(
            output_dir=scratch, use_cpu=True, bf16=False, gradient_checkpointing=False, seed=17,
            per_device_train_batch_size=BATCH, gradient_accumulation_steps=1, learning_rate=LEARNING_RATE,
            max_steps=options.warm_up + options.steps, save_strategy="no", report_to="none", disable_tqdm=True,
            logging_steps=options.steps)
        make = {"grpo": grpo, "ppo": ppo}[options.trainer]
        make(demo, tokenizer, policy, reward, cost, prompts, settings, [clock]).train()
    seconds = clock.ends[-1] - clock.ends[options.warm_up - 1]
    print(json.dumps({
        "rate": options.steps * BATCH / seconds, "trl": trl.__version__, "torch": torch.__version__,
        "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
