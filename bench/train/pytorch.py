"""
The GPT of the bench in PyTorch, after nanoGPT's model.py: SDPA, AdamW. Reads one JSON command a line, answers with one.

  {"op": "load", "config": {...}, "adam": {...}, "weights": FILE, "leaves": [[name, shape], ...],
   "batches": [{"x": [...], "y": [...]}, ...], "threads": n, "compile": bool, "bf16": bool}   -> {"version": ...}
  {"op": "train", "steps": n}                                                   -> {"seconds": ..., "losses": [...]}
  {"op": "run", ... as in load ..., "rates": [...], "betas": [...], "decay": ..., "clip": ..., "validation": [{...}, ...]}
      a whole run from the first weights                                        -> {"seconds": ..., "validation": ...}
"""
import json
import math
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (p.view(B, T, self.heads, C // self.heads).transpose(1, 2) for p in self.qkv(x).split(C, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)  # [B, H, T, D]
        return self.out(y.transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, layers, heads, width, context, vocabulary, **_):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, x, y):
        h = self.tokens(x) + self.places(torch.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h)
        logits = F.linear(self.norm(h), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1))


def torch_name(name):
    """Ours -> PyTorch's: blocks.0.qkv.weight -> blocks.0.attention.qkv.weight, norm.gain -> norm.weight."""
    if name in ("tokens", "places"):
        return f"{name}.weight"
    return name.replace(".qkv.", ".attention.qkv.").replace(".out.", ".attention.out.").replace(".gain", ".weight")


def load(config, adam, weights, leaves, batches, threads, compile, bf16, **_):
    torch.set_num_threads(threads)
    model = GPT(**config)
    values, at, state = np.fromfile(weights, dtype=np.float32), 0, {}
    for name, shape in leaves:
        size = math.prod(shape)
        tensor = torch.from_numpy(values[at : at + size].reshape(shape).copy())
        at += size
        # nn.Linear keeps the transpose.
        state[torch_name(name)] = tensor.T.contiguous() if name.endswith(".weight") else tensor
    assert at == values.size, f"{weights} holds {values.size} numbers, the leaves {at}"
    model.load_state_dict(state)  # strict: a name too many or too few is an error
    shape = (config["batch"], config["context"])
    data = [tuple(torch.tensor(batch[key]).view(shape) for key in "xy") for batch in batches]
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=adam["learningRate"], betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"],
        weight_decay=adam["weightDecay"], fused=FUSED)
    return torch.compile(model) if compile else model, optimizer, data, bf16


def train(model, optimizer, data, bf16, start, steps):
    losses = []
    for i in range(start, start + steps):
        x, y = data[i % len(data)]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            loss = model(x, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return [loss.item() for loss in losses]


def run(rates, betas, decay, clip, validation, **loaded):
    model, _, data, bf16 = load(**loaded)
    shape = (loaded["config"]["batch"], loaded["config"]["context"])
    groups = [[p for p in model.parameters() if (p.dim() > 1) == large] for large in (True, False)]
    optimizer = torch.optim.AdamW(
        [{"params": groups[0], "weight_decay": decay}, {"params": groups[1], "weight_decay": 0.0}],
        betas=betas, eps=loaded["adam"]["epsilon"], fused=FUSED)
    began = time.perf_counter()
    for i, rate in enumerate(rates):
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            loss = model(*data[i % len(data)])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        loss.item()
    seconds = time.perf_counter() - began
    with torch.no_grad():
        losses = [model(*(torch.tensor(batch[key]).view(shape) for key in "xy")).item() for batch in validation]
    return seconds, sum(losses) / len(losses)


FUSED = True
loaded, done = None, 0
for line in sys.stdin:
    try:
        command = json.loads(line)
        if command["op"] == "load":
            loaded = load(**command)
            answer = {"version": torch.__version__}
        elif command.pop("op") == "run":
            seconds, validation = run(**command)
            answer = {"seconds": seconds, "validation": validation}
        else:
            began = time.perf_counter()
            losses = train(*loaded, done, command["steps"])
            answer = {"seconds": time.perf_counter() - began, "losses": losses}
            done += command["steps"]
    except Exception as error:  # the bench shows it and goes on without this contender
        answer = {"error": f"{type(error).__name__}: {error}".strip().split("\n")[0]}
    print(json.dumps(answer), flush=True)
