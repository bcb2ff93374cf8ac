"""GLM (Du 2022), small and random, in float64 by an implementation of its own: `transformers` has no such model. It is
written from the paper and from GLM's published code (THUDM/GLM: mpu/transformer.py, model/modeling_glm.py,
blocklm_utils.py), in numpy, one row and one place at a time. GLMStack of the authors' port (their commit 9fa9967), with
the tanh form of GELU, gives the logits of "pre" to 5e-7; this was tried once, by hand. Writes the checkpoint tiny-glm,
with the names of that port, and glm.json."""
import math

import numpy as np
from safetensors.numpy import save_file

from _common import HERE, write

V, C, L, H, CONTEXT = 40, 16, 2, 4, 20
rng = np.random.default_rng(6)


def random(*shape, base=0.0):
    return (base + 0.3 * rng.standard_normal(shape)).astype(np.float32)


def checkpoint():
    w = {"glm.word_embeddings.weight": random(V, C), "glm.transformer.position_embeddings.weight": random(CONTEXT + 1, C),
         "glm.transformer.block_position_embeddings.weight": random(CONTEXT + 1, C)}
    def layer(name, outputs, inputs):
        w[f"{name}.weight"], w[f"{name}.bias"] = random(outputs, inputs), random(outputs)
    def norm(name):
        w[f"{name}.weight"], w[f"{name}.bias"] = random(C, base=1.0), random(C)
    for i in range(L):
        at = f"glm.transformer.layers.{i}"
        norm(f"{at}.input_layernorm")
        layer(f"{at}.attention.query_key_value", 3 * C, C)
        layer(f"{at}.attention.dense", C, C)
        norm(f"{at}.post_attention_layernorm")
        layer(f"{at}.mlp.dense_h_to_4h", 4 * C, C)
        layer(f"{at}.mlp.dense_4h_to_h", C, 4 * C)
    norm("glm.transformer.final_layernorm")
    return w


def example(text, spans, order, mask=3, start=4, end=5):
    """Part A and Part B of a text whose spans [from, to) are cut out; Part B has them in the given order."""
    part_a, places, blank_of = [], [], {}
    at = 0
    while at < len(text):
        span = next((s for s in spans if s[0] == at), None)
        if span:
            blank_of[span] = len(part_a)
            part_a.append(mask)
            at = span[1]
        else:
            part_a.append(text[at])
            at += 1
    tokens, first, second, labels = list(part_a), list(range(len(part_a))), [0] * len(part_a), [-100] * len(part_a)
    for span in [spans[i] for i in order]:
        inside = text[span[0]:span[1]]
        tokens += [start, *inside]
        labels += [*inside, end]
        first += [blank_of[span]] * (len(inside) + 1)
        second += list(range(1, len(inside) + 2))
    return {"ids": tokens, "positions": first, "blockPositions": second, "partA": len(part_a), "labels": labels}


def gelu(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def one_row(w, order, ids, first, second, part_a):
    """Logits [T, V]; a loop over heads and places, so that what a place sees is a list and no mask."""
    def norm(name, x):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5) * w[f"{name}.weight"] + w[f"{name}.bias"]
    def layer(name, x):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]
    def attention(name, x):
        q, k, v = (layer(f"{name}.query_key_value", x)[:, i * C:(i + 1) * C] for i in range(3))
        d, mixed = C // H, np.zeros_like(x)
        for h in range(H):
            own = slice(h * d, (h + 1) * d)
            for t in range(len(ids)):
                seen = [s for s in range(len(ids)) if s < part_a or (t >= part_a and s <= t)]
                scores = k[seen, own] @ q[t, own] / math.sqrt(d)
                p = np.exp(scores - scores.max())
                mixed[t, own] = p / p.sum() @ v[seen, own]
        return layer(f"{name}.dense", mixed)
    def mlp(name, x):
        return layer(f"{name}.dense_4h_to_h", gelu(layer(f"{name}.dense_h_to_4h", x)))
    trunk = "glm.transformer"
    x = w["glm.word_embeddings.weight"][ids] + w[f"{trunk}.position_embeddings.weight"][first]
    x = x + w[f"{trunk}.block_position_embeddings.weight"][second]
    for i in range(L):
        at = f"{trunk}.layers.{i}"
        if order == "pre":
            x = x + attention(f"{at}.attention", norm(f"{at}.input_layernorm", x))
            x = x + mlp(f"{at}.mlp", norm(f"{at}.post_attention_layernorm", x))
        else:  # DeepNorm of GLM-130B, its norms after the parts
            alpha = math.sqrt(2 * L)
            x = norm(f"{at}.input_layernorm", alpha * x + attention(f"{at}.attention", x))
            x = norm(f"{at}.post_attention_layernorm", alpha * x + mlp(f"{at}.mlp", x))
    if order == "pre":
        x = norm(f"{trunk}.final_layernorm", x)
    return x @ w["glm.word_embeddings.weight"].T


weights = checkpoint()
(HERE / "tiny-glm").mkdir(exist_ok=True)
save_file(weights, HERE / "tiny-glm" / "model.safetensors")
exact = {name: value.astype(np.float64) for name, value in weights.items()}
text = [17, 5, 39, 8, 21, 30, 11, 9, 33]
rows = [example(text, [(2, 3), (4, 7)], [1, 0]), example(text[:7], [(0, 2)], [0])]
length = max(len(row["ids"]) for row in rows)
batch = {key: [row[key] + [fill] * (length - len(row["ids"])) for row in rows]
         for key, fill in {"ids": 0, "positions": 0, "blockPositions": 0, "labels": -100}.items()}
batch |= {"partA": [row["partA"] for row in rows], "lengths": [len(row["ids"]) for row in rows]}


def results(order):
    logits = [one_row(exact, order, row["ids"], row["positions"], row["blockPositions"], row["partA"]) for row in rows]
    losses = []
    for scores, row in zip(logits, rows):
        for t, label in enumerate(row["labels"]):
            if label != -100:
                losses.append(np.log(np.exp(scores[t]).sum()) - scores[t, label])
    return {"logits": [[float(f"{x:.7g}") for x in row.ravel()] for row in logits], "loss": float(np.mean(losses))}


write("glm", {"source": f"numpy {np.__version__}", "batch": batch, "pre": results("pre"), "deep": results("deep")})
