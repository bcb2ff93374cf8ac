"""Medusa's tree and typical acceptance by numpy, written from the paper (Cai et al. 2024, sections 2.1.2 and 2.3.1)."""
import numpy as np

from _common import write

# The authors' tree of 63 nodes for Vicuna-7B (medusa_choices.py, mc_sim_7b_63): how many children, by path.
CHILDREN = {
    (): 10, (0,): 10, (1,): 7, (2,): 3, (3,): 2, (4,): 1, (5,): 1, (6,): 1, (7,): 1, (8,): 1, (9,): 1, (0, 0): 10,
    (0, 1): 3, (0, 2): 2, (0, 3): 1, (0, 4): 1, (0, 5): 1, (0, 6): 1, (0, 7): 1, (1, 0): 2, (2, 0): 1, (0, 0, 0):
    2,
}
paths = [path + (rank,) for path, count in CHILDREN.items() for rank in range(count)]
assert len(paths) == 63 and len(set(paths)) == 63


def buffers(paths):
    """From ancestors: node i's path is a beginning of node j's exactly where j sees i."""
    nodes = [()] + sorted(paths, key=lambda path: (len(path), path))
    n = len(nodes)
    width = max(map(len, nodes))
    table = np.full((n, width), -1)  # ranks, filled up
    for i, path in enumerate(nodes):
        table[i, :len(path)] = path
    lengths = np.array([len(path) for path in nodes])
    inside = np.arange(width) < lengths[:, None]  # [N, width]
    same = table[:, None, :] == table[None, :, :]
    mask = np.all(same | ~inside[None, :, :], axis=2)  # [looking, seen]
    leaf = mask.sum(axis=0) == 1  # only the node itself sees it
    retrieve = []
    for i in np.flatnonzero(leaf):
        line = np.flatnonzero(mask[i])
        retrieve.append(list(map(int, line)) + [-1] * (width + 1 - len(line)))
    return {
        "seen": [list(map(int, np.flatnonzero(row))) for row in mask],
        "positions": lengths.tolist(),
        # Where the authors look a node's token up: the model's own word, then ten candidates of each head.
        "tree_indices": [0] + [path[-1] + 10 * (len(path) - 1) + 1 for path in nodes[1:]],
        "retrieve": sorted(retrieve),
    }


def posterior(logits, tokens, temperature, epsilon, delta):
    """By leaf paths, as the paper has it: the longest accepted beginning, then the likelier."""
    tree = buffers(paths)
    x = logits / temperature
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    entropy = -(p * np.log(p)).sum(axis=1)
    threshold = np.minimum(epsilon, delta * np.exp(-entropy))
    best = (0, 0.0, [0])
    for line in tree["retrieve"]:
        line = [node for node in line if node >= 0]
        taken, total = [0], 0.0
        for before, node in zip(line, line[1:]):
            chance = p[before, tokens[node]]
            if not chance > threshold[before]:
                break
            taken.append(node)
            total += np.log(chance)
        if (len(taken) - 1, total) > (best[0], best[1]) or (len(taken) - 1 > best[0]):
            best = (len(taken) - 1, total, taken)
    return best[2], entropy, threshold


# Tokens by node and scores from a small generator that TypeScript has as well.
state = 7
def draw():
    global state
    state = (state * 1664525 + 1013904223) % 2**32
    return (state >> 8) / 2**24


VOCAB = 6
cases = []
for temperature, epsilon, delta, sharp in [(1.0, 0.09, 0.3, 4.0), (0.7, 0.09, 0.3, 2.0), (1.0, 0.3, 0.9, 3.0), (1.5, 0.02, 0.1, 6.0),
                                          (1.0, 0.5, 2.0, 9.0), (1.0, 0.2, 0.5, 5.0)]:
    tokens = [int(draw() * VOCAB) for _ in range(64)]
    logits = np.array([[round((draw() - 0.5) * sharp, 4) for _ in range(VOCAB)] for _ in range(64)])
    path, entropy, threshold = posterior(logits, tokens, temperature, epsilon, delta)
    cases.append({
        "temperature": temperature, "epsilon": epsilon, "delta": delta, "sharp": sharp, "path": path,
        "entropy": [round(float(h), 6) for h in entropy[:5]], "threshold": [round(float(t), 6) for t in threshold[:5]],
    })

write("medusa", {"paths": sorted(map(list, paths)), "buffers": buffers(paths), "cases": cases})
