"""The PyTorch side of TrainingStepBenchmark: a PPO step in eager mode, on request.

Started by the benchmark with the same model, batch and threads; reads one command a line from
standard input and answers each with one line of JSON:

    step       one PPO step: reference and policy forward, GAE, losses, backward, AdamW
    prefill    one forward pass of the whole batch without gradients
    gemm N     the rate of N x N matrix products in single precision

Two models: `eager` is a plain module written with PyTorch's own kernels (rms_norm,
scaled_dot_product_attention), `transformers` is LlamaForCausalLM with attention "sdpa". Everything
around them is the same: only response positions go through the head, AdamW is the fused one.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


class EagerLlama(torch.nn.Module):
    """Llama's decoder as ws[name], in the fewest eager operations that PyTorch 2.7 offers."""

    def __init__(self, directory):
        super().__init__()
        self.config = json.load(open(directory + "/config.json"))
        tensors = load_file(directory + "/model.safetensors")
        self.names = list(tensors)
        self.ws = torch.nn.ParameterDict(
            {n.replace(".", "/"): torch.nn.Parameter(t.float().to(torch.get_default_device(), copy=True))
             for n, t in tensors.items()}
        )
        d = self.config.get("head_dim") or self.config["hidden_size"] // self.config["num_attention_heads"]
        frequencies = 1.0 / self.config.get("rope_theta", 10000.0) ** (torch.arange(0, d, 2).float() / d)
        angles = torch.arange(self.config["max_position_embeddings"]).float()[:, None] * frequencies
        angles = torch.cat([angles, angles], -1)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        self.d = d

    def w(self, name):
        return self.ws[name.replace(".", "/")]

    def rotate(self, x, T):
        a, b = x.chunk(2, -1)
        return x * self.cos[:T] + torch.cat([-b, a], -1) * self.sin[:T]

    def hidden(self, ids):
        B, T = ids.shape
        eps = self.config["rms_norm_eps"]
        x = F.embedding(ids, self.w("model.embed_tokens.weight"))
        D = x.shape[-1]
        for i in range(self.config["num_hidden_layers"]):
            p = f"model.layers.{i}."
            h = F.rms_norm(x, [D], self.w(p + "input_layernorm.weight"), eps)
            q, k, v = (
                F.linear(h, self.w(p + f"self_attn.{n}_proj.weight")).view(B, T, -1, self.d).transpose(1, 2)
                for n in "qkv"
            )
            a = F.scaled_dot_product_attention(
                self.rotate(q, T), self.rotate(k, T), v, is_causal=True, enable_gqa=True
            )
            x = x + F.linear(a.transpose(1, 2).reshape(B, T, -1), self.w(p + "self_attn.o_proj.weight"))
            h = F.rms_norm(x, [D], self.w(p + "post_attention_layernorm.weight"), eps)
            gate = F.silu(F.linear(h, self.w(p + "mlp.gate_proj.weight")))
            up = F.linear(h, self.w(p + "mlp.up_proj.weight"))
            x = x + F.linear(gate * up, self.w(p + "mlp.down_proj.weight"))
        return F.rms_norm(x, [D], self.w("model.norm.weight"), eps)

    def head(self):
        tied = "lm_head.weight" not in self.names
        return self.w("model.embed_tokens.weight" if tied else "lm_head.weight")


class TransformersLlama(torch.nn.Module):
    def __init__(self, directory):
        super().__init__()
        from transformers import AutoModelForCausalLM

        self.model = AutoModelForCausalLM.from_pretrained(
            directory, dtype=torch.float32, attn_implementation="sdpa"
        ).to(torch.get_default_device())

    def adapt(self, rank):
        """Trains an adapter of all projections in place of the whole."""
        from peft import LoraConfig, inject_adapter_in_model

        targets = [n + "_proj" for n in ("q", "k", "v", "o", "gate", "up", "down")]
        inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=targets), self.model)

    def hidden(self, ids):
        return self.model.model(input_ids=ids, use_cache=False).last_hidden_state

    def head(self):
        return self.model.lm_head.weight


