"""Writes the PPO fixture of model-runtime's tests with PyTorch, in double precision.

    python3 ppo_fixture.py ../resources/io/gapo/runtime/gradients

Needs torch alone (any version from 1.13). The model, the batch and the expected values are
deterministic; the files are committed, so the build needs no Python.

policy/            config.json, model.safetensors: what training starts from, and the reference
adopted.safetensors  the policy that the batch is measured under, with value heads
batch.json         scored rollouts
expected.json      losses, Gram matrices and statistics
gradients.safetensors  descent gradients, '<advantage kind>.<tensor>'
"""

import json
import math
import struct
import sys
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)

V, D, F, L, H, K, HD = 24, 16, 24, 2, 4, 2, 4
EPSILON, THETA = 1e-5, 10000.0
OBJECTIVES = ["helpful", "harmless", "concise"]
TEMPERATURE, CLIP, VALUE_CLIP, BETA, CLAMP, GAMMA, LAMBDA = 0.8, 0.2, 5.0, 0.05, 50.0, 1.0, 0.95
WEIGHTS, KL_WEIGHT = [0.5, 0.3, 0.2], 0.1

CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": V,
    "hidden_size": D, "intermediate_size": F, "num_hidden_layers": L, "num_attention_heads": H,
    "num_key_value_heads": K, "head_dim": HD, "hidden_act": "silu", "rms_norm_eps": EPSILON,
    "rope_theta": THETA, "tie_word_embeddings": True, "max_position_embeddings": 32,
    "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}


def shapes():
    yield "model.embed_tokens.weight", (V, D)
    for layer in range(L):
        p = f"model.layers.{layer}."
        yield p + "input_layernorm.weight", (D,)
        yield p + "self_attn.q_proj.weight", (H * HD, D)
        yield p + "self_attn.k_proj.weight", (K * HD, D)
        yield p + "self_attn.v_proj.weight", (K * HD, D)
        yield p + "self_attn.o_proj.weight", (D, H * HD)
        yield p + "post_attention_layernorm.weight", (D,)
        yield p + "mlp.gate_proj.weight", (F, D)
        yield p + "mlp.up_proj.weight", (F, D)
        yield p + "mlp.down_proj.weight", (D, F)
    yield "model.norm.weight", (D,)


def random_policy(generator):
    tensors = {}
    for name, shape in shapes():
        noise = torch.randn(shape, generator=generator)
        value = 1 + 0.1 * noise if len(shape) == 1 else noise * (0.5 if V in shape else 0.25)
        tensors[name] = value.float().double()
    return tensors


