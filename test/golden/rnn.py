"""Recurrent layers by PyTorch: outputs, last states, and gradients of sum(w * out)."""
import torch

from _common import write

torch.manual_seed(7)
B, T, I, H, LAYERS = 2, 5, 3, 4, 2


def case(kind):
    make = torch.nn.LSTM if kind == "lstm" else torch.nn.RNN
    net = make(I, H, num_layers=LAYERS, batch_first=True).double()
    x = torch.randn(B, T, I, dtype=torch.float64, requires_grad=True)
    start = [torch.randn(LAYERS, B, H, dtype=torch.float64) for _ in range(2 if kind == "lstm" else 1)]
    out, last = net(x, tuple(start) if kind == "lstm" else start[0])
    weights = torch.randn_like(out)
    (out * weights).sum().backward()
    layers = [
        {
            # One bias, as ours: PyTorch adds its two.
            "weight": getattr(net, f"weight_ih_l{i}").T.tolist(),
            "hidden": getattr(net, f"weight_hh_l{i}").T.tolist(),
            "bias": (getattr(net, f"bias_ih_l{i}") + getattr(net, f"bias_hh_l{i}")).tolist(),
            "gradients": {
                "weight": getattr(net, f"weight_ih_l{i}").grad.T.tolist(),
                "hidden": getattr(net, f"weight_hh_l{i}").grad.T.tolist(),
                "bias": getattr(net, f"bias_ih_l{i}").grad.tolist(),
            },
        }
        for i in range(LAYERS)
    ]
    return {
        "x": x.tolist(),
        "start": [s.tolist() for s in start],
        "layers": layers,
        "weights": weights.tolist(),
        "out": out.tolist(),
        "last": [s.tolist() for s in (last if kind == "lstm" else [last])],
        "dx": x.grad.tolist(),
    }


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else round(value, 7)


write("rnn", rounded({kind: case(kind) for kind in ("elman", "lstm")}))
