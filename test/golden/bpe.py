"""BPE training: the merges that the Rust `tokenizers` learns with GPT-2's byte-level split, from two texts."""
import hashlib
import json

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

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
write("bpe", result)