def rms_norm(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * weight


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def hidden_states(w, ids):
    """Final-normed hidden states of one sequence, (T, D)."""
    t = len(ids)
    angles = torch.outer(torch.arange(t).double(),
                         1.0 / THETA ** (torch.arange(0, HD, 2).double() / HD))
    cos, sin = torch.cat([angles, angles], -1).cos(), torch.cat([angles, angles], -1).sin()
    mask = torch.full((t, t), -math.inf).triu(1)
    x = w["model.embed_tokens.weight"][torch.tensor(ids)]
    for layer in range(L):
        p = f"model.layers.{layer}."
        h = rms_norm(x, w[p + "input_layernorm.weight"])
        q = (h @ w[p + "self_attn.q_proj.weight"].T).view(t, H, HD).transpose(0, 1)
        k = (h @ w[p + "self_attn.k_proj.weight"].T).view(t, K, HD).transpose(0, 1)
        v = (h @ w[p + "self_attn.v_proj.weight"].T).view(t, K, HD).transpose(0, 1)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = k.repeat_interleave(H // K, 0), v.repeat_interleave(H // K, 0)
        a = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(HD) + mask, -1) @ v
        x = x + a.transpose(0, 1).reshape(t, H * HD) @ w[p + "self_attn.o_proj.weight"].T
        h = rms_norm(x, w[p + "post_attention_layernorm.weight"])
        gate = torch.nn.functional.silu(h @ w[p + "mlp.gate_proj.weight"].T)
        x = x + (gate * (h @ w[p + "mlp.up_proj.weight"].T)) @ w[p + "mlp.down_proj.weight"].T
    return rms_norm(x, w["model.norm.weight"])


def response(w, head, rollout):
    """Log-probabilities and entropies of the response tokens, and the states they come from."""
    start, tokens = len(rollout["promptTokens"]), rollout["responseTokens"]
    states = hidden_states(w, rollout["promptTokens"] + tokens)[start - 1:-1]
    distribution = torch.log_softmax(states @ head.T / TEMPERATURE, -1)
    entropy = -(distribution.exp() * distribution).sum(-1)
    return distribution[torch.arange(len(tokens)), torch.tensor(tokens)], entropy, states


def make_batch(generator, adopted):
    batch = []
    sizes = [("a", 0, 4, 6), ("a", 1, 4, 3), ("a", 2, 4, 1), ("b", 0, 2, 9), ("b", 1, 2, 5),
             ("c", 0, 7, 4)]
    for prompt, sample, p, r in sizes:
        prompt_generator = torch.Generator().manual_seed(ord(prompt))
        rollout = {
            "promptId": prompt, "sampleIndex": sample,
            "promptTokens": torch.randint(3, V, (p,), generator=prompt_generator).tolist(),
            "responseTokens": torch.randint(2, V, (r,), generator=generator).tolist(),
            "versions": [3 if sample == 2 else 4] * r,
            "scores": (2 * torch.randn(3, generator=generator)).tolist(),
        }
        exact, _, _ = response(adopted, adopted["model.embed_tokens.weight"], rollout)
        noisy = exact + 0.2 * torch.randn(r, generator=generator)
        rollout["behaviorLogProbs"] = [float(x) for x in noisy.float()]
        batch.append(rollout)
    return batch


def token_rewards(rollout, reference, score):
    behavior = torch.tensor(rollout["behaviorLogProbs"])
    rewards = (-BETA * (behavior - reference)).clone()
    rewards[-1] += score
    return rewards.clamp(-CLAMP, CLAMP)


def generalized_advantages(rewards, values):
    advantages, carried, following = torch.zeros_like(rewards), 0.0, 0.0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + GAMMA * following - values[t]
        carried = delta + GAMMA * LAMBDA * carried
        advantages[t], following = carried, values[t]
    return advantages, advantages + values


def group_advantages(batch, all_rewards):
    """Leave-one-out: the sum of token rewards above the mean of the prompt's other samples."""
    returns = [float(rewards.sum()) for rewards in all_rewards]
    advantages = []
    for i, rollout in enumerate(batch):
        others = [returns[j] for j, other in enumerate(batch)
                  if j != i and other["promptId"] == rollout["promptId"]]
        value = returns[i] - sum(others) / len(others) if others else 0.0
        advantages.append(torch.full((len(rollout["responseTokens"]),), value))
    return advantages


def measure(kind, reference_weights, adopted, batch):
    w = {name: value.clone().requires_grad_(True) for name, value in adopted.items()}
    head = w["model.embed_tokens.weight"].view(V, D)
    with torch.no_grad():
        reference = [response(reference_weights, reference_weights["model.embed_tokens.weight"],
                              rollout)[0] for rollout in batch]
    policy = [response(w, head, rollout) for rollout in batch]
    losses, value_losses = [], []
    for m, objective in enumerate(OBJECTIVES):
        weight = w[f"value_heads.{objective}.weight"]
        bias = w[f"value_heads.{objective}.bias"]
        values = [(states.detach() @ weight.T + bias)[:, 0] for _, _, states in policy]
        rewards = [token_rewards(rollout, ref, rollout["scores"][m])
                   for rollout, ref in zip(batch, reference)]
        if kind == "gae":
            pairs = [generalized_advantages(r, v.detach()) for r, v in zip(rewards, values)]
            advantages = [a for a, _ in pairs]
            value_losses.append(sum(
                0.5 * (v - target).pow(2).mean() for v, (_, target) in zip(values, pairs))
                / len(batch))
        else:
            advantages = group_advantages(batch, rewards)
        loss = 0.0
        for rollout, (log_probs, _, _), a in zip(batch, policy, advantages):
            ratio = (log_probs - torch.tensor(rollout["behaviorLogProbs"])).exp()
            loss = loss - torch.minimum(ratio * a, ratio.clamp(1 - CLIP, 1 + CLIP) * a).mean()
        losses.append(loss / len(batch))
    last_layer = [torch.autograd.grad(loss, head, retain_graph=True)[0] for loss in losses]
    gram = [[float((a * b).sum()) for b in last_layer] for a in last_layer]
    log_probs = torch.cat([p[0] for p in policy])
    log_ratio = log_probs - torch.cat(reference)
    # Its gradient over the policy's own samples is that of KL(policy || reference).
    kl_loss = 0.5 * log_ratio.pow(2).mean()
    ratios = (log_probs - torch.tensor(
        [x for rollout in batch for x in rollout["behaviorLogProbs"]])).exp()
    total = sum(x * loss for x, loss in zip(WEIGHTS, losses)) + KL_WEIGHT * kl_loss
    total = total + sum(value_losses)
    gradients = torch.autograd.grad(total, list(w.values()), allow_unused=True)
    expected = {
        "losses": [float(x) for x in losses],
        "valueLosses": [float(x) for x in value_losses] or [0.0] * len(OBJECTIVES),
        "gram": gram,
        "kl": float(log_ratio.mean()),
        "entropy": float(torch.cat([p[1] for p in policy]).mean()),
        "importanceRatioMean": float(ratios.mean()),
        "importanceRatioMax": float(ratios.max()),
        "clipFraction": float(((ratios < 1 - CLIP) | (ratios > 1 + CLIP)).double().mean()),
    }
    return expected, {f"{kind}.{name}": torch.zeros_like(value) if g is None else g
                      for (name, value), g in zip(w.items(), gradients)}


def save(path, tensors):
    header, begin, data = {}, 0, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().float().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [begin, begin + len(raw)]}
        begin += len(raw)
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    target = Path(sys.argv[1])
    (target / "policy").mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(7)
    initial = random_policy(generator)
    adopted = {name: (value + 0.05 * torch.randn(value.shape, generator=generator)).float().double()
               for name, value in initial.items()}
    for objective in OBJECTIVES:
        adopted[f"value_heads.{objective}.weight"] = (
            0.3 * torch.randn((1, D), generator=generator)).float().double()
        adopted[f"value_heads.{objective}.bias"] = torch.randn((1,), generator=generator).float().double()
    batch = make_batch(generator, adopted)
    expected, gradients = {}, {}
    for kind in ("gae", "group-relative"):
        expected[kind], of_kind = measure(kind, initial, adopted, batch)
        gradients.update(of_kind)
    (target / "policy/config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    save(target / "policy/model.safetensors", initial)
    save(target / "adopted.safetensors", adopted)
    (target / "batch.json").write_text(json.dumps(batch, indent=1) + "\n")
    (target / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    save(target / "gradients.safetensors", gradients)


main()
