"""Unigram: models that `sentencepiece` trains here, and what it makes of texts.

Settings: normalization "identity" (no NFKC), the default dummy prefix, white space written as U+2581. Three models:
"english" (extra white space removed, the default), "chinese" (kept as it is), "bytes" (byte fallback).
Writes unigram.json: pieces and scores, ids and pieces of texts, decoded texts.

"ours" are models that src/text/unigramTrain.ts trains (by trainUnigram.ts beside this file), written as sentencepiece
.model files and encoded by sentencepiece.
"""
import io
import json
import random
import subprocess

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from _common import HERE, ROOT, corpus, hash_ids, mixed_text, write

TYPES = {"normal": 1, "unknown": 2, "control": 3, "byte": 6}


def processor(model):
    """A sentencepiece processor that holds exactly our model."""
    proto = sentencepiece_model_pb2.ModelProto()
    special = set(model["special"])
    for token, score in zip(model["tokens"], model["scores"]):
        piece = proto.pieces.add()
        piece.piece, piece.score = token, score
        kind = "normal"
        if token == model["unknown"]:
            kind = "unknown"
        elif token in special:
            kind = "control"
        elif model["byteFallback"] and len(token) == 6 and token.startswith("<0x"):
            kind = "byte"
        piece.type = TYPES[kind]
    proto.trainer_spec.model_type = sentencepiece_model_pb2.TrainerSpec.UNIGRAM
    proto.trainer_spec.byte_fallback = model["byteFallback"]
    proto.trainer_spec.unk_piece = model["unknown"]
    proto.trainer_spec.vocab_size = len(model["tokens"])
    ids = {token: i for i, token in enumerate(model["tokens"])}
    proto.trainer_spec.unk_id = ids[model["unknown"]]
    for name, field in [("<s>", "bos_id"), ("</s>", "eos_id"), ("<pad>", "pad_id")]:
        setattr(proto.trainer_spec, field, ids.get(name, -1))
    proto.normalizer_spec.name = "identity"
    proto.normalizer_spec.add_dummy_prefix = model["dummyPrefix"]
    proto.normalizer_spec.remove_extra_whitespaces = model["removeExtraSpaces"]
    proto.normalizer_spec.escape_whitespaces = True
    sp = sentencepiece.SentencePieceProcessor()
    sp.load_from_serialized_proto(proto.SerializeToString())
    return sp


def train(lines, vocab_size, **options):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=out, model_type="unigram", vocab_size=vocab_size,
        normalization_rule_name="identity", num_threads=1, minloglevel=2, **options)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(out.getvalue())
    model = {
        "kind": "unigram", "version": 1,
        "tokens": [p.piece for p in proto.pieces], "scores": [float(f"{p.score:.9g}") for p in proto.pieces],
        "special": [p.piece for p in proto.pieces if p.type in (TYPES["unknown"], TYPES["control"])],
        "unknown": "<unk>", "byteFallback": bool(proto.trainer_spec.byte_fallback),
        "dummyPrefix": proto.normalizer_spec.add_dummy_prefix,
        "removeExtraSpaces": proto.normalizer_spec.remove_extra_whitespaces,
    }
    # What the JSON says must be the whole model: written again, it must encode as the original does.
    original = sentencepiece.SentencePieceProcessor()
    original.load_from_serialized_proto(out.getvalue())
    again = processor(model)
    assert all(original.encode(line) == again.encode(line) for line in lines[:500])
    return model, original


shakespeare = corpus("tinyshakespeare/input.txt")
chinese = corpus("chinese-classics/lunyu.txt", "chinese-classics/tangshi300.txt")
english_lines = [line for line in shakespeare[:400000].split("\n") if line]

analects_lines = [line for line in corpus("chinese-classics/lunyu.txt").split("\n") if line]

rng = random.Random(20260112)
fixed = [
    "", " ", "  ", "Hello world", " Hello  world ", "   three   spaces   ", "First Citizen: speak, speak.", "unbelievableness",
    "\u2581already\u2581escaped", "a\u2581b", "\u2581", "\u2581\u2581", "tab\there", "line\nbreak", "\n", "nul\x00inside", "\x00", "caf\u00e9 na\u00efve", "cafe\u0301",
    "\u6211\u7231\u5317\u4eac", "\u5b50\u66f0\uff1a\u5b78\u800c\u6642\u7fd2\u4e4b", "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467 x \U0001f44d\U0001f3fd", "x\U0001f600\U0001f600y", "\u00a0nbsp\u00a0", "\u3000\u3000",
    "\u0130\u0131", "\ufffd", "\ufeffbom", "aaaaaaaaaaaaaaaaaaaa", "a" * 2000, "ab" * 500, "\u4e00" * 300, "<s>", "</s><unk>", "<0x41>", "king" * 50,
    "zzz qqq xxx", "ZZZ 123 4567.89", "-- ' -- ''", "mixed \u4e2d\u6587 and English\u3002", "\uff28\uff45\uff4c\uff4c\uff4f", "\u0915\u094d\u0937", "\ud55c\uad6d\uc5b4",
]
english_texts, chinese_texts = list(fixed), list(fixed)
for _ in range(100):
    at = rng.randrange(len(shakespeare) - 400)
    english_texts.append(shakespeare[at:at + rng.randrange(3, 300)])
    at = rng.randrange(len(chinese) - 100)
    chinese_texts.append(chinese[at:at + rng.randrange(2, 80)])
for seed in range(60):
    text = mixed_text(seed + 1000, 10)
    english_texts.append(text)
    chinese_texts.append(text)

cases = []
for name, lines, texts, size, options in [
    ("english", english_lines, english_texts, 1500, {}),
    ("chinese", analects_lines, chinese_texts, 2000, {"remove_extra_whitespaces": False, "character_coverage": 0.9995}),
    ("bytes", english_lines, english_texts, 1000, {"byte_fallback": True, "add_dummy_prefix": False, "pad_id": 3}),
]:
    model, sp = train(lines, size, **options)
    rows = []
    for text in texts:
        ids = sp.encode(text)
        rows.append([text, ids, sp.decode(ids)])
    nbest = [[text, sp.nbest_encode_as_ids(text, 8)] for text in texts[3:40] if 0 < len(text) < 200]
    hashes = []
    for label, text in [("tinyshakespeare", shakespeare), ("chinese-classics", chinese), ("mixed", mixed_text(7, 300000))]:
        # By lines: sentencepiece adds up scores in 32 bits, so a very long text would lose digits.
        lines = text.split("\n")
        ids = [i for line in lines for i in sp.encode(line)]
        hashes.append({"text": label, "bytes": len(text.encode("utf-8")), "tokens": len(ids), "sha256": hash_ids(ids)})
        print(" ", name, hashes[-1])
    cases.append({"name": name, "model": model, "texts": rows, "nbest": nbest, "hashes": hashes})

ours = []
made = subprocess.run(["npx", "tsx", str(HERE / "trainUnigram.ts")], cwd=ROOT, check=True, capture_output=True)
for name, model in json.loads(made.stdout).items():
    sp = processor(model)
    texts = [row[0] for row in cases[1 if name == "chinese" else 0]["texts"]]
    for text in (shakespeare, chinese):
        texts += text.split("\n")[:300]
    ids = [sp.encode(text) for text in texts]
    ours.append({"name": name, "model": model, "texts": texts[:250], "ids": ids[:250], "lines": len(ids),
                 "sha256": hash_ids([i for row in ids for i in row])})

write("unigram", {"source": f"sentencepiece {sentencepiece.__version__}", "cases": cases, "ours": ours})
