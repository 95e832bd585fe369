"""Training speed and memory of the host on the CPU, in f32, as one line of JSON; the same work as cpu_peft.py.

    python benches/cpu_host.py HOST MODEL_DIR TEXT [--method lora|full] [--batch 2x128] [--steps 12] [--threads 2]

HOST is the binary. Steps are timed by the host, in metrics.jsonl; peak memory is what the kernel says of the process.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
from pathlib import Path

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
SETTINGS = {"lora": ["--set", "rank=16", "--set", "alpha=32"], "full": []}


def run(arguments: argparse.Namespace, out: Path) -> tuple[dict, list[dict]]:
    """The run's summary and its steps."""
    rows, length = arguments.batch.split("x")
    command = [arguments.host, "run", "--json", "--strategy", PLUGINS / f"{arguments.method}.wasm"]
    command += SETTINGS[arguments.method]
    command += ["--model", arguments.model, "--data", arguments.text, "--format", "text", "--no-shuffle", "--eval", "0"]
    command += ["--batch-size", rows, "--max-length", length, "--steps", str(arguments.steps)]
    command += ["--learning-rate", "1e-4", "--schedule", "constant", "--warmup-steps", "0", "--out", out]
    environment = os.environ | {"RAYON_NUM_THREADS": str(arguments.threads)}
    printed = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = (out / "metrics.jsonl").read_text().splitlines()
    steps = [event for event in map(json.loads, lines) if event["event"] == "step"]
    return json.loads(printed.splitlines()[-1]), steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--method", choices=("lora", "full"), default="lora")
    parser.add_argument("--batch", default="2x128", metavar="ROWSxTOKENS")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        summary, steps = run(arguments, Path(scratch) / "run")
    version = subprocess.run([arguments.host, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    timed = steps[arguments.warm_up :]
    result = {
        "program": version.strip(),
        "method": arguments.method,
        "batch": arguments.batch,
        "threads": arguments.threads,
        "trainable_parameters": summary["trainable_parameters"],
        "tokens_per_second": statistics.median(step["tokens"] / step["seconds"] for step in timed),
        # Linux counts it in KiB.
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
        "loss": {"first": steps[0]["loss"], "last": steps[-1]["loss"]},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
