"""Reads folders that our saveModel wrote with PyTorch's `transformers`, and prints what the models compute as one line
of JSON: `_load_saved.py FOLDER...`. Run by test/checkpoints/save-model.test.ts."""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from transformers import AutoModelForCausalLM, AutoModelForPreTraining, AutoModelForSeq2SeqLM

IDS = torch.tensor([[2, 7, 5, 9, 8, 1, 3]])
TARGETS = torch.tensor([[0, 9, 4]])
CLASSES = {"bert": AutoModelForPreTraining, "t5": AutoModelForSeq2SeqLM, "bart": AutoModelForSeq2SeqLM}

out = []
for folder in sys.argv[1:]:
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        kind = json.load(file)["model_type"]
    loader = CLASSES.get(kind, AutoModelForCausalLM)
    model, info = loader.from_pretrained(folder, output_loading_info=True, dtype=torch.float32)
    with torch.no_grad():
        if kind in ("t5", "bart"):
            logits = model.eval()(input_ids=IDS, decoder_input_ids=TARGETS).logits
        else:
            result = model.eval()(IDS)
            logits = result.prediction_logits if kind == "bert" else result.logits
    faults = {name: sorted(map(str, info[name])) for name in ("missing_keys", "unexpected_keys", "mismatched_keys")}
    out.append({"logits": logits.flatten().tolist(), "faults": faults, "class": type(model).__name__})
print(json.dumps(out))
