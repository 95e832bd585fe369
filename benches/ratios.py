"""Ours relative to PEFT's, and on a GPU to the floor. For cpu.sh and gpu/compare.sh, which give it the model's folder and the two lines of
JSON."""

import json
import sys
from pathlib import Path


def products(config: dict, rows: int, length: int, method: str, recompute: bool) -> float:
    """FLOP of a step's products: of each weight one forward, one for the gradient of its input, and where it trains one for its own;
    recomputed, one more forward in the blocks. Attention has two forward and five backward, over half of the scores."""
    hidden, layers = config["hidden_size"], config["num_hidden_layers"]
    heads = config["num_attention_heads"]
    width = config.get("head_dim") or hidden // heads
    kv = config["num_key_value_heads"] * width
    block = 2 * hidden * heads * width + 2 * hidden * kv + 3 * hidden * config["intermediate_size"]
    head = hidden * config["vocab_size"]
    passes = {"lora": 2, "full": 3}[method]
    weights = 2 * rows * length * (layers * block * (passes + recompute) + head * passes)
    scores = 2 * rows * heads * length * length / 2 * width * layers
    return weights + scores * (7 + 2 * recompute)


def main() -> None:
    model, ours, theirs = Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])
    for key in ("tokens_per_second", "peak_memory_bytes"):
        print(f"{key}: {ours[key] / theirs[key]:.2f} of PEFT's")
    if "flop_per_second" not in theirs:
        return
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    rows, length = map(int, ours["batch"].split("x"))
    floor = products(config, rows, length, ours["method"], ours["recompute"]) / theirs["flop_per_second"]
    step = rows * length / ours["tokens_per_second"]
    rate = theirs["flop_per_second"] / 1e12
    print(f"floor: {1e3 * floor:.1f} ms of products at {rate:.0f} TFLOP/s, of a step of {1e3 * step:.1f} ms: {floor / step:.2f}")


if __name__ == "__main__":
    main()
