"""
SmolLM2 in PyTorch's transformers, float32, eager, from the GGUF file. Reads one JSON command a line, answers with one.

  {"op": "load", "folder": ..., "file": ..., "threads": n}                        -> {"version": ...}
  {"op": "write", "prompts": [[id, ...], ...], "tokens": n}
      the most probable token, n times; prompts of one length    -> {"prefill": s, "decode": s, "ids": [[id, ...], ...]}
"""
import json
import sys
import time

import torch
import transformers
from transformers import AutoModelForCausalLM

model = None


def load(command):
    global model
    torch.set_num_threads(command["threads"])
    transformers.logging.set_verbosity_error()
    model = AutoModelForCausalLM.from_pretrained(
        command["folder"], gguf_file=command["file"], dtype=torch.float32
    )
    model.eval()
    return {"version": f"{transformers.__version__} (PyTorch {torch.__version__})"}


@torch.inference_mode()
def write(command):
    ids = torch.tensor(command["prompts"])  # [B, T]
    start = time.perf_counter()
    out = model(input_ids=ids, use_cache=True, logits_to_keep=1)
    chosen = [out.logits[:, -1].argmax(-1, keepdim=True)]
    first = time.perf_counter()
    for _ in range(command["tokens"] - 1):
        out = model(input_ids=chosen[-1], past_key_values=out.past_key_values, use_cache=True)
        chosen.append(out.logits[:, -1].argmax(-1, keepdim=True))
    end = time.perf_counter()
    return {"prefill": first - start, "decode": end - first, "ids": torch.cat(chosen, 1).tolist()}


for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = {"load": load, "write": write}[command["op"]](command)
    except Exception as error:  # told to the bench, which leaves this contender out
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
