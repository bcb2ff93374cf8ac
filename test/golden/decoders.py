"""Small random GPT-2, LLaMA and Falcon by `transformers`, saved as it saves them, with what they compute: checkpoints
in tiny-gpt2, tiny-llama, tiny-llama-tied and tiny-falcon beside this script, results in decoders.json."""
import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers
from transformers import FalconConfig, FalconForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from _common import HERE, write

V = 40
IDS = [[2, 17, 5, 39, 8, 21, 3], [2, 30, 11, 4, 3, 0, 22]]
NEW = 8


def rounded(tensor):
    return [float(f"{x:.7g}") for x in tensor.flatten().tolist()]


def shake(model, seed):
    """First weights are 0, 1 or so small that mistakes would not be seen: all become random, tied ones stay tied."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            base = 1.0 if ("norm" in name or "ln_" in name) and name.endswith("weight") else 0.0
            tensor.copy_(base + 0.3 * torch.randn(tensor.shape))
    return model.eval()


def results(model, name, seed):
    folder = HERE / f"tiny-{name}"
    shake(model, seed).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    config = json.loads((folder / "config.json").read_text())
    config.pop("transformers_version", None)
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    again = type(model).from_pretrained(folder).eval()
    ids = torch.tensor(IDS)
    new = []
    with torch.no_grad():
        logits = again(ids).logits
        for _ in range(NEW):
            new.append(again(torch.cat([ids, *new], 1)).logits[:, -1].argmax(-1, keepdim=True))
    print(f"  {folder.name}: {(folder / 'model.safetensors').stat().st_size / 1024:.0f} KB")
    return {"ids": IDS, "logits": rounded(logits), "new": torch.cat(new, 1).tolist()}


gpt2 = GPT2Config(vocab_size=V, n_positions=16, n_embd=16, n_layer=2, n_head=4, bos_token_id=None, eos_token_id=None)
shared = dict(vocab_size=V, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=16,
              bos_token_id=None, eos_token_id=None)
llama = dict(shared, intermediate_size=40, num_key_value_heads=2, rms_norm_eps=1e-5,
             rope_parameters={"rope_theta": 500.0, "rope_type": "default"})
falcon = FalconConfig(**dict(shared, ffn_hidden_size=48, multi_query=True, parallel_attn=True, bias=False,
                             new_decoder_architecture=False, alibi=False, hidden_dropout=0.0, attention_dropout=0.0))
write("decoders", {
    "source": f"transformers {transformers.__version__}, PyTorch {torch.__version__}",
    "gpt2": results(GPT2LMHeadModel(gpt2), "gpt2", 1),
    "llama": results(LlamaForCausalLM(LlamaConfig(**llama, tie_word_embeddings=False)), "llama", 2),
    "llama-tied": results(LlamaForCausalLM(LlamaConfig(**llama, tie_word_embeddings=True)), "llama-tied", 3),
    "falcon": results(FalconForCausalLM(falcon), "falcon", 4),
})
