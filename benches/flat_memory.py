"""Whether a long run's memory stays flat.

    python benches/flat_memory.py HOST [--steps 10000] [--most 1.0]

HOST is the binary. It trains the model of examples/default on short rows, with everything that a long run does: LoRA with dropout, a
controller that is asked after every update and folds the adapters into the base now and then, evaluations, checkpoints. /proc says what
the process holds (VmRSS), five times a second. A line through what it held after a tenth of the run, by least squares, must not rise by
more than `--most` percent of its mean up to the end. One percent of the 95 MiB that this run takes is 110 bytes for each of 9000
updates: less than a row of the smallest tensor would take if it were kept, and more than an allocator's ups and downs make over the whole run.

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
INTERVAL = 0.2


def command(host: Path, steps: int, text: Path, out: Path) -> list:
    run = [host, "run", "--json", "--model", ROOT / "examples/default/model", "--data", text, "--format", "text", "--out", out]
    run += ["--strategy", ROOT / "plugins/lora.wasm", "--strategy", ROOT / "plugins/relora.wasm"]
    run += ["--set", "rank=4", "--set", "dropout=0.1", "--set", "target_modules=[\"q_proj\",\"v_proj\"]"]
    run += ["--set", f"interval={max(steps // 8, 20)}", "--set", "rewarm=10"]
    run += ["--batch-size", "1", "--max-length", "16", "--steps", str(steps), "--learning-rate", "1e-4"]
    return [*run, "--eval", "0.02", "--eval-every", str(max(steps // 20, 1)), "--checkpoint-every", str(max(steps // 5, 1))]


def resident(process: int) -> int | None:
    """Bytes that the process holds; none where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    held = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(held[0]) * 1024 if held else None


def watch(process: subprocess.Popen, metrics: Path) -> list[tuple[float, int]]:
    """What it held from its first update on, with the seconds since then."""
    samples, start = [], None
    while process.poll() is None:
        held = resident(process.pid)
        if start is None and metrics.exists() and '"step"' in metrics.read_text():
            start = time.monotonic()
        if start is not None and held is not None:
            samples.append((time.monotonic() - start, held))
        time.sleep(INTERVAL)
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--most", type=float, default=1.0, help="percent")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        text, out, log = Path(scratch) / "text.txt", Path(scratch) / "run", Path(scratch) / "log"
        lines = (ROOT / "examples/default/austen.txt").read_text().splitlines(keepends=True)
        text.write_text("".join(lines[:2000]))
        with log.open("w") as output:
            process = subprocess.Popen(command(arguments.host, arguments.steps, text, out), stdout=output)
            samples = watch(process, out / "metrics.jsonl")
        if process.returncode != 0:
            sys.exit(f"flat_memory.py: the run failed with {process.returncode}: {log.read_text()[-500:]}")
        events = [json.loads(line)["event"] for line in (out / "metrics.jsonl").read_text().splitlines()]
    if len(samples) < 50:
        sys.exit(f"flat_memory.py: {len(samples)} samples are too few; take more steps")
    after = [sample for sample in samples if sample[0] >= 0.1 * samples[-1][0]]
    seconds, held = zip(*after)
    slope = statistics.linear_regression(seconds, held).slope
    growth = 100 * slope * (seconds[-1] - seconds[0]) / statistics.mean(held)
    mebibytes = lambda value: round(value / 2**20, 2)
    result = {
        "steps": events.count("step"),
        "evaluations": events.count("evaluation"),
        "seconds": round(samples[-1][0], 1),
        "rss_mib": {"after_a_tenth": mebibytes(held[0]), "mean": mebibytes(statistics.mean(held)), "end": mebibytes(held[-1])},
        "growth_percent": round(growth, 3),
    }
    print(json.dumps(result))
    if growth > arguments.most:
        sys.exit(f"flat_memory.py: memory grows by {growth:.2f} %, more than {arguments.most} %")


if __name__ == "__main__":
    main()
