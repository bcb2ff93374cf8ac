"""Learning rates of PyTorch's schedulers, and gradients clipped by `clip_grad_norm_`."""
import torch
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR

from _common import write

PEAK, FINAL, WARMUP, STEPS = 0.01, 0.001, 5, 25


def rates(make):
    """The learning rate of each step, of a warm-up from peak / (warmup + 1) to peak, then of `make(optimizer)`."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=PEAK)
    warm = LinearLR(optimizer, start_factor=1 / (WARMUP + 1), total_iters=WARMUP)
    schedule = SequentialLR(optimizer, [warm, make(optimizer)], milestones=[WARMUP])
    out = []
    for _ in range(STEPS):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return out


def numbers(n, seed, scale):
    """Numbers in [-scale, scale), the same in Python and TypeScript (a 32-bit LCG)."""
    state, out = seed, []
    for _ in range(n):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(((state >> 8) / 2**23 - 1) * scale)
    return out


def clip(scale, most):
    tensors = [torch.zeros(shape, requires_grad=True) for shape in SHAPES]
    for k, tensor in enumerate(tensors):
        tensor.grad = torch.tensor(numbers(tensor.numel(), 1 + k, scale)).reshape(tensor.shape)
    norm = torch.nn.utils.clip_grad_norm_(tensors, most)
    return dict(scale=scale, most=most, norm=norm.item(), clipped=[t.grad.flatten().tolist() for t in tensors])


SHAPES = [(3, 2), (4,), ()]
rest = STEPS - WARMUP
schedules = {
    "constant": rates(lambda optimizer: ConstantLR(optimizer, factor=1)),
    "linear": rates(lambda optimizer: LinearLR(optimizer, 1, FINAL / PEAK, total_iters=rest)),
    "cosine": rates(lambda optimizer: CosineAnnealingLR(optimizer, T_max=rest, eta_min=FINAL)),
    "inverseSqrt": rates(lambda optimizer: LambdaLR(optimizer, lambda i: ((WARMUP + 1) / (WARMUP + 1 + i)) ** 0.5)),
}
write("training", dict(peak=PEAK, final=FINAL, warmup=WARMUP, steps=STEPS, schedules=schedules, shapes=SHAPES,
                       clips=[clip(1.0, 1.0), clip(1.0, 100.0), clip(1e-4, 1e-5), clip(0.0, 1.0)]))
