"""Golden values of src/engine/rng.ts: Philox4x32-10 in Python's unbounded integers, written from the paper."""
import math

from _common import write

MASK = 0xFFFFFFFF


def philox(key, counter):
    c, k = list(counter), list(key)
    for _ in range(10):
        product0, product1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(product1 >> 32) ^ c[1] ^ k[0], product1 & MASK, (product0 >> 32) ^ c[3] ^ k[1], product0 & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


class Rng:
    def __init__(self, key):
        self.key, self.drawn = key, 0

    def word(self):
        index, lane = divmod(self.drawn, 4)
        self.drawn += 1
        return philox(self.key, [index & MASK, index >> 32, 0, 0])[lane]

    def uniform(self):
        high = self.word() >> 5
        return (high * 2**26 + (self.word() >> 6)) / 2**53

    def normal(self):
        u, v = (self.word() + 0.5) / 2**32, self.word() / 2**32
        return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)

    def integer(self, n):
        while True:
            word = self.word()
            if word < 2**32 - 2**32 % n:
                return word % n

    def shuffle(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.integer(i + 1)
            items[i], items[j] = items[j], items[i]
        return items


def fork(key, text):
    data = text.encode()
    for i in range(0, len(data), 8):
        block = data[i:i + 8].ljust(8, b"\0")
        words = [int.from_bytes(block[:4], "little"), int.from_bytes(block[4:], "little")]
        key = philox(key, words + [len(data), 0x666F726B])[:2]
    return key


def seeded(seed):
    return Rng([seed & MASK, seed >> 32])


# Words far out, past 2^32 blocks, check the counter's second word.
far = seeded(2**53 - 1)
far.drawn = 2**40 + 1

write("rng", {
    "philox": [{"key": key, "counter": counter, "words": philox(key, counter)} for key, counter in [
        ([0, 0], [0, 0, 0, 0]),
        ([MASK, MASK], [MASK] * 4),
        ([0xA4093822, 0x299F31D0], [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344]),
    ]],
    "uniform": [seeded(42).uniform()] + (lambda r: [r.uniform() for _ in range(20)])(seeded(42)),
    "normal": (lambda r: [r.normal() for _ in range(21)])(seeded(42)),
    "integer": (lambda r: [r.integer(n) for n in [1, 2, 7, 1000, 2**31 + 1, 2**32] * 5])(seeded(7)),
    "shuffle": seeded(3).shuffle(range(20)),
    "far": [far.uniform() for _ in range(4)],
    "fork": {name: fork([5, 0], f"string:{name}") for name in ["", "a", "blocks.0.attn", "blocks.1.attn", "层"]},
    "forkNumber": fork([5, 0], "number:3"),
})
