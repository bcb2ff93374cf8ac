"""How many parameters transformers' own models have, for the sizes that the papers and checkpoints state.

The models are made on PyTorch's "meta" device, which has shapes and no memory: a model of 70 billion numbers costs
nothing. A tensor used at two places counts once.
"""
import torch
from transformers import (
    BartConfig, BartModel, BertConfig, BertForPreTraining, BertModel, FalconConfig, FalconForCausalLM, GPT2Config,
    GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, OpenAIGPTConfig, OpenAIGPTLMHeadModel, T5Config,
    T5ForConditionalGeneration,
)

from _common import write


def count(cls, config):
    with torch.device("meta"):
        model = cls(config)
    return sum(p.numel() for p in {id(p): p for p in model.parameters()}.values())


def gpt2(width, layers, heads, context=1024):
    return count(GPT2LMHeadModel, GPT2Config(n_embd=width, n_layer=layers, n_head=heads, n_positions=context))


def bert_config(width, layers, heads, hidden):
    return BertConfig(vocab_size=30522, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
                      intermediate_size=hidden)


def bert(*sizes):
    """The encoder with its pooler, as published, and with the heads of both pre-training tasks."""
    return {"encoder": count(BertModel, bert_config(*sizes)), "pretraining": count(BertForPreTraining, bert_config(*sizes))}


def t5(width, head, hidden, layers, heads, gated=False):
    config = T5Config(vocab_size=32128, d_model=width, d_kv=head, d_ff=hidden, num_layers=layers, num_heads=heads,
                      feed_forward_proj="gated-gelu" if gated else "relu")
    # T5 1.1 (gated) has a head of its own; transformers 5 ties it, whatever the configuration says.
    return count(T5ForConditionalGeneration, config) + (32128 * width if gated else 0)


def bart(width, hidden, layers, heads):
    config = BartConfig(vocab_size=50265, d_model=width, encoder_ffn_dim=hidden, decoder_ffn_dim=hidden,
                        encoder_layers=layers, decoder_layers=layers, encoder_attention_heads=heads,
                        decoder_attention_heads=heads, max_position_embeddings=1024)
    return count(BartModel, config)


def llama(width, hidden, layers, heads, kv=None, vocab=32000, tied=False):
    config = LlamaConfig(vocab_size=vocab, hidden_size=width, intermediate_size=hidden, num_hidden_layers=layers,
                         num_attention_heads=heads, num_key_value_heads=kv or heads, tie_word_embeddings=tied)
    return count(LlamaForCausalLM, config)


def falcon(width, layers, heads):
    config = FalconConfig(vocab_size=65024, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
                          multi_query=True, parallel_attn=True, bias=False, alibi=False, new_decoder_architecture=False,
                          tie_word_embeddings=True)
    return count(FalconForCausalLM, config)


counts = {
    "gpt": {
        "gpt-1": count(OpenAIGPTLMHeadModel, OpenAIGPTConfig()),
        "gpt-2": gpt2(768, 12, 12),
        "gpt-2-medium": gpt2(1024, 24, 16),
        "gpt-2-large": gpt2(1280, 36, 20),
        "gpt-2-xl": gpt2(1600, 48, 25),
        # GPT-3 is GPT-2 with 2,048 places; sparse masks have no parameters.
        "gpt-3": gpt2(12288, 96, 96, 2048),
    },
    "llama": {
        "llama-7b": llama(4096, 11008, 32, 32),
        "llama-13b": llama(5120, 13824, 40, 40),
        "llama-33b": llama(6656, 17920, 60, 52),
        "llama-65b": llama(8192, 22016, 80, 64),
        "llama-2-7b": llama(4096, 11008, 32, 32),
        "llama-2-13b": llama(5120, 13824, 40, 40),
        "llama-2-70b": llama(8192, 28672, 80, 64, kv=8),
        "smollm2-135m": llama(576, 1536, 30, 9, kv=3, vocab=49152, tied=True),
        "falcon-7b": falcon(4544, 32, 71),
    },
    "bert": {
        "bert-base": bert(768, 12, 12, 3072),
        "bert-large": bert(1024, 24, 16, 4096),
        "minilm-l6": bert(384, 6, 12, 1536),
    },
    "t5": {
        "t5-small": t5(512, 64, 2048, 6, 8),
        "t5-base": t5(768, 64, 3072, 12, 12),
        "t5-large": t5(1024, 64, 4096, 24, 16),
        "t5-3b": t5(1024, 128, 16384, 24, 32),
        "t5-11b": t5(1024, 128, 65536, 24, 128),
        "t5-1.1-small": t5(512, 64, 1024, 8, 6, gated=True),
        "t5-1.1-base": t5(768, 64, 2048, 12, 12, gated=True),
        "t5-1.1-large": t5(1024, 64, 2816, 24, 16, gated=True),
    },
    "bart": {
        "bart-base": bart(768, 3072, 6, 12),
        "bart-large": bart(1024, 4096, 12, 16),
    },
}

write("counts", counts)
