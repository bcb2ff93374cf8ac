"""The ops, written again in numpy (float64): values, and gradients of sum(w * y) by central finite differences."""
import math

import numpy as np

from _common import write


def numbers(shape, seed, scale=2.0):
    """Numbers in [-scale, scale), the same in Python and TypeScript (a 32-bit LCG)."""
    state, out = seed, []
    for _ in range(int(np.prod(shape))):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(((state >> 8) / 2**23 - 1) * scale)
    return np.array(out, dtype=np.float64).reshape(shape)


def gradients(f, inputs, weights, h=1e-5):
    result = []
    for k, x in enumerate(inputs):
        grad = np.zeros_like(x)
        for place in np.ndindex(*x.shape):
            values = []
            for step in (h, -h):
                moved = [y.copy() for y in inputs]
                moved[k][place] += step
                values.append(np.sum(weights * f(*moved)))
            grad[place] = (values[0] - values[1]) / (2 * h)
        result.append(grad)
    return result


def softmax(x, mask=None):
    if mask is not None:
        x = np.where(mask, x, -np.inf)
    top = np.max(x, -1, keepdims=True)
    e = np.where(np.isneginf(x), 0.0, np.exp(x - np.where(np.isneginf(top), 0.0, top)))
    total = np.sum(e, -1, keepdims=True)
    return np.divide(e, total, out=np.zeros_like(e), where=total > 0)


# Rows: a triangle, and a last row where nothing is allowed.
MASK = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0]], dtype=bool)
LABELS = np.array([[0, 6, 3], [2, -100, 1]])
IDS = np.array([[0, 4, 4], [2, 0, 1]])


def cross_entropy(logits):
    flat, labels = logits.reshape(-1, logits.shape[-1]), LABELS.reshape(-1)
    kept = labels != -100
    log_p = np.log(softmax(flat))
    return np.array(-np.mean(log_p[kept, labels[kept]]))


def layer_norm(x, gain, bias, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    return gain * (x - mean) / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + eps) + bias


erf = np.vectorize(math.erf)
CASES = {
    "linear": (lambda x, w, b: x @ w + b, [(2, 3, 4), (4, 5), (5,)]),
    "embed": (lambda table: table[IDS], [(5, 3)]),
    "softmaxMasked": (lambda s: softmax(s, MASK), [(2, 4, 4)]),
    "logSoftmax": (lambda x: np.log(softmax(x)), [(2, 3, 5)]),
    "crossEntropy": (cross_entropy, [(2, 3, 7)]),
    "gelu": (lambda x: x * 0.5 * (1 + erf(x / math.sqrt(2))), [(4, 5)]),
    "geluTanh": (lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))), [(4, 5)]),
    "layerNorm": (layer_norm, [(2, 3, 6), (6,), (6,)]),
    "rmsNorm": (lambda x, g: g * x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6), [(2, 3, 6), (6,)]),
    "takeLast": (lambda x: np.take_along_axis(x, IDS[..., None], -1)[..., 0], [(2, 3, 5)]),
}

result = {}
for name, (f, shapes) in CASES.items():
    inputs = [numbers(shape, seed) for seed, shape in enumerate(shapes, 1)]
    value = f(*inputs)
    weights = numbers(value.shape, 99, 1.0)
    rounded = lambda array: [float(f"{x:.9g}") for x in np.ravel(array)]
    result[name] = {
        "shapes": [list(shape) for shape in shapes],
        "value": rounded(value),
        "gradients": [rounded(grad) for grad in gradients(f, inputs, weights)],
    }
write("ops", result)
