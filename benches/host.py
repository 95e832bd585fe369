"""Training speed and memory of the host as one line of JSON; the same work as peft_train.py.

    python benches/host.py HOST MODEL_DIR TEXT [--device cpu|cuda:0] [--method lora|full] [--batch 8x1024] [--steps 20] [--recompute]

HOST is the binary, for a GPU built with --features cuda. It computes in the checkpoint's bf16 on a GPU and in f32 on the CPU. Steps are
timed by the host, in metrics.jsonl.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import memory
import work

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
SETTINGS = {"lora": ["--set", "rank=16", "--set", "alpha=32"], "full": []}


def command(arguments: argparse.Namespace, out: Path) -> list:
    run = [arguments.host, "run", "--json", "--device", arguments.device, "--strategy", PLUGINS / f"{arguments.method}.wasm"]
    run += SETTINGS[arguments.method]
    run += ["--model", arguments.model, "--data", arguments.text, "--format", "text", "--no-shuffle", "--eval", "0"]
    run += ["--batch-size", str(arguments.rows), "--max-length", str(arguments.length), "--steps", str(arguments.steps)]
    run += ["--learning-rate", "1e-4", "--schedule", "constant", "--warmup-steps", "0", "--out", out]
    return [*run, "--recompute", "block" if arguments.recompute else "none"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    arguments = work.arguments(parser)
    environment = os.environ | {"RAYON_NUM_THREADS": str(arguments.threads)} if arguments.device == "cpu" else None
    with tempfile.TemporaryDirectory() as scratch:
        out, start = Path(scratch) / "run", time.perf_counter()
        with memory.peak(arguments.device, resource.RUSAGE_CHILDREN) as peak:
            printed = subprocess.run(command(arguments, out), env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
        total = time.perf_counter() - start
        events = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    version = subprocess.run([arguments.host, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    steps = [event for event in events if event["event"] == "step"]
    result = {
        "program": version.strip(),
        **work.described(arguments),
        "trainable_parameters": json.loads(printed.splitlines()[-1])["trainable_parameters"],
        "tokens_per_second": statistics.median(step["tokens"] / step["seconds"] for step in steps[arguments.warm_up :]),
        "peak_memory_bytes": peak.bytes,
        "loss": {"first": steps[0]["loss"], "last": steps[-1]["loss"]},
        "seconds": {"first_step": steps[0]["seconds"], "all": total},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