class Step:
    def __init__(self, kind, directory, batch, rate, rank):
        make = EagerLlama if kind == "eager" else TransformersLlama
        self.policy = make(directory)
        if rank:
            self.policy.adapt(rank)
        self.reference = make(directory).requires_grad_(False)
        width = self.policy.head().shape[1]
        self.value_weight = torch.nn.Parameter(torch.zeros(1, width))
        self.value_bias = torch.nn.Parameter(torch.zeros(1))
        self.actor = torch.optim.AdamW(self.trained(), lr=rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
        self.critic = torch.optim.AdamW([self.value_weight, self.value_bias], lr=rate, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
        prompts, responses = batch["prompts"], batch["responses"]
        B, T = len(prompts), max(len(p) + len(r) for p, r in zip(prompts, responses))
        self.ids = torch.zeros(B, T, dtype=torch.long)
        N = max(len(r) for r in responses)
        self.mask = torch.zeros(B, N)
        self.behavior = torch.zeros(B, N)
        self.last = torch.tensor([len(r) - 1 for r in responses])
        rows, columns, positions, targets = [], [], [], []
        for i, (p, r) in enumerate(zip(prompts, responses)):
            self.ids[i, : len(p) + len(r)] = torch.tensor(p + r)
            self.mask[i, : len(r)] = 1
            self.behavior[i, : len(r)] = torch.tensor(batch["behavior"][i])
            rows += [i] * len(r)
            columns += range(len(r))
            positions += [i * T + len(p) - 1 + t for t in range(len(r))]
            targets += r
        self.at = (torch.tensor(rows), torch.tensor(columns))
        self.positions, self.targets = torch.tensor(positions), torch.tensor(targets)
        self.scores = torch.tensor(batch["scores"])
        self.kl, self.gae, self.clip = batch["kl"], batch["lambda"], batch["clip"]

    def trained(self):
        return [p for p in self.policy.parameters() if p.requires_grad]

    def predict(self, model):
        hidden = model.hidden(self.ids)
        states = hidden.reshape(-1, hidden.shape[-1])[self.positions]
        logits = F.linear(states, model.head())
        log_probs = torch.log_softmax(logits, -1).gather(1, self.targets[:, None]).squeeze(1)
        return states, log_probs

    def padded(self, flat):
        return torch.zeros_like(self.mask).index_put(self.at, flat)

    def prefill(self):
        with torch.no_grad():
            self.policy.hidden(self.ids)
        return {}

    def step(self):
        started = now()
        states, flat = self.predict(self.policy)
        log_probs = self.padded(flat)
        values = self.padded(F.linear(states.detach(), self.value_weight, self.value_bias).squeeze(1))
        with torch.no_grad():
            reference = self.padded(self.predict(self.reference)[1])
            rewards = -self.kl * (self.behavior - reference) * self.mask
            rewards[torch.arange(len(self.last)), self.last] += self.scores
            rewards = rewards.clamp(-50, 50)
            advantages, after, later = [], torch.zeros(len(self.last)), torch.zeros(len(self.last))
            for t in reversed(range(self.mask.shape[1])):
                delta = rewards[:, t] + later - values[:, t]
                after = (delta + self.gae * after) * self.mask[:, t]
                later = values[:, t] * self.mask[:, t]
                advantages.append(after)
            advantages = torch.stack(advantages[::-1], 1)
            returns = advantages + values
        ratio = torch.exp(log_probs - self.behavior)
        surrogate = torch.minimum(
            ratio * advantages, ratio.clamp(1 - self.clip, 1 + self.clip) * advantages
        )
        share = self.mask / self.mask.sum(1, keepdim=True) / len(self.last)
        policy_loss = -(surrogate * share).sum()
        value_loss = 0.5 * ((values - returns) ** 2 * share).sum()
        forward = now()
        (policy_loss + value_loss).backward()
        backward = now()
        torch.nn.utils.clip_grad_norm_(self.trained(), 1.0)
        torch.nn.utils.clip_grad_norm_([self.value_weight, self.value_bias], 1.0)
        for optimizer in (self.actor, self.critic):
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        done = now()
        return {
            "loss": policy_loss.item(),
            "forward": forward - started,
            "backward": backward - forward,
            "optimizer": done - backward,
        }


def now():
    """The time once the device has done all it was told."""
    if torch.get_default_device().type == "cuda":
        torch.cuda.synchronize(torch.get_default_device())
    return time.perf_counter()


def gemm(n):
    a, b = torch.randn(n, n), torch.randn(n, n)
    a @ b
    best = 1e9
    for _ in range(5):
        started = now()
        a @ b
        best = min(best, now() - started)
    return {"flops": 2.0 * n**3 / best}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["eager", "transformers"], required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--batch", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--rate", type=float, default=1e-5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--lora", type=int, default=0, help="rank; needs --kind transformers")
    options = parser.parse_args()
    if options.lora and options.kind != "transformers":
        parser.error("--lora is for --kind transformers")
    torch.set_num_threads(options.threads)
    torch.set_default_device(options.device)
    torch.manual_seed(1)
    step = Step(options.kind, options.model, json.load(open(options.batch)), options.rate, options.lora)
    versions = {"torch": torch.__version__}
    if options.kind == "transformers":
        import transformers

        versions["transformers"] = transformers.__version__
    print(json.dumps(versions), flush=True)
    while True:
        words = input().split()
        if not words or words[0] == "end":
            return
        started = now()
        answer = gemm(int(words[1])) if words[0] == "gemm" else getattr(step, words[0])()
        print(json.dumps({"seconds": now() - started, **answer}), flush=True)


if __name__ == "__main__":
    main()
