"""Small random BERT, T5 and BART by `transformers`, saved as it saves them, with what they compute: checkpoints in
tiny-bert, tiny-t5, tiny-t5-v1_1 and tiny-bart beside this script, results in encoders.json."""
import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers
from safetensors import safe_open
from transformers import BartConfig, BartForConditionalGeneration, BertConfig, BertForPreTraining, T5Config
from transformers import T5ForConditionalGeneration

from _common import HERE, write

V = 40
IDS = [[2, 17, 5, 39, 8, 21, 3], [2, 30, 11, 4, 3, 0, 0]]
MASK = [[1] * 7, [1] * 5 + [0] * 2]
SEGMENTS = [[0, 0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 0, 0]]
TARGETS = [[0, 9, 33, 7, 12], [0, 25, 6, 18, 1]]


def rounded(tensor):
    return [float(f"{x:.7g}") for x in tensor.flatten().tolist()]


def shake(model, seed, tokens=0.3, weights=0.3, biases=0.3):
    """First weights are 0, 1 or so small that mistakes would not be seen: all become random, tied ones stay tied. The
    sizes are such that greedy answers do not repeat one token."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if tensor.is_floating_point():
                base = 1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0
                size = tokens if name.endswith("shared.weight") else biases if name.endswith("bias") else weights
                tensor.copy_(base + size * torch.randn(tensor.shape))
    return model.eval()


def save(model, name):
    """As its users get it; the file is read back, so that the results are those of the file."""
    folder = HERE / f"tiny-{name}"
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    again = type(model).from_pretrained(folder).eval()
    config = json.loads((folder / "config.json").read_text())
    config.pop("transformers_version", None)
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    with safe_open(folder / "model.safetensors", "pt") as file:
        names = sorted(file.keys())
    print(f"  {folder.name}: {(folder / 'model.safetensors').stat().st_size / 1024:.0f} KB, {len(names)} tensors")
    return again


@torch.no_grad()
def bert():
    config = BertConfig(vocab_size=V, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24,
                        max_position_embeddings=12, type_vocab_size=2)
    model = save(shake(BertForPreTraining(config), 1), "bert")
    ids, mask, segments = torch.tensor(IDS), torch.tensor(MASK), torch.tensor(SEGMENTS)
    out = model.bert(ids, attention_mask=mask, token_type_ids=segments)
    heads = model(ids, attention_mask=mask, token_type_ids=segments)
    weights = mask[:, :, None].float()
    mean = (out.last_hidden_state * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
    bare = model.bert(ids)
    return {"ids": IDS, "mask": MASK, "segments": SEGMENTS, "states": rounded(out.last_hidden_state),
            "pooled": rounded(out.pooler_output), "mlm": rounded(heads.prediction_logits),
            "nsp": rounded(heads.seq_relationship_logits),
            "embedding": rounded(torch.nn.functional.normalize(mean, dim=1)),
            "statesOfIdsAlone": rounded(bare.last_hidden_state)}


@torch.no_grad()
def greedy(model, ids, mask, start):
    """Token by token, and by `generate`; both must agree. Its cache is off: it makes room for as many layers as the
    encoder has, and here the decoder has more."""
    new = torch.full((ids.shape[0], 1), start)
    margins = []
    for _ in range(10):
        best = model(input_ids=ids, attention_mask=mask, decoder_input_ids=new).logits[:, -1].topk(2)
        margins.append((best.values[:, 0] - best.values[:, 1]).min().item())
        new = torch.cat([new, best.indices[:, :1]], 1)
    told = model.generate(ids, attention_mask=mask, max_new_tokens=10, min_new_tokens=10, do_sample=False, num_beams=1,
                          use_cache=False, decoder_start_token_id=start, eos_token_id=None,
                          forced_eos_token_id=None, forced_bos_token_id=None)
    assert told.tolist() == new.tolist(), (told.tolist(), new.tolist())
    print(f"  least margin {min(margins):.4f}: {new.tolist()}")
    return new.tolist()


@torch.no_grad()
def both_ways(model, start):
    ids, mask, targets = torch.tensor(IDS), torch.tensor(MASK), torch.tensor(TARGETS)
    out = model(input_ids=ids, attention_mask=mask, decoder_input_ids=targets)
    labels = torch.tensor([row[1:] + [-100] for row in TARGETS])
    loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss.item()
    return {"ids": IDS, "mask": MASK, "targets": TARGETS, "states": rounded(out.encoder_last_hidden_state),
            "logits": rounded(out.logits), "labels": labels.tolist(), "loss": loss, "start": start,
            "greedy": greedy(model, ids, mask, start)}


def t5(version):
    sizes = dict(vocab_size=V, d_model=16, d_kv=6, d_ff=24, num_layers=2, num_decoder_layers=3, num_heads=4,
                 relative_attention_num_buckets=8, relative_attention_max_distance=6, decoder_start_token_id=0)
    if version == "v1.0":
        model = T5ForConditionalGeneration(T5Config(**sizes))
        return both_ways(save(shake(model, 12, tokens=0.5, weights=0.5), "t5"), 0)
    model = T5ForConditionalGeneration(T5Config(**sizes, feed_forward_proj="gated-gelu", tie_word_embeddings=False))
    # This version of transformers ties all heads; published 1.1 checkpoints have a head of their own.
    model.lm_head.weight = torch.nn.Parameter(torch.zeros(V, 16))
    again = save(shake(model, 13, tokens=0.4, weights=0.4), "t5-v1_1")
    assert not torch.equal(again.lm_head.weight, again.shared.weight), "the head was tied"
    assert not again.config.scale_decoder_outputs
    return both_ways(again, 0)


def bart():
    config = BartConfig(vocab_size=V, d_model=16, encoder_layers=2, decoder_layers=3, encoder_attention_heads=4,
                        decoder_attention_heads=2, encoder_ffn_dim=24, decoder_ffn_dim=20, max_position_embeddings=12)
    return both_ways(save(shake(BartForConditionalGeneration(config), 9, 0.5, 0.5, 0.05), "bart"), 2)


write("encoders", {"source": f"transformers {transformers.__version__}, PyTorch {torch.__version__}", "bert": bert(),
                   "t5": t5("v1.0"), "t5v11": t5("v1.1"), "bart": bart()})
