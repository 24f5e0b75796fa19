"""PyTorch's side of the decoding benchmark: DecodingBenchmark starts it and drives it.

    python decoding.py MODEL --threads 2 [--device cuda --dtype bf16]

With `--clock processor` seconds are those that the process computed, not those that passed.

Reads a request a line as JSON and answers in one line. Both ways to sample draw from the plain
distribution at temperature 1 and keep keys and values:

  generate  transformers' own `generate`
  eager     the loop below: what a careful hand writes in PyTorch without compiling anything. Its cache
            is allocated before, its projections are fused, all rows stand at one position (so it needs
            no mask), and like our sampler it keeps the log-probability of every token

`score` says what transformers makes of finished sequences: the check that both sides run one model.
"""

import argparse
import json
import sys
import time

import torch
import torch.nn.functional as F
import transformers
from transformers import AutoModelForCausalLM


DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}


class EagerLlama:
    """The model's weights, with query, key and value, and gate and up as one matrix each."""

    def __init__(self, model):
        config = model.config
        self.H, self.K = config.num_attention_heads, config.num_key_value_heads
        self.d, self.D, self.eps = config.head_dim, config.hidden_size, config.rms_norm_eps
        self.embedding = model.model.embed_tokens.weight.data
        self.norm, self.head = model.model.norm.weight.data, model.lm_head.weight.data
        self.layers = [
            (
                layer.input_layernorm.weight.data,
                torch.cat([p.weight.data for p in (layer.self_attn.q_proj, layer.self_attn.k_proj,
                                                   layer.self_attn.v_proj)]),
                layer.self_attn.o_proj.weight.data,
                layer.post_attention_layernorm.weight.data,
                torch.cat([layer.mlp.gate_proj.weight.data, layer.mlp.up_proj.weight.data]),
                layer.mlp.down_proj.weight.data,
            )
            for layer in model.model.layers
        ]
        theta = config.rope_parameters["rope_theta"]
        angles = torch.outer(torch.arange(config.max_position_embeddings),
                             theta ** -(torch.arange(0, self.d, 2) / self.d))
        self.cos = torch.cos(angles).repeat(1, 2).to(self.embedding.dtype)
        self.sin = torch.sin(angles).repeat(1, 2).to(self.embedding.dtype)

    def caches(self, rows, positions):
        def zeros():
            return self.embedding.new_zeros(rows, self.K, positions, self.d)

        return [(zeros(), zeros()) for _ in self.layers]

    def forward(self, ids, caches, start):
        """ids (B, T) at positions start .. start + T -> logits of the last (B, V)."""
        B, T = ids.shape
        H, K, d, end = self.H, self.K, self.d, start + T
        cos, sin = self.cos[start:end], self.sin[start:end]
        x = F.embedding(ids, self.embedding)
        for (norm, qkv, o, mlp_norm, gate_up, down), (keys, values) in zip(self.layers, caches):
            h = F.linear(F.rms_norm(x, (self.D,), norm, self.eps), qkv)
            h = h.view(B, T, H + 2 * K, d).transpose(1, 2)
            qk, v = h[:, : H + K], h[:, H + K :]
            a, b = qk.chunk(2, -1)
            qk = torch.addcmul(qk * cos, torch.cat((-b, a), -1), sin)
            keys[:, :, start:end] = qk[:, H:]
            values[:, :, start:end] = v
            if T > 1:
                a = F.scaled_dot_product_attention(qk[:, :H], keys[:, :, :end], values[:, :, :end],
                                                   is_causal=True, enable_gqa=True)
                a = a.transpose(1, 2).reshape(B, T, H * d)
            else:  # the queries of a group as rows of one head: repeats no key and no value
                a = F.scaled_dot_product_attention(qk[:, :H].reshape(B, K, H // K, d),
                                                   keys[:, :, :end], values[:, :, :end])
                a = a.reshape(B, 1, H * d)
            x = x + F.linear(a, o)
            gate, up = F.linear(F.rms_norm(x, (self.D,), mlp_norm, self.eps), gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, down)
        return F.linear(F.rms_norm(x[:, -1], (self.D,), self.norm, self.eps), self.head)

    @torch.inference_mode()
    def sample(self, prompts, new_tokens):
        B, T = prompts.shape
        caches = self.caches(B, T + new_tokens)
        tokens, log_probs = [], []
        ids, start = prompts, 0
        for _ in range(new_tokens):
            p = torch.softmax(self.forward(ids, caches, start), -1, dtype=torch.float32)
            start += ids.shape[1]
            ids = torch.multinomial(p, 1)
            tokens.append(ids)
            log_probs.append(p.gather(1, ids).log())
        return torch.cat(tokens, 1), torch.cat(log_probs, 1)


class Side:
    def __init__(self, directory, clock, dtype):
        self.clock = clock
        self.model = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype).eval()
        self.model.to(torch.get_default_device())
        self.eager_model = EagerLlama(self.model)
        self.ends = self.model.config.eos_token_id

    def hello(self, request):
        device = self.model.device
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
        return {"device": name, "python": sys.version.split()[0], "torch": torch.__version__,
                "transformers": transformers.__version__, "threads": torch.get_num_threads(),
                "parameters": sum(p.numel() for p in self.model.parameters())}

    def generate(self, request):
        """Rows end at an end token, if the model has such; a row that ended waits for the longest."""
        prompts = torch.tensor(request["prompts"])
        torch.manual_seed(request["seed"])
        start = self.clock()
        out = self.model.generate(
            prompts, attention_mask=torch.ones_like(prompts), do_sample=True, temperature=1.0, top_k=0,
            top_p=1.0, max_new_tokens=request["newTokens"], use_cache=True,
            pad_token_id=self.ends[0] if self.ends else None)
        seconds = self.clock() - start
        return {"seconds": seconds, "tokens": self.count(out[:, prompts.shape[1]:])}

    def count(self, responses):
        if not self.ends:
            return responses.numel()
        ended = torch.isin(responses, torch.tensor(self.ends))
        before = torch.cumsum(ended, 1) - ended.long()  # ends before this token
        return int((before == 0).sum())

    def eager(self, request):
        prompts = torch.tensor(request["prompts"])
        torch.manual_seed(request["seed"])
        start = self.clock()
        tokens, _ = self.eager_model.sample(prompts, request["newTokens"])
        return {"seconds": self.clock() - start, "tokens": tokens.numel()}

    @torch.inference_mode()
    def score(self, request):
        """Log-probabilities of the tokens behind the prompts, by transformers and by the eager loop."""
        ids = torch.tensor(request["ids"])
        T = request["promptTokens"]
        log_p = torch.log_softmax(self.model(ids).logits.float(), -1)
        expected = log_p[:, T - 1 : -1].gather(2, ids[:, T:, None]).squeeze(2)
        caches = self.eager_model.caches(*ids.shape)
        last = torch.log_softmax(self.eager_model.forward(ids[:, :T], caches, 0).float(), -1)
        eager = []
        for t in range(T, ids.shape[1]):
            eager.append(last.gather(1, ids[:, t : t + 1]))
            last = torch.log_softmax(self.eager_model.forward(ids[:, t : t + 1], caches, t).float(), -1)
        difference = (torch.cat(eager, 1) - expected).abs().max().item()
        return {"logProbs": expected.tolist(), "eagerDifference": difference}


def wall():
    """The clock on the wall, once the device has done all it was told."""
    if torch.get_default_device().type == "cuda":
        torch.cuda.synchronize(torch.get_default_device())
    return time.perf_counter()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--clock", choices=["wall", "processor"], default="wall")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=list(DTYPES), default="f32")
    options = parser.parse_args()
    if options.clock == "processor" and options.device != "cpu":
        parser.error("--clock processor counts what the CPU computes: leave it out with --device " + options.device)
    torch.set_num_threads(options.threads)
    torch.set_default_device(options.device)
    clock = wall if options.clock == "wall" else time.process_time
    side = Side(options.model, clock, DTYPES[options.dtype])
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(getattr(side, request["do"])(request)), flush=True)


if __name__ == "__main__":
    main()
