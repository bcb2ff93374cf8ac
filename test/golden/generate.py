"""Logits processors of `transformers` on random scores, and its beam search on the tiny models of decoders.py."""
import os

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers
from transformers import AutoModelForCausalLM
from transformers.generation.logits_process import (
    MinPLogitsWarper, NoBadWordsLogitsProcessor, NoRepeatNGramLogitsProcessor, PrefixConstrainedLogitsProcessor,
    RepetitionPenaltyLogitsProcessor, SuppressTokensLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper,
    TopPLogitsWarper, TypicalLogitsWarper)

from _common import HERE, write

V = 40
torch.manual_seed(6)
# Scores of 1/1024 are exact in JSON and in float32; a permutation of distinct ones has no ties.
scores = [(torch.randperm(6000)[:V] - 3000).float() * spread / 1024 for spread in (1, 2, 4, 0.25)]
seen = [[3, 17, 3, 39, 8, 3, 17], [5, 5, 5], [8, 1, 2, 30, 1, 2], [0, 39, 30]]

processors = {
    "temperature": [(t, TemperatureLogitsWarper(t)) for t in (0.3, 1.0, 1.7)],
    "topK": [(k, TopKLogitsWarper(k)) for k in (1, 5, 39, 200)],
    "topP": [(p, TopPLogitsWarper(p)) for p in (0.05, 0.5, 0.9, 0.999)],
    "minP": [(p, MinPLogitsWarper(p)) for p in (0.01, 0.1, 0.5)],
    "typicalP": [(p, TypicalLogitsWarper(p)) for p in (0.1, 0.5, 0.9)],
    "repetitionPenalty": [(x, RepetitionPenaltyLogitsProcessor(x)) for x in (0.8, 1.3)],
    "noRepeatNgram": [(n, NoRepeatNGramLogitsProcessor(n)) for n in (1, 2, 3)],
    "banned": [(ids, SuppressTokensLogitsProcessor(ids)) for ids in ([0, 7, 39],)],
    "allowed": [(ids, PrefixConstrainedLogitsProcessor(lambda batch, text, ids=ids: ids, 1)) for ids in ([4, 30],)],
    "bannedSequences": [(rows, NoBadWordsLogitsProcessor(rows)) for rows in ([[9], [3, 17, 4], [1, 2, 33], [2, 6]],)],
}


def row(tensor):
    """Banned tokens as null."""
    return [None if x == float("-inf") else float(f"{x:.8g}") for x in tensor.tolist()]


def applied(processor, i):
    return row(processor(torch.tensor([seen[i]]), scores[i][None].clone())[0])


chain = [RepetitionPenaltyLogitsProcessor(1.2), TemperatureLogitsWarper(0.7), TopKLogitsWarper(20), TopPLogitsWarper(0.8)]


def chained(i):
    out = scores[i][None].clone()
    for processor in chain:
        out = processor(torch.tensor([seen[i]]), out)
    return row(out[0])


# End tokens are some that these models like, so that answers end early.
BEAMS = [
    dict(num_beams=4, max_new_tokens=6),
    dict(num_beams=4, max_new_tokens=7, length_penalty=0.0, eos_token_id=[28, 9]),
    dict(num_beams=3, max_new_tokens=8, length_penalty=2.0, eos_token_id=[16, 19]),
    dict(num_beams=3, max_new_tokens=8, length_penalty=-0.5, eos_token_id=[17, 16], early_stopping=True),
    dict(num_beams=2, max_new_tokens=8, length_penalty=1.0, eos_token_id=[30, 16, 17], early_stopping="never"),
    dict(num_beams=2, max_new_tokens=8, eos_token_id=[16, 30, 17, 19]),
    dict(num_beams=4, max_new_tokens=6, repetition_penalty=1.5, no_repeat_ngram_size=2),
]
PROMPTS = [[2, 17, 5, 39, 8], [30, 11]]


def beams(name):
    model = AutoModelForCausalLM.from_pretrained(HERE / f"tiny-{name}").eval()
    out = []
    for case in BEAMS:
        for prompt in PROMPTS:
            ids = torch.tensor([prompt])
            found = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, pad_token_id=0,
                                   num_return_sequences=case["num_beams"], return_dict_in_generate=True,
                                   output_scores=True, **case)
            answers = []
            for text, steps, score in zip(found.sequences, found.beam_indices, found.sequences_scores):
                length = int((steps >= 0).sum())  # the rest is padding
                new = text[len(prompt):len(prompt) + length].tolist()
                answers.append({"ids": new, "score": float(f"{score.item():.7g}")})
            out.append({"options": case, "prompt": prompt, "answers": answers})
    return out


write("generate", {
    "source": f"transformers {transformers.__version__}, PyTorch {torch.__version__}",
    "scores": [each.tolist() for each in scores],
    "seen": seen,
    "processors": {name: [[{"argument": argument, "row": i, "scores": applied(processor, i)} for i in range(len(scores))]
                          for argument, processor in cases] for name, cases in processors.items()},
    "chain": [chained(i) for i in range(len(scores))],
    "beams": {name: beams(name) for name in ("gpt2", "llama")},
})
