"""A loss curve of PEFT (or of all weights) with torch.optim.AdamW: a golden one in f32, on one thread of the CPU.

    python tests/oracles/curve.py examples/default/model tests/golden/curve/austen-200.jsonl tests/golden/curve/tiny \\
        --rank 2 --alpha 4
    python tests/oracles/curve.py examples/default/model tests/golden/curve/austen-200.jsonl tests/golden/curve/tiny-full \\
        --method full --lr 1e-4
    python tests/oracles/curve.py SMOLLM2 tests/golden/curve/austen-200.jsonl OUT --lr 2e-4 --max-length 128
    python tests/oracles/curve.py SMOLLM2 tests/golden/curve/austen-200.jsonl OUT --steps 200 --device cuda --dtype bfloat16

Writes OUT/curve.json and, for LoRA, OUT/initial, the adapter before the first step, as PEFT saves it.

- Data: the records in file order, each its tokens and eos, without bos, cut to --max-length; a micro-batch is padded on the
  right. Every token but a row's first is a target. At the end of the file it starts again.
- Step: --accumulation micro-batches of --batch-size rows; its loss is the cross-entropy summed over all targets of the
  step, divided by their number. The gradient's global norm is then cut to --max-grad-norm.
- AdamW: betas 0.9 and 0.999, eps 1e-8, --weight-decay on all that trains, vectors included. The rate is
  `get_cosine_schedule_with_warmup`'s, whose first update has rate 0.
- LoRA: --rank, --alpha on all linear layers of the blocks, no dropout, A from --seed, B zero.

With --dtype bfloat16 the base is in bf16 and adapters are in f32, as PEFT has them; so are all weights of full fine-tuning, under
autocast to bf16. With --pure, full fine-tuning computes as the host does on a GPU: all in bf16, sums of blocks too, which autocast
leaves in f32; only the masters that the optimizer moves are in f32.

In curve.json, `settings` are these, and `steps` holds of each step `step`, from 1; `loss` and `grad_norm`, before the update
and before clipping; `lr`, of the update; `targets`, the tokens that the loss is over.
"""

import argparse
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import peft
import torch
import transformers
from common import load_model, one_thread, save_adapter, save_json, tokenizer
from peft import LoraConfig, get_peft_model
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedModel, get_cosine_schedule_with_warmup

IGNORED = -100


def rows(model: Path, data: Path, eos: int, max_length: int, device: str) -> list[torch.Tensor]:
    encoder = tokenizer(model)
    with data.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    ids = ([*encoder.encode(text, add_special_tokens=False).ids, eos][:max_length] for text in texts)
    return [torch.tensor(row, device=device) for row in ids]


def micro_batches(samples: list[torch.Tensor], size: int) -> Iterator[list[torch.Tensor]]:
    endless = itertools.cycle(samples)
    while True:
        yield list(itertools.islice(endless, size))


def summed_loss(model: torch.nn.Module, batch: list[torch.Tensor]) -> torch.Tensor:
    """Cross-entropy summed over the batch's targets."""
    ids = pad_sequence(batch, batch_first=True)
    mask = pad_sequence([torch.ones_like(row) for row in batch], batch_first=True)
    targets = ids.masked_fill(mask == 0, IGNORED)[:, 1:]
    logits = model(input_ids=ids, attention_mask=mask).logits[:, :-1]
    return cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORED, reduction="sum")


def adapted(model: PreTrainedModel, settings: argparse.Namespace) -> torch.nn.Module:
    torch.manual_seed(settings.seed)
    config = LoraConfig(
        task_type="CAUSAL_LM", r=settings.rank, lora_alpha=settings.alpha, lora_dropout=0.0, target_modules="all-linear"
    )
    model = get_peft_model(model, config)
    save_adapter(model, settings.out / "initial")
    return model


def train(model: torch.nn.Module, samples: list[torch.Tensor], settings: argparse.Namespace) -> Iterator[dict]:
    computing = [weight for weight in model.parameters() if weight.requires_grad]
    trained = [torch.nn.Parameter(weight.detach().float()) for weight in computing] if settings.pure else computing
    optimizer = torch.optim.AdamW(trained, lr=settings.lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=settings.weight_decay)
    schedule = get_cosine_schedule_with_warmup(optimizer, settings.warmup_steps, settings.steps)
    batches = micro_batches(samples, settings.batch_size)
    for step in range(1, settings.steps + 1):
        accumulated = list(itertools.islice(batches, settings.accumulation))
        targets = sum(len(row) - 1 for batch in accumulated for row in batch)
        loss = 0.0
        for batch in accumulated:
            with torch.autocast(settings.device, torch.bfloat16, enabled=settings.dtype == "bfloat16" and not settings.pure):
                part = summed_loss(model, batch) / targets
            part.backward()
            loss += part.item()
        if settings.pure:
            for master, weight in zip(trained, computing):
                master.grad, weight.grad = weight.grad.float(), None
        norm = clip_grad_norm_(trained, settings.max_grad_norm).item()
        yield {"step": step, "loss": loss, "grad_norm": norm, "lr": schedule.get_last_lr()[0], "targets": targets}
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if settings.pure:
            with torch.no_grad():
                for master, weight in zip(trained, computing):
                    weight.copy_(master)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--method", choices=("lora", "full"), default="lora")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--alpha", type=int, default=16)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--warmup-steps", type=int, default=5)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--max-grad-norm", type=float, default=1.0)
    parser.add_argument("--batch-size", type=int, default=2)
    parser.add_argument("--accumulation", type=int, default=2)
    parser.add_argument("--max-length", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--pure", action="store_true", help="with --method full --dtype bfloat16: no autocast")
    found = parser.parse_args()
    if found.pure and (found.method, found.dtype) != ("full", "bfloat16"):
        parser.error("--pure is for --method full --dtype bfloat16")
    return found


def main() -> None:
    settings = arguments()
    if settings.device == "cpu":
        one_thread()
    loaded = torch.float32 if settings.method == "full" and not settings.pure else getattr(torch, settings.dtype)
    model = load_model(settings.model, loaded).to(settings.device)
    samples = rows(settings.model, settings.data, model.config.eos_token_id, settings.max_length, settings.device)
    if settings.method == "lora":
        model = adapted(model, settings)
    model.train()
    steps = []
    for step in train(model, samples, settings):
        steps.append(step)
        print(step, flush=True)

    written = {key: value for key, value in vars(settings).items() if key not in ("model", "data", "out")}
    if settings.method == "full":
        written = {key: value for key, value in written.items() if key not in ("rank", "alpha", "seed")}
    written["data"] = settings.data.name
    versions = {module.__name__: module.__version__ for module in (torch, transformers, peft)}
    save_json(settings.out / "curve.json", {"versions": versions, "settings": written, "steps": steps})


if __name__ == "__main__":
    main()
