"""Golden loss curves of Transformers' Trainer, and PEFT's LoRA with it: f32, on one thread of the CPU.

    python tests/oracles/trainer_curve.py [--exact] [NAME ...]

Writes tests/golden/curve/NAME/curve.json for each curve below and, for LoRA, `initial/`, the adapter before the first step, as
PEFT saves it; of a classifier it holds the classifier too, which trains in full. With --exact nothing is written: it prints
how far each curve is from the same run in f64.

- Rows: the records in file order, none shuffled; step s, from 1, trains on the rows 4(s - 1) + 1 to 4s, in two micro-batches of
  two, padded on the right. 50 steps are one pass over the 200 rows.
- Task `causal`: a row is its tokens and eos, without bos, cut to `max_length`; every token but the first is a target.
  Task `classification`: a row is its tokens as tokenizer.json frames them, cut to `max_length` before it is framed, so that the
  last special token stays; its label is looked up in the model's `label2id`.
- Loss: over all targets of a step (labels, for a classifier), the sum of their cross-entropies divided by their number.
- Clipping: the gradient's global norm is cut to `max_grad_norm`, which most norms are over (`clipped` steps).
- AdamW: betas 0.9 and 0.999, eps 1e-8; `weight_decay` on matrices alone, embeddings and LoRA's among them, as Trainer does it.
- Rate: `lr` with `warmup_steps` of linear warm-up, the first update at 0, then a cosine to 0.
- LoRA: rank `rank`, `alpha`, no dropout, on all linear layers but the head; A from `seed`, B zero.

`settings` in curve.json are these; `steps` holds of each step `step`, from 1; `loss` and `grad_norm`, before the update and
before clipping; `lr`, of the update; `targets`, what the loss is over.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import accelerate
import peft
import torch
import transformers
from common import GOLDEN, TINY, load_model, one_thread, save_adapter, save_json, tokenizer
from curve_models import MODELS
from double import Double
from peft import LoraConfig, get_peft_model
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedModel, Trainer, TrainerCallback, TrainingArguments
from transformers.utils.logging import set_verbosity_error

CURVE = GOLDEN / "curve"
DATA = {"causal": "austen-200.jsonl", "classification": "austen-labelled-200.jsonl"}
IGNORED = -100
SEED = 0
# What Trainer's loss may differ by from the one computed here, relative to it.
SAME = 2e-6
MOSTLY = 0.7


@dataclass(frozen=True)
class Curve:
    model: Path
    lr: float
    max_grad_norm: float
    task: str = "causal"
    lora: bool = False
    rank: int = 2
    alpha: int = 4
    warmup_steps: int = 5
    weight_decay: float = 0.01
    max_length: int = 64
    steps: int = 50
    batch_size: int = 2
    accumulation: int = 2

    def settings(self, method: dict) -> dict:
        """What curve.json says of the run, `method` its own among it."""
        return {
            "model": self.model.as_posix(),
            "task": self.task,
            "data": DATA[self.task],
            **method,
            "steps": self.steps,
            "warmup_steps": self.warmup_steps,
            "schedule": "cosine",
            "lr": self.lr,
            "weight_decay": self.weight_decay,
            "max_grad_norm": self.max_grad_norm,
            "batch_size": self.batch_size,
            "accumulation": self.accumulation,
            "max_length": self.max_length,
        }

    def clipped(self, steps: list[dict]) -> int:
        return sum(step["grad_norm"] > self.max_grad_norm for step in steps)


CURVES = {
    "llama-full": Curve(TINY, lr=1e-4, max_grad_norm=1.0),
    "llama-lora": Curve(TINY, lr=1e-3, max_grad_norm=0.5, lora=True),
    "gpt2-full": Curve(MODELS / "gpt2", lr=2e-3, max_grad_norm=0.5),
    "gpt2-lora": Curve(MODELS / "gpt2", lr=1e-2, max_grad_norm=0.2, lora=True),
    "bert-full": Curve(MODELS / "bert", lr=1e-3, max_grad_norm=1.0, task="classification"),
    "bert-lora": Curve(MODELS / "bert", lr=1e-2, max_grad_norm=0.5, task="classification", lora=True),
    "qwen3-full": Curve(MODELS / "qwen3", lr=2e-3, max_grad_norm=0.5),
    "qwen3-lora": Curve(MODELS / "qwen3", lr=1e-2, max_grad_norm=0.2, lora=True),
}


def rows(curve: Curve, model: PreTrainedModel) -> list[dict]:
    """`ids` and `labels` of each record."""
    encoder = tokenizer(curve.model)
    with (CURVE / DATA[curve.task]).open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    if curve.task == "classification":
        encoder.enable_truncation(curve.max_length)
        labels = (torch.tensor(model.config.label2id[record["label"]]) for record in records)
        encoded = (torch.tensor(encoder.encode(record["text"]).ids) for record in records)
        return [{"ids": ids, "labels": label} for ids, label in zip(encoded, labels)]
    eos = model.config.eos_token_id
    encoded = ([*encoder.encode(record["text"], add_special_tokens=False).ids, eos] for record in records)
    cut = (torch.tensor(ids[: curve.max_length]) for ids in encoded)
    # A first token is no target; of models whose class is not called …ForCausalLM, GPT-2's, Trainer would count it as one.
    return [{"ids": ids, "labels": torch.cat([torch.tensor([IGNORED]), ids[1:]])} for ids in cut]


def collate(padding: int, samples: list[dict]) -> dict[str, torch.Tensor]:
    ids = [sample["ids"] for sample in samples]
    labels = [sample["labels"] for sample in samples]
    return {
        "input_ids": pad_sequence(ids, batch_first=True, padding_value=padding),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in ids], batch_first=True),
        "labels": pad_sequence(labels, batch_first=True, padding_value=IGNORED) if labels[0].dim() else torch.stack(labels),
    }


def classifier_loss(outputs: dict, labels: torch.Tensor, num_items_in_batch: torch.Tensor) -> torch.Tensor:
    """BERT's classifier takes Trainer's number of items and has no use for it: its losses would be twice as large."""
    return cross_entropy(outputs["logits"], labels, reduction="sum") / num_items_in_batch


class Recorder(Trainer):
    """Trainer, and beside what it logs the loss of each step as it should be, computed apart from it."""

    def __init__(self, **arguments: object) -> None:
        super().__init__(**arguments)
        self.sums, self.added, self.targets, self.steps = [], [], [], []

    def penalty(self) -> float:
        """What the method adds to the loss of a micro-batch."""
        return 0.0

    def training_step(self, model: torch.nn.Module, inputs: dict, *rest: object, **others: object) -> torch.Tensor:
        with torch.no_grad():
            logits = model(**{key: value for key, value in inputs.items() if key != "labels"}).logits
        labels = inputs["labels"]
        if labels.dim() == 2:
            logits, labels = logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
        self.sums.append(cross_entropy(logits.double(), labels, ignore_index=IGNORED, reduction="sum").item())
        self.targets.append((labels != IGNORED).sum().item())
        self.added.append(self.penalty())
        return super().training_step(model, inputs, *rest, **others)

    def log(self, logs: dict[str, float], *rest: object, **others: object) -> None:
        if "loss" in logs:
            accumulated = self.args.gradient_accumulation_steps
            targets = sum(self.targets[-accumulated:])
            expected = sum(self.sums[-accumulated:]) / targets + sum(self.added[-accumulated:])
            if not abs(logs["loss"] - expected) <= SAME * expected:
                raise SystemExit(f"Trainer's loss is {logs['loss']}, not {expected}")
            self.steps.append(
                {
                    "step": self.state.global_step,
                    "loss": logs["loss"],
                    "grad_norm": logs["grad_norm"],
                    "lr": logs["learning_rate"],
                    "targets": targets,
                }
            )
        super().log(logs, *rest, **others)

    def check_decay(self) -> None:
        for group in self.optimizer.param_groups:
            wrong = [list(weight.shape) for weight in group["params"] if (weight.dim() > 1) != (group["weight_decay"] > 0)]
            if wrong:
                raise SystemExit(f"weight decay {group['weight_decay']} on weights of shape {wrong}")


def adapted(model: PreTrainedModel, curve: Curve, initial: Path | None) -> torch.nn.Module:
    torch.manual_seed(SEED)
    config = LoraConfig(
        # SEQ_CLS adds the classifier to `modules_to_save`.
        task_type="SEQ_CLS" if curve.task == "classification" else "CAUSAL_LM",
        r=curve.rank,
        lora_alpha=curve.alpha,
        lora_dropout=0.0,
        target_modules="all-linear",
        fan_in_fan_out=model.config.model_type == "gpt2",
    )
    model = get_peft_model(model, config)
    if initial:
        save_adapter(model, initial)
    return model


def train(
    model: torch.nn.Module,
    curve: Curve,
    recorder: type[Recorder] = Recorder,
    callbacks: Sequence[TrainerCallback] = (),
) -> Recorder:
    padding = model.config.pad_token_id
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            max_steps=curve.steps,
            per_device_train_batch_size=curve.batch_size,
            gradient_accumulation_steps=curve.accumulation,
            train_sampling_strategy="sequential",
            learning_rate=curve.lr,
            lr_scheduler_type="cosine",
            warmup_steps=curve.warmup_steps,
            weight_decay=curve.weight_decay,
            max_grad_norm=curve.max_grad_norm,
            optim="adamw_torch",
            logging_steps=1,
            label_names=["labels"],
            remove_unused_columns=False,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            seed=SEED,
        )
        trainer = recorder(
            model=model,
            args=arguments,
            train_dataset=rows(curve, model),
            data_collator=lambda batch: collate(padding, batch),
            compute_loss_func=classifier_loss if curve.task == "classification" else None,
            callbacks=list(callbacks),
        )
        trainer.remove_callback(transformers.PrinterCallback)
        trainer.train()
    return trainer


def run(curve: Curve, dtype: torch.dtype = torch.float32, initial: Path | None = None) -> list[dict]:
    model = load_model(curve.model, dtype)
    if curve.lora:
        model = adapted(model, curve, initial)
    trainer = train(model, curve)
    trainer.check_decay()
    return trainer.steps


def save_curve(path: Path, curve: Curve, method: dict, steps: list[dict]) -> None:
    versions = {module.__name__: module.__version__ for module in (torch, transformers, peft, accelerate)}
    clipped = curve.clipped(steps)
    save_json(path, {"versions": versions, "settings": curve.settings(method), "clipped": clipped, "steps": steps})
    print(f"  loss {steps[0]['loss']:.3f} to {steps[-1]['loss']:.3f}, {clipped} of {curve.steps} steps clipped")


def make(name: str) -> None:
    curve = CURVES[name]
    folder = CURVE / name
    shutil.rmtree(folder, ignore_errors=True)
    steps = run(curve, initial=folder / "initial")
    clipped = curve.clipped(steps)
    if not clipped >= MOSTLY * curve.steps:
        raise SystemExit(f"{name}: only {clipped} of {curve.steps} steps are clipped")
    lora = {"rank": curve.rank, "alpha": curve.alpha, "seed": SEED} if curve.lora else {}
    save_curve(folder / "curve.json", curve, {"method": "lora" if curve.lora else "full"} | lora, steps)


def compare_with_exact(name: str) -> None:
    curve = CURVES[name]
    golden = json.loads((CURVE / name / "curve.json").read_text(encoding="utf-8"))["steps"]
    with Double():
        exact = run(curve, torch.float64)
    loss = max(abs(ours["loss"] - theirs["loss"]) for ours, theirs in zip(golden, exact))
    norm = max(abs(ours["grad_norm"] / theirs["grad_norm"] - 1) for ours, theirs in zip(golden, exact))
    print(f"| `curve/{name}` | {max(step['loss'] for step in golden):.1f} | {loss:.0e} | {norm:.0e} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # nargs="*" checks its default against `choices`, hence no `choices`.
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CURVES))
    parser.add_argument("--exact", action="store_true", help="compare the golden curves with runs in f64")
    arguments = parser.parse_args()
    names = arguments.names or list(CURVES)
    if unknown := set(names) - set(CURVES):
        parser.error(f"no such curve: {', '.join(sorted(unknown))}")

    one_thread()
    set_verbosity_error()
    if arguments.exact:
        print("| curve | largest loss | f32 against f64 | gradient norms, relative |\n|---|---|---|---|")
    for name in names:
        compare_with_exact(name) if arguments.exact else make(name)


if __name__ == "__main__":
    main()
