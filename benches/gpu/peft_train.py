"""Training speed and memory of Transformers + PEFT on a GPU, as its users run it, as one line of JSON.

    python benches/gpu/peft_train.py MODEL_DIR TEXT [--method lora|full] [--batch 8x1024] [--steps 20] [--recompute] [--compile]

bf16 throughout, PyTorch's scaled-dot-product attention, its fused AdamW, gradients cut to norm 1; LoRA of rank 16 and alpha 32
on all linear layers, or all weights. --recompute is Transformers' gradient checkpointing. Tokens per second are those of the median step after the first --warm-up ones.
"""

import argparse
import json
import statistics
import time
from pathlib import Path

import peft
import torch
import transformers
from memory import Peak
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar


def product_rate() -> float:
    """What the card does of a large product in bf16, in FLOP/s: median of ten."""
    a, b = (torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    seconds = []
    for _ in range(12):
        torch.cuda.synchronize()
        start = time.perf_counter()
        torch.matmul(a, b)
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return 2 * 8192**3 / statistics.median(seconds[2:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--method", choices=("lora", "full"), default="lora")
    parser.add_argument("--batch", default="8x1024", metavar="ROWSxTOKENS")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warm-up", type=int, default=5)
    parser.add_argument("--recompute", action="store_true")
    parser.add_argument("--compile", action="store_true")
    arguments = parser.parse_args()
    rows, length = map(int, arguments.batch.split("x"))
    disable_progress_bar()
    torch.manual_seed(0)
    with Peak() as peak:
        model = transformers.AutoModelForCausalLM.from_pretrained(arguments.model, dtype=torch.bfloat16).cuda()
        model.config.use_cache = False
        if arguments.method == "lora":
            lora = peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
            model = peft.get_peft_model(model, lora, autocast_adapter_dtype=False)
        if arguments.recompute:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        model.train()
        trained = [weight for weight in model.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)
        step_model = torch.compile(model) if arguments.compile else model
        encoder = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
        ids = encoder.encode(arguments.text.read_text(encoding="utf-8"), add_special_tokens=False).ids
        data = torch.tensor(ids[: arguments.steps * rows * length]).view(arguments.steps, rows, length).cuda()
        seconds, losses = [], []
        for batch in data:
            torch.cuda.synchronize()
            start = time.perf_counter()
            loss = step_model(input_ids=batch, labels=batch).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            torch.cuda.synchronize()
            seconds.append(time.perf_counter() - start)
    result = {
        "program": f"peft {peft.__version__}, transformers {transformers.__version__}, torch {torch.__version__}"
        + (", compiled" if arguments.compile else ""),
        "method": arguments.method,
        "batch": arguments.batch,
        "recompute": arguments.recompute,
        "tokens_per_second": rows * length / statistics.median(seconds[arguments.warm_up :]),
        "peak_memory_bytes": peak.bytes,
        "peak_allocated_bytes": torch.cuda.max_memory_allocated(),
        "loss": {"first": losses[0], "last": losses[-1]},
        "seconds": {"first_step": seconds[0]},
        "flop_per_second": product_rate(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
