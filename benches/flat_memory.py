"""Whether a long run's memory stays flat.

    python benches/flat_memory.py HOST [--steps 10000] [--most 1.0]

HOST is the binary. It trains the model of examples/default on short rows, with everything that a long run does: LoRA with dropout, a
controller that is asked after every update and folds the adapters into the base now and then, evaluations, checkpoints. At two hundred
places of the run /proc says what the process holds (VmRSS). A line through what it held after a tenth of the run, by least squares,
must not rise by more than `--most` percent of its mean up to the end.

Prints a line of JSON; exits with 1 where memory grows. Linux only.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = 200


def command(host: Path, steps: int, text: Path, out: Path) -> list:
    run = [host, "run", "--json", "--model", ROOT / "examples/default/model", "--data", text, "--format", "text", "--out", out]
    run += ["--strategy", ROOT / "plugins/lora.wasm", "--strategy", ROOT / "plugins/relora.wasm"]
    run += ["--set", "rank=4", "--set", "dropout=0.1", "--set", "target_modules=[\"q_proj\",\"v_proj\"]"]
    run += ["--set", f"interval={max(steps // 8, 20)}", "--set", "rewarm=10"]
    run += ["--batch-size", "1", "--max-length", "16", "--steps", str(steps), "--learning-rate", "1e-4"]
    return [*run, "--eval", "0.02", "--eval-every", str(max(steps // 20, 1)), "--checkpoint-every", str(max(steps // 5, 1))]


def resident(process: int) -> int:
    """Bytes that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def watch(process: subprocess.Popen, every: int) -> tuple[dict[int, int], int]:
    """What it holds after each so many updates, and how many evaluations it made."""
    held, evaluations = {}, 0
    for event in map(json.loads, process.stdout):
        # The last line is the report, which is no event.
        kind = event.get("event")
        evaluations += kind == "evaluation"
        if kind == "step" and event["step"] % every == 0:
            held[event["step"]] = resident(process.pid)
    return held, evaluations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--most", type=float, default=1.0, help="percent")
    arguments = parser.parse_args()
    steps = arguments.steps
    if steps % PLACES:
        parser.error(f"--steps has to be a multiple of {PLACES}")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        text = Path(scratch) / "text.txt"
        lines = (ROOT / "examples/default/austen.txt").read_text().splitlines(keepends=True)
        text.write_text("".join(lines[:2000]))
        process = subprocess.Popen(command(arguments.host, steps, text, Path(scratch) / "run"), stdout=subprocess.PIPE, text=True)
        held, evaluations = watch(process, steps // PLACES)
        if process.wait() != 0:
            sys.exit(f"flat_memory.py: the run failed with {process.returncode}")
    if len(held) != PLACES:
        sys.exit(f"flat_memory.py: the run told of {len(held)} of {PLACES} places")
    after = {step: held for step, held in held.items() if step >= steps // 10}
    mean = statistics.mean(after.values())
    growth = 100 * statistics.linear_regression(list(after), list(after.values())).slope * (steps - steps // 10) / mean
    result = {
        "steps": max(held),
        "evaluations": evaluations,
        "seconds": round(time.monotonic() - start, 1),
        "rss_mib": {step: round(held[step] / 2**20, 2) for step in range(steps // 10, steps + 1, steps // 10)},
        "growth_percent": round(growth, 3),
        "flat": growth <= arguments.most,
    }
    print(json.dumps(result))
    if not result["flat"]:
        sys.exit(f"flat_memory.py: memory grows by {growth:.2f} %, more than {arguments.most} %")


if __name__ == "__main__":
    main()
