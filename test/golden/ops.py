"""Golden values of src/ops: textbook formulas in float64 (scipy's erf, softmax), gradients by HIPS autograd."""
import autograd.numpy as np
import numpy
from autograd import grad
from autograd.scipy.special import erf, logsumexp

from _common import write

rng = numpy.random.default_rng(20260101)


def f32(*shape, scale=1.0):
    """Inputs that are exact in float32, so that only the computation differs."""
    return (rng.standard_normal(shape) * scale).astype(numpy.float32).astype(numpy.float64)


def tensor(value):
    value = numpy.asarray(value)
    if value.dtype == bool:
        return {"shape": list(value.shape), "dtype": "bool", "values": [int(v) for v in value.ravel()]}
    if value.dtype.kind == "i":
        return {"shape": list(value.shape), "dtype": "int32", "values": [int(v) for v in value.ravel()]}
    return {"shape": list(value.shape), "dtype": "float32", "values": [float(f"{v:.10g}") for v in value.ravel()]}


def case(fn, inputs, rest=()):
    """One case: float inputs in order, other inputs, the value, and the gradient of sum(value * weights)."""
    value = fn(*inputs, *rest)
    weights = f32(*value.shape)
    def loss(args):
        return np.sum(fn(*args, *rest) * weights)
    return {
        "inputs": [tensor(x) for x in inputs],
        "rest": [tensor(x) for x in rest],
        "weights": tensor(weights),
        "value": tensor(value),
        "gradients": [tensor(g) for g in grad(loss)(tuple(inputs))],
    }


def linear(x, w, b):
    return np.einsum("...i,io->...o", x, w) + b


def softmax_masked(x, mask):
    """Rows without an allowed place are left out of the gradient by hand: zeros."""
    out = []
    flat, allowed = np.reshape(x, (-1, x.shape[-1])), numpy.broadcast_to(mask, x.shape).reshape(-1, x.shape[-1])
    for i in range(flat.shape[0]):
        places = numpy.flatnonzero(allowed[i])
        row = np.zeros(x.shape[-1])
        if len(places):
            put = numpy.eye(x.shape[-1])[places]
            kept = flat[i][places]
            row = np.dot(np.exp(kept - logsumexp(kept)), put)
        out.append(row)
    return np.reshape(np.stack(out), x.shape)


def log_softmax(x):
    return x - logsumexp(x, axis=-1, keepdims=True)


def cross_entropy(logits, labels):
    rows, flat = np.reshape(logits, (-1, logits.shape[-1])), labels.ravel()
    counted = numpy.flatnonzero(flat != -100)
    onehot = numpy.eye(logits.shape[-1])[flat[counted]]
    return -np.sum(log_softmax(rows[counted]) * onehot) / len(counted)


def gelu(x):
    return x * 0.5 * (1 + erf(x / np.sqrt(2)))


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def layer_norm(x, gain, bias):
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.mean((x - mean) ** 2, axis=-1, keepdims=True)
    return gain * (x - mean) / np.sqrt(variance + 1e-5) + bias


def rms_norm(x, gain):
    return gain * x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6)


def embed(table, ids):
    return table[ids]


def take_last(x, ids):
    return np.sum(x * numpy.eye(x.shape[-1])[ids], axis=-1)


mask = rng.random((5, 7)) < 0.6
mask[2] = False
labels = rng.integers(0, 11, (3, 4)).astype(numpy.int32)
labels[1, 2] = -100
labels[2, 0] = -100
wide = numpy.concatenate([numpy.linspace(-6, 6, 25), [0.0]]).astype(numpy.float32).astype(numpy.float64)

write("ops", {
    "linear": case(linear, (f32(2, 3, 4), f32(4, 5), f32(5))),
    "embed": case(embed, (f32(9, 4),), (rng.integers(0, 9, (3, 6)).astype(numpy.int32),)),
    "softmaxMasked": case(softmax_masked, (f32(2, 3, 5, 7, scale=3.0),), (mask,)),
    "logSoftmax": case(log_softmax, (f32(3, 8, scale=4.0),)),
    "crossEntropy": case(cross_entropy, (f32(3, 4, 11, scale=3.0),), (labels,)),
    "gelu": case(gelu, (wide,)),
    "geluTanh": case(gelu_tanh, (wide,)),
    "layerNorm": case(layer_norm, (f32(2, 3, 8, scale=2.0) + 1, f32(8), f32(8))),
    "rmsNorm": case(rms_norm, (f32(2, 3, 8, scale=2.0), f32(8))),
    "takeLast": case(take_last, (f32(2, 3, 6),), (rng.integers(0, 6, (2, 3)).astype(numpy.int32),)),
})
