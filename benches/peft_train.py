"""Training speed and memory of Transformers + PEFT, as its users run it, as one line of JSON.

    python benches/peft_train.py MODEL_DIR TEXT [--device cpu|cuda:0] [--method lora|full] [--batch 8x1024] [--steps 20] [--recompute]
        [--compile]

Trains on the first windows of the text, in order: LoRA of rank 16 and alpha 32 on all linear layers, or all weights, AdamW, gradients cut to
norm 1. On a GPU in bf16 throughout, with PyTorch's scaled-dot-product attention and its fused AdamW; on the CPU in f32. --recompute is
Transformers' gradient checkpointing. Tokens per second are those of the median step after the first --warm-up ones.
"""

import argparse
import json
import resource
import statistics
import time
from pathlib import Path

import memory
import peft
import torch
import transformers
import work
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar


def build(arguments: argparse.Namespace) -> torch.nn.Module:
    dtype = torch.float32 if arguments.device == "cpu" else torch.bfloat16
    model = transformers.AutoModelForCausalLM.from_pretrained(arguments.model, dtype=dtype).to(arguments.device)
    model.config.use_cache = False
    if arguments.method == "lora":
        lora = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
        model = peft.get_peft_model(model, lora, autocast_adapter_dtype=False)
    if arguments.recompute:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model.train()


def batches(arguments: argparse.Namespace) -> torch.Tensor:
    """Token ids [steps, rows, length]."""
    encoder = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    ids = encoder.encode(arguments.text.read_text(encoding="utf-8"), add_special_tokens=False).ids
    shape = (arguments.steps, arguments.rows, arguments.length)
    wanted = arguments.steps * arguments.rows * arguments.length
    if len(ids) < wanted:
        raise SystemExit(f"{arguments.text}: {len(ids)} tokens, of {wanted} that {arguments.steps} steps take")
    return torch.tensor(ids[:wanted]).view(shape).to(arguments.device)


def settle(device: str) -> None:
    """Waits for a GPU."""
    if device != "cpu":
        torch.cuda.synchronize()


def train(model: torch.nn.Module, arguments: argparse.Namespace) -> tuple[list[float], list[float]]:
    """The seconds and the loss of each step."""
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=arguments.device != "cpu")
    step_model = torch.compile(model) if arguments.compile else model
    seconds, losses = [], []
    for ids in batches(arguments):
        settle(arguments.device)
        start = time.perf_counter()
        loss = step_model(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        settle(arguments.device)
        seconds.append(time.perf_counter() - start)
    return seconds, losses


def product_rate(device: str) -> float:
    """What a GPU does of a large product in bf16, in FLOP/s: median of ten."""
    a, b = (torch.randn(8192, 8192, device=device, dtype=torch.bfloat16) for _ in range(2))
    seconds = []
    for _ in range(12):
        settle(device)
        start = time.perf_counter()
        torch.matmul(a, b)
        settle(device)
        seconds.append(time.perf_counter() - start)
    return 2 * 8192**3 / statistics.median(seconds[2:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--compile", action="store_true")
    arguments = work.arguments(parser)
    disable_progress_bar()
    torch.manual_seed(0)
    if arguments.device == "cpu":
        torch.set_num_threads(arguments.threads)
    with memory.peak(arguments.device, resource.RUSAGE_SELF) as peak:
        model = build(arguments)
        seconds, losses = train(model, arguments)
    compiled = ", compiled" if arguments.compile else ""
    result = {
        "program": f"peft {peft.__version__}, transformers {transformers.__version__}, torch {torch.__version__}{compiled}",
        **work.described(arguments),
        "trainable_parameters": sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        "tokens_per_second": arguments.rows * arguments.length / statistics.median(seconds[arguments.warm_up :]),
        "peak_memory_bytes": peak.bytes,
        "loss": {"first": losses[0], "last": losses[-1]},
        "seconds": {"first_step": seconds[0]},
    }
    if arguments.device != "cpu":
        result |= {"peak_allocated_bytes": torch.cuda.max_memory_allocated(), "flop_per_second": product_rate(arguments.device)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
