"""Word vectors' arithmetic in numpy, float64: PPMI of a count matrix, its singular values, Spearman's rho, PCA."""
import numpy as np

from _common import write


def lcg(count, seed):
    state, out = seed, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append((state >> 8) / 2**24)
    return np.array(out)


N = 12
raw = np.floor(lcg(N * N, 7).reshape(N, N) ** 3 * 20)
counts = np.triu(raw) + np.triu(raw, 1).T  # symmetric, many zeros


def ppmi(x, smoothing, shift):
    total = x.sum()
    context = x.sum(0) ** smoothing
    with np.errstate(divide="ignore"):
        pmi = np.log((x / total) / np.outer(x.sum(1) / total, context / context.sum())) - np.log(shift)
    return np.maximum(0, np.where(x > 0, pmi, 0))


cases = [dict(smoothing=1, shift=1), dict(smoothing=0.75, shift=1), dict(smoothing=0.75, shift=2)]
tables = [ppmi(counts, **case) for case in cases]
u, s, _ = np.linalg.svd(tables[1])


def ranks(x):
    return np.array([1 + (x < v).sum() + ((x == v).sum() - 1) / 2 for v in x])


a = np.round(lcg(30, 3) * 10)
b = np.round(lcg(30, 4) * 10) + a / 2
points = lcg(40 * 5, 9).reshape(40, 5) * np.array([5, 1, 3, 0.5, 2])
centred = points - points.mean(0)
values, vectors = np.linalg.eigh(centred.T @ centred / 40)
order = np.argsort(values)[::-1]
axes = vectors[:, order[:2]].T
axes = np.array([x * np.sign(x[np.argmax(np.abs(x))]) for x in axes])

short = lambda x: [float(f"{v:.9g}") for v in np.ravel(x)]
write("embeddings", {
    "counts": [int(v) for v in counts.ravel()],
    "ppmi": [{**case, "values": short(table)} for case, table in zip(cases, tables)],
    "singular": short(s[:4]),
    # signs of singular vectors are free: what must agree is U U^T
    "projector": short(u[:, :4] @ u[:, :4].T),
    "spearman": {"a": short(a), "b": short(b), "rho": float(np.corrcoef(ranks(a), ranks(b))[0, 1])},
    "pca": {"points": short(points), "projected": short(centred @ axes.T), "explained": short(values[order[:2]] / values.sum())},
})
