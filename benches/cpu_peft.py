"""Training speed and memory of Transformers + PEFT on the CPU, in f32, as one line of JSON.

    python benches/cpu_peft.py MODEL_DIR TEXT [--method lora|full] [--batch 2x128] [--steps 12] [--threads 2]

Trains on the first windows of the text, in order: LoRA of rank 16 on all linear layers, or all weights, AdamW, gradients cut
to norm 1. Tokens per second are those of the median step after the first --warm-up ones.
"""

import argparse
import json
import resource
import statistics
import time
from pathlib import Path

import peft
import torch
import transformers
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar


def build(folder: Path, method: str) -> torch.nn.Module:
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    model.config.use_cache = False
    if method == "lora":
        lora = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
        model = peft.get_peft_model(model, lora)
    return model.train()


def batches(folder: Path, text: Path, rows: int, length: int, steps: int) -> torch.Tensor:
    """Token ids [steps, rows, length]."""
    encoder = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ids = encoder.encode(text.read_text(encoding="utf-8"), add_special_tokens=False).ids
    wanted = steps * rows * length
    if len(ids) < wanted:
        raise SystemExit(f"{text}: {len(ids)} tokens, of {wanted} that {steps} steps take")
    return torch.tensor(ids[:wanted]).view(steps, rows, length)


def train(model: torch.nn.Module, data: torch.Tensor) -> tuple[list[float], list[float]]:
    """The seconds and the loss of each step."""
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01)
    seconds, losses = [], []
    for ids in data:
        start = time.perf_counter()
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - start)
    return seconds, losses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--method", choices=("lora", "full"), default="lora")
    parser.add_argument("--batch", default="2x128", metavar="ROWSxTOKENS")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    rows, length = map(int, arguments.batch.split("x"))

    disable_progress_bar()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    model = build(arguments.model, arguments.method)
    trainable = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    data = batches(arguments.model, arguments.text, rows, length, arguments.steps)
    seconds, losses = train(model, data)
    result = {
        "program": f"peft {peft.__version__}, transformers {transformers.__version__}, torch {torch.__version__}",
        "method": arguments.method,
        "batch": arguments.batch,
        "threads": arguments.threads,
        "trainable_parameters": trainable,
        "tokens_per_second": rows * length / statistics.median(seconds[arguments.warm_up :]),
        # Linux counts it in KiB.
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "loss": {"first": losses[0], "last": losses[-1]},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
