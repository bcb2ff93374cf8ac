"""
TRL's PPOTrainer on PyTorch, float32, on the CPU. Reads one JSON command a line, answers with one.

  {"op": "load", "policy": FOLDER, "reward": {"trunk": FOLDER, "head": [...], "bias": b}, "value": {as reward},
   "prompts": [[id, ...], ...], "setting": {as in setting.ts}, "threads": n}
      prompts of one length make a batch; the reference is the policy as it is loaded             -> {"version": ...}
  {"op": "iterate", "iterations": n}
      so many times write, score, learn   -> {"seconds": s, "generate": s, "score": s, "learn": s, "stats": {...}}
  {"op": "judge", "rows": [[id, ...], ...]}
      what TRL computes of prompts and answers  -> {"logProbs": [[...], ...], "values": [[...], ...], "scores": [...]}
  {"op": "learn", "rows": [[id, ...], ...]}
      one iteration on given answers, each epoch one minibatch, so that no order matters          -> {"stats": {...}}

A part ends where TRL's next one begins: generate is its `batch_generation`; score all from there to the first
minibatch (log-probabilities, values, rewards, advantages); learn from there to its log. Seconds are of whole calls.
"""
import contextlib
import gc
import json
import sys
import tempfile
import time
from types import SimpleNamespace

import numpy as np
import torch
import transformers
import trl
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, PrinterCallback
from trl.experimental.ppo import PPOConfig, PPOTrainer, ppo_trainer

trainer = None
answers = None  # given ones, in place of what the policy writes
marks = {}  # seconds on the clock: when a part began or ended


def classifier(trunk, head, bias):
    model = AutoModelForSequenceClassification.from_pretrained(trunk, num_labels=1, dtype=torch.float32)
    score = torch.nn.Linear(len(head), 1, bias=bias is not None)
    with torch.no_grad():
        score.weight.copy_(torch.tensor([head]))
        if bias is not None:
            score.bias.fill_(bias)
    model.score = score
    return model


def load(command):
    global trainer
    torch.set_num_threads(command["threads"])
    transformers.logging.set_verbosity_error()
    policy, reference = (
        AutoModelForCausalLM.from_pretrained(command["policy"], dtype=torch.float32) for _ in range(2)
    )
    reward, value = (classifier(**command[name]) for name in ("reward", "value"))
    reference.eval(), reward.eval()
    # No token of the vocabulary: TRL reads padding as token 0 behind a mask, and an answer ends at the first.
    padding = policy.config.vocab_size
    rows, setting = command["prompts"], command["setting"]
    adam = setting["adam"]
    config = PPOConfig(
        output_dir=tempfile.mkdtemp(), use_cpu=True, bf16=False, gradient_checkpointing=False, report_to="none",
        save_strategy="no", num_sample_generations=0, disable_tqdm=True, seed=1,
        # All rows at once: TRL steps its optimizer once for `gradient_accumulation_steps` minibatches.
        per_device_train_batch_size=len(rows), gradient_accumulation_steps=1,
        local_rollout_forward_batch_size=len(rows), num_mini_batches=setting["minibatches"],
        num_ppo_epochs=setting["epochs"], response_length=setting["length"], temperature=1.0, stop_token=None,
        learning_rate=setting["learningRate"], lr_scheduler_type="constant", weight_decay=0.0,
        adam_beta1=adam["beta1"], adam_beta2=adam["beta2"], adam_epsilon=adam["epsilon"],
        kl_coef=setting["beta"], cliprange=setting["clip"], cliprange_value=setting["valueClip"],
        vf_coef=setting["valueCoefficient"], gamma=setting["gamma"], lam=setting["lambda"], total_episodes=len(rows),
    )
    trainer = PPOTrainer(
        args=config, processing_class=SimpleNamespace(pad_token_id=padding, eos_token_id=padding),
        model=policy, ref_model=reference, reward_model=reward, value_model=value,
        train_dataset=Dataset.from_dict({"input_ids": rows}),
        eval_dataset=Dataset.from_dict({"input_ids": rows}),
        data_collator=lambda features: {"input_ids": torch.tensor([f["input_ids"] for f in features])},
    )
    trainer.remove_callback(PrinterCallback)
    watch()
    gc.collect()
    gc.freeze()  # TRL collects garbage twice an iteration: it need not look at the libraries each time
    return {"version": f"{trl.__version__} (PyTorch {torch.__version__}, transformers {transformers.__version__})"}


def watch():
    """Marks of the clock around TRL's own parts; nothing of what they compute is changed."""
    write, accumulate, log = ppo_trainer.batch_generation, trainer.accelerator.accumulate, trainer.log

    def batch_generation(model, queries, *others):
        marks["generate"] = time.perf_counter()
        done = write(model, queries, *others) if answers is None else given(model, queries, *others)
        marks["score"] = time.perf_counter()
        marks.pop("learn", None)
        return done

    def first_minibatch(model):
        marks.setdefault("learn", time.perf_counter())
        return accumulate(model)

    def iteration_ends(stats):
        end = time.perf_counter()
        marks["seconds"].append([marks["score"] - marks["generate"], marks["learn"] - marks["score"], end - marks["learn"]])
        marks["stats"] = stats
        log(stats)

    ppo_trainer.batch_generation = batch_generation
    trainer.accelerator.accumulate = first_minibatch
    trainer.log = iteration_ends


def given(model, queries, _, padding, __):
    """Given answers in place of written ones, with the logits that writing would have had."""
    with torch.no_grad():
        queries.copy_(answers[:, : queries.shape[1]])  # TRL shuffles prompts; these stand before these answers
        logits = ppo_trainer.forward(model, answers, padding).logits
    return answers, logits[:, -trainer.args.response_length - 1 : -1].clone()


def iterate(command):
    trainer.args.num_total_batches = command["iterations"]
    marks["seconds"] = []
    began = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        trainer.train()
    seconds = time.perf_counter() - began
    generate, score, learn = np.sum(marks["seconds"], axis=0).tolist()
    return {"seconds": seconds, "generate": generate, "score": score, "learn": learn, "stats": marks["stats"]}


@torch.no_grad()
def judge(command):
    rows, padding = torch.tensor(command["rows"]), trainer.processing_class.pad_token_id
    prompt = rows.shape[1] - trainer.args.response_length
    logits = ppo_trainer.forward(trainer.policy_model, rows, padding).logits[:, prompt - 1 : -1]
    values, _, _ = ppo_trainer.get_reward(trainer.value_model, rows, padding, prompt)
    _, scores, _ = ppo_trainer.get_reward(trainer.reward_model, rows, padding, prompt)
    return {
        "logProbs": ppo_trainer.selective_log_softmax(logits, rows[:, prompt:]).tolist(),
        "values": values[:, prompt - 1 : -1].squeeze(-1).tolist(),
        "scores": scores.tolist(),
    }


def learn(command):
    global answers
    args = trainer.args
    whole = {"num_mini_batches": 1, "local_mini_batch_size": args.local_batch_size}
    before = {name: getattr(args, name) for name in whole}
    answers = torch.tensor(command["rows"])
    vars(args).update(whole)
    try:
        return {"stats": iterate({"iterations": 1})["stats"]}
    finally:
        answers = None
        vars(args).update(before)


for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = {"load": load, "iterate": iterate, "judge": judge, "learn": learn}[command["op"]](command)
    except Exception as error:  # told to the bench, which leaves this contender out
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
