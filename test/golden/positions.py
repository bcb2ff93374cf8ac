"""Positions, by transformers (T5's buckets, Bloom's ALiBi, Marian's sinusoids, LLaMA's rotation) and numpy."""
import math

import numpy as np
import torch
from transformers import LlamaConfig
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb
from transformers.models.marian.modeling_marian import MarianSinusoidalPositionalEmbedding
from transformers.models.t5.modeling_t5 import T5Attention

from _common import write


def rounded(array, digits=9):
    return [float(f"{x:.{digits}g}") for x in np.ravel(np.asarray(array))]


def numbers(shape, seed, scale=2.0):
    """As in ops.py: the same numbers in Python and TypeScript."""
    state, out = seed, []
    for _ in range(int(np.prod(shape))):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(((state >> 8) / 2**23 - 1) * scale)
    return np.array(out, dtype=np.float64).reshape(shape)


# Runs of equal buckets as [first distance, bucket]: every distance from -1100 to 1100.
def bucket_runs(bidirectional, buckets, furthest):
    distances = torch.arange(-1100, 1101)
    ids = T5Attention._relative_position_bucket(distances, bidirectional, buckets, furthest).tolist()
    return [[d, b] for i, (d, b) in enumerate(zip(distances.tolist(), ids)) if i == 0 or ids[i - 1] != b]


BUCKETS = [(True, 32, 128), (False, 32, 128), (True, 16, 64), (False, 16, 1000), (True, 32, 20), (False, 7, 50)]


def paper_slopes(n):
    """The paper's code, word for word what it computes (ofirpress/attention_with_linear_biases)."""
    if math.log2(n).is_integer():
        start = 2 ** (-(2 ** -(math.log2(n) - 3)))
        return [start * start**i for i in range(n)]
    closest = 2 ** math.floor(math.log2(n))
    return paper_slopes(closest) + paper_slopes(2 * closest)[0::2][: n - closest]


def sinusoid(positions, width):
    """Equation by equation, in float64."""
    table = np.zeros((len(positions), width))
    for row, pos in enumerate(positions):
        for i in range(width // 2):
            angle = pos / 10000 ** (2 * i / width)
            table[row, 2 * i], table[row, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return table


def marian(length, width):
    module = MarianSinusoidalPositionalEmbedding(length, width, None)
    return module.create_weight() if hasattr(module, "create_weight") else module.weight


def neighbours(x, positions, theta):
    """Su et al., equation 16: each pair is a complex number, times e^(i m theta_i)."""
    width = x.shape[-1]
    frequencies = theta ** (-2 * np.arange(width // 2) / width)
    turn = np.exp(1j * np.outer(positions, frequencies))
    turned = (x[..., 0::2] + 1j * x[..., 1::2]) * turn
    return np.stack([turned.real, turned.imag], -1).reshape(x.shape)


def halves(x, positions, theta):
    heads, width = x.shape[1], x.shape[-1]
    config = LlamaConfig(hidden_size=heads * width, num_attention_heads=heads,
                         rope_parameters={"rope_type": "default", "rope_theta": theta})
    x = torch.tensor(x, dtype=torch.float32)
    cos, sin = LlamaRotaryEmbedding(config)(x, torch.tensor([positions]))
    return apply_rotary_pos_emb(x, x, cos, sin)[0]


POSITIONS = [0, 1, 2, 7, 100]
x = numbers((1, 2, 5, 8), 1)
HEADS = [1, 2, 3, 5, 8, 12, 16, 20]
BLOOM = torch.ones(1, 6)
write("positions", {
    "buckets": [{"bidirectional": b, "buckets": n, "maxDistance": m, "runs": bucket_runs(b, n, m)} for b, n, m in BUCKETS],
    "slopes": {n: rounded(paper_slopes(n)) for n in HEADS},
    # Bloom adds slope * key's position: the last row of a causal bias, but for a number that softmax takes out.
    "bloom": {n: rounded(build_alibi_tensor(BLOOM, n, torch.float32).reshape(n, 6)) for n in HEADS},
    "sinusoid": {"positions": [0, 1, 2, 50, 999], "width": 8, "neighbours": rounded(sinusoid([0, 1, 2, 50, 999], 8))},
    "marian": {"length": 6, "width": 8, "halves": rounded(marian(6, 8).detach(), 7)},
    "rope": {
        "positions": POSITIONS,
        "shape": list(x.shape),
        "neighbours": {t: rounded(neighbours(x, POSITIONS, t)) for t in (10000, 100)},
        "halves": {t: rounded(halves(x, POSITIONS, float(t)), 7) for t in (10000, 100)},
    },
})
