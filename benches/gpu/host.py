"""Training speed and memory of the host on a GPU, in bf16, as one line of JSON; the same work as peft_train.py.

    python benches/gpu/host.py HOST MODEL_DIR TEXT [--method lora|full] [--batch 8x1024] [--steps 20] [--recompute]

HOST is the binary, built with --features cuda. Steps are timed by the host, in metrics.jsonl.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from memory import Peak

PLUGINS = Path(__file__).resolve().parent.parent.parent / "plugins"
SETTINGS = {"lora": ["--set", "rank=16", "--set", "alpha=32"], "full": []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--method", choices=("lora", "full"), default="lora")
    parser.add_argument("--batch", default="8x1024", metavar="ROWSxTOKENS")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warm-up", type=int, default=5)
    parser.add_argument("--recompute", action="store_true")
    arguments = parser.parse_args()
    rows, length = arguments.batch.split("x")
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "run"
        command = [arguments.host, "run", "--json", "--device", "cuda:0", "--strategy", PLUGINS / f"{arguments.method}.wasm"]
        command += SETTINGS[arguments.method]
        command += ["--model", arguments.model, "--data", arguments.text, "--format", "text", "--no-shuffle", "--eval", "0"]
        command += ["--batch-size", rows, "--max-length", length, "--steps", str(arguments.steps), "--out", out]
        command += ["--learning-rate", "1e-4", "--schedule", "constant", "--warmup-steps", "0"]
        command += ["--recompute", "block" if arguments.recompute else "none"]
        start = time.perf_counter()
        with Peak() as peak:
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        total = time.perf_counter() - start
        events = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    steps = [event for event in events if event["event"] == "step"]
    seconds = [step["seconds"] for step in steps]
    result = {
        "program": "host",
        "method": arguments.method,
        "batch": arguments.batch,
        "recompute": arguments.recompute,
        "tokens_per_second": int(rows) * int(length) / statistics.median(seconds[arguments.warm_up :]),
        "peak_memory_bytes": peak.bytes,
        "loss": {"first": steps[0]["loss"], "last": steps[-1]["loss"]},
        "seconds": {"first_step": seconds[0], "all": total},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
