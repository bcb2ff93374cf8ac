"""AdamW written from the paper (Loshchilov and Hutter 2019, algorithm 2) in numpy, float64, after each of five steps."""
import numpy as np

from _common import write


def numbers(shape, seed, scale):
    """Numbers in [-scale, scale), the same in Python and TypeScript (a 32-bit LCG)."""
    state, out = seed, []
    for _ in range(int(np.prod(shape))):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(((state >> 8) / 2**23 - 1) * scale)
    return np.array(out, dtype=np.float64).reshape(shape)


# One parameter is large enough for a buffer of its own. Of each, at most 12 numbers are stored.
SHAPES = [(3, 4), (4,), (), (97, 87), (2, 1, 3)]
STEPS = 5
CASES = {
    "defaults": dict(rates=[1e-3] * STEPS, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.01, spared=0, scale=1.0),
    # The gradients are as small as epsilon, and the learning rate follows a schedule.
    "schedule": dict(rates=[0.01, 0.02, 0.03, 0.02, 0.01], beta1=0.8, beta2=0.95, epsilon=1e-6, decay=0.3, spared=2, scale=1e-6),
}


def adamw(rates, beta1, beta2, epsilon, decay, spared, scale):
    """`spared`: tensors of fewer axes do not decay."""
    theta = [numbers(shape, 1 + k, 1.0) for k, shape in enumerate(SHAPES)]
    m = [np.zeros_like(x) for x in theta]
    v = [np.zeros_like(x) for x in theta]
    steps = []
    for t, alpha in enumerate(rates, 1):
        for k, shape in enumerate(SHAPES):
            g = numbers(shape, 100 * t + k, scale)
            m[k] = beta1 * m[k] + (1 - beta1) * g
            v[k] = beta2 * v[k] + (1 - beta2) * g**2
            m_hat = m[k] / (1 - beta1**t)
            v_hat = v[k] / (1 - beta2**t)
            rate = decay if len(shape) >= spared else 0.0
            theta[k] = theta[k] - alpha * (m_hat / (np.sqrt(v_hat) + epsilon) + rate * theta[k])
        stored = [np.ravel(x)[:: max(1, x.size // 12)][:12] for x in theta]
        steps.append([[float(f"{x:.9g}") for x in values] for values in stored])
    return steps


write("adamw", {"shapes": SHAPES, "cases": {n: {**c, "steps": adamw(**c)} for n, c in CASES.items()}})
