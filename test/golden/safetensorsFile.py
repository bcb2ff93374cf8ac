"""Files that the reference (`safetensors`, Rust) writes, and their numbers as numpy and ml_dtypes read them."""
import base64
import hashlib

import ml_dtypes
import numpy as np
from safetensors.numpy import save

from _common import write


def numbers(count, seed):
    """Numbers in [-1, 1), the same in Python and TypeScript (a 32-bit LCG)."""
    state, out = seed, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append((state >> 8) / 2**23 - 1)
    return np.array(out, dtype=np.float32)


def to_text(array):
    """Numbers as text, so that infinities and all digits survive JSON."""
    return [repr(float(x)) if array.dtype.kind not in "iub" else str(int(x)) for x in np.ravel(array)]


bf16 = ml_dtypes.bfloat16
EDGES = [0.0, -0.0, 1.0, -2.5, 1 / 3, 65504.0, 6.1e-5, 5.9e-8, -np.inf, np.nan]
FILES = {
    # Every type that becomes a tensor; names in an order of their own, a scalar, an empty tensor.
    "types": ({
        "f32": np.array(EDGES + [1e-45, 3.4e38], np.float32),
        "f16": np.array(EDGES, np.float16).reshape(2, 5),
        "bf16": np.array(EDGES, np.float32).astype(bf16).reshape(5, 2),
        "f64": np.array(EDGES + [np.pi, 1e300], np.float64),
        "i64": np.array([-2**31, 2**31 - 1, 0], np.int64),
        "u64": np.array([2**31 - 1, 7], np.uint64),
        "i32": np.array([[-2**31, 2**31 - 1]], np.int32),
        "u32": np.array([2**31 - 1], np.uint32),
        "i16": np.array([-2**15, 2**15 - 1], np.int16),
        "u16": np.array([2**16 - 1], np.uint16),
        "i8": np.array([-128, 127, 3], np.int8),
        "u8": np.array([255], np.uint8),
        "bool": np.array([True, False, True], np.bool_),
        "scalar": np.array(42.0, np.float32),
        "empty": np.zeros((0, 3), np.float32),
    }, {"format": "np"}),
    "too-large": ({"ids": np.array([1, 2**31], np.int64)}, None),
    "no-tensor": ({"eighth": np.array([1, 2], ml_dtypes.float8_e4m3fn)}, None),
    "nothing": ({}, None),
}


def stored(tensors, metadata):
    numbers_of = {n: {"shape": x.shape, "values": to_text(x)} for n, x in tensors.items()}
    return {"base64": base64.b64encode(save(tensors, metadata)).decode(), "metadata": metadata or {}, "tensors": numbers_of}


# What both sides make from the same numbers, to be equal byte for byte. Names sort by code point.
SHAPES = {"b.weight": (3, 5), "a": (7,), "\U0001d538": (2,), "\uff21": (1,), "10": (1, 1), "9": (), 'q"\\\n\x01é': (4,), "void": (0,)}
WIDE = 4000  # numbers over the whole range of F16, subnormal ones included


def written(to):
    tensors = {n: numbers(int(np.prod(s)), 1 + k).reshape(s).astype(to) for k, (n, s) in enumerate(SHAPES.items())}
    wide = numbers(WIDE, 100) * (2.0 ** (np.arange(WIDE) % 53 - 37)).astype(np.float32)
    ties = np.arange(WIDE, dtype=np.float32) / np.float32(2**25)
    tensors |= {"wide": wide.astype(to), "ties": ties.astype(to), "ids": np.arange(-3, 4, dtype=np.int32)}
    tensors |= {"mask": np.array([[True], [False]])}
    return hashlib.sha256(save(tensors, {"format": "pt é"})).hexdigest()


write("safetensorsFile", {
    "files": {name: stored(*file) for name, file in FILES.items()},
    "shapes": SHAPES,
    "wide": WIDE,
    "sha256": {"F32": written(np.float32), "F16": written(np.float16), "BF16": written(bf16)},
})
