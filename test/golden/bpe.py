"""BPE training: the merges that the Rust `tokenizers` learns with GPT-2's byte-level split, from two texts."""
import hashlib
import json

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from _common import corpus, mixed_text, write

TEXTS = {
    "tinyshakespeare": (corpus("tinyshakespeare/input.txt"), 8000),
    "chinese-classics": (corpus("chinese-classics/lunyu.txt", "chinese-classics/tangshi300.txt"), 3000),
    "mixed": (mixed_text(5, 20_000), 4000),
}


def merges(text, count):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    trainer = trainers.BpeTrainer(
        vocab_size=256 + count,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[],
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    return [" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


result = {}
for name, (text, count) in TEXTS.items():
    learned = merges(text, count)
    result[name] = {
        "count": len(learned),
        "sha256": hashlib.sha256("\n".join(learned).encode()).hexdigest(),
        "first": learned[:100],
        "every100th": learned[::100],
    }


def tokenizer_json():
    """A whole tokenizer.json as `tokenizers` saves it, small, and what it makes of some texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|user|>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXTS["tinyshakespeare"][0][:100_000]], trainer)
    texts = ["First Citizen:\nBefore we proceed", "", "  don't  ", "子曰：學 🙂", "a<|endoftext|>b<|user|><|user|>"]
    encoded = [{"text": text, "ids": tokenizer.encode(text).ids} for text in texts]
    return {"file": json.loads(tokenizer.to_str()), "encoded": encoded}


result["tokenizer.json"] = tokenizer_json()
write("bpe", result)
