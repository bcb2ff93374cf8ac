"""Losses of alignment in PyTorch, written from the papers and as TRL computes them, on small random numbers."""
import torch
import torch.nn.functional as F

from _common import write

torch.manual_seed(11)


def masked_mean(values, mask):
    return (values * mask).sum() / mask.sum()


def ranking():
    scores = torch.randn(3, 4, requires_grad=True)
    # K = 4, 3 and 2 answers: pairs by their ranks, the last prompt has a tie only
    ranks = [[2, 1, 4, 3], [1, 2, 1], [1, 1]]
    wins = torch.zeros(3, 4, 4)
    for n, row in enumerate(ranks):
        for i, a in enumerate(row):
            for j, b in enumerate(row):
                wins[n, i, j] = float(a < b)
    per_prompt = []
    for n in range(3):
        pairs = [(i, j) for i in range(4) for j in range(4) if wins[n, i, j] > 0]
        if pairs:
            costs = [-F.logsigmoid(scores[n, i] - scores[n, j]) for i, j in pairs]
            per_prompt.append(torch.stack(costs).mean())
    loss = torch.stack(per_prompt).mean()
    loss.backward()
    return {"scores": scores.tolist(), "wins": wins.tolist(), "loss": loss.item(), "gradient": scores.grad.tolist()}


def clipped():
    log_old = -torch.rand(3, 5) * 3
    log_new = (log_old + torch.randn(3, 5) * 0.4).requires_grad_()
    advantages = torch.randn(3, 5)
    mask = torch.tensor([[1, 1, 1, 0, 0], [0, 1, 1, 1, 1], [1, 0, 0, 0, 0]], dtype=torch.float32)
    ratio = torch.exp(log_new - log_old)
    losses = torch.max(-advantages * ratio, -advantages * torch.clamp(ratio, 0.8, 1.2))
    loss = masked_mean(losses, mask)
    loss.backward()
    fields = {"logNew": log_new, "logOld": log_old, "advantages": advantages, "mask": mask, "gradient": log_new.grad}
    return {**{k: v.tolist() for k, v in fields.items()}, "clip": 0.2, "loss": loss.item()}


def values():
    old, returns = torch.randn(3, 5), torch.randn(3, 5)
    new = (old + torch.randn(3, 5) * 0.5).requires_grad_()
    mask = (torch.rand(3, 5) > 0.3).float()
    held = torch.clamp(new, old - 0.2, old + 0.2)
    loss = 0.5 * masked_mean(torch.max((new - returns) ** 2, (held - returns) ** 2), mask)
    loss.backward()
    fields = {"values": new, "old": old, "returns": returns, "mask": mask, "gradient": new.grad}
    return {**{k: v.tolist() for k, v in fields.items()}, "clip": 0.2, "loss": loss.item()}


def advantage():
    rewards, value = torch.randn(6), torch.randn(6)
    gamma, lam = 0.97, 0.9
    # The sum of the paper (equation 16), not its recursion
    deltas = [rewards[t] + gamma * (value[t + 1] if t < 5 else 0) - value[t] for t in range(6)]
    advantages = [sum((gamma * lam) ** l * deltas[t + l] for l in range(6 - t)).item() for t in range(6)]
    return {"rewards": rewards.tolist(), "values": value.tolist(), "gamma": gamma, "lambda": lam, "advantages": advantages}


def dpo():
    pc, pr, rc, rr = (-torch.rand(4) * 20 for _ in range(4))
    loss = -F.logsigmoid(0.1 * ((pc - rc) - (pr - rr))).mean()
    names = {"policyChosen": pc, "policyRejected": pr, "referenceChosen": rc, "referenceRejected": rr}
    return {**{k: v.tolist() for k, v in names.items()}, "beta": 0.1, "loss": loss.item()}


write("align", {"ranking": ranking(), "clipped": clipped(), "values": values(), "gae": advantage(), "dpo": dpo()})
