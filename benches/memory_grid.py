"""The estimate of `host check` beside the measured peak of `host run`, over models, strategies, batches, lengths and recompute.

    python3 benches/memory_grid.py HOST [--device cpu|cuda:0] [--size small] [--models llama gpt2 …] [--strategies lora full …]
        [--batches 1 4 16] [--lengths 64 256 1024] [--recompute none block] [--most GIB] [--out RESULTS.json]

Needs Python's standard library alone, and nvidia-smi for a GPU. Models are made with random weights (random_models.py). Every cell is a
process of its own: an estimate, then a run of a few updates without evaluation. On the CPU the peak is the largest resident set of the
process (VmHWM), on a GPU what the driver counts while it runs, over what was in use before. Cells whose estimate is above --most GiB are
left out. Prints a line for each cell and, with --out, writes all as JSON. Ends with an error where an estimate is off by more than 10 %.
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import memory
import random_models

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {"lora": {"rank": 16}, "dora": {"rank": 16}, "lokr": {}, "oft": {}, "full": {}}
ALLOWED = 0.10
CACHE = Path(tempfile.gettempdir()) / "graftwork-random-models"


def text(folder: Path, labelled: bool) -> Path:
    """A text that fills rows of any length; or texts that do, with labels."""
    source = (ROOT / "examples/default/austen.txt").read_text(encoding="utf-8")
    path = folder / ("labelled.jsonl" if labelled else "plain.txt")
    if labelled:
        pieces = [source[at : at + 12000] for at in range(0, 12000 * 48, 12000)]
        lines = (json.dumps({"text": piece, "label": "odd" if at % 2 else "even"}) for at, piece in enumerate(pieces))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        path.write_text(source[:800_000], encoding="utf-8")
    return path


def flags(cell: dict, model: Path, data: Path, arguments: argparse.Namespace) -> list:
    found = ["--json", "--device", arguments.device, "--model", model, "--data", data, "--eval", "0", "--no-shuffle"]
    found += ["--strategy", ROOT / "plugins" / f"{cell['strategy']}.wasm"]
    for key, value in SETTINGS.get(cell["strategy"], {}).items():
        found += ["--set", f"{key}={value}"]
    found += [] if cell["model"] == "bert" else ["--format", "text"]
    found += ["--batch-size", str(cell["batch"]), "--max-length", str(cell["length"]), "--steps", str(arguments.steps)]
    return [*found, "--recompute", cell["recompute"], "--schedule", "constant", "--learning-rate", "1e-5"]


def call(command: list, environment: dict) -> dict:
    """The last line of what the host prints, as JSON."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    last = json.loads((done.stdout.splitlines() or ["{}"])[-1])
    if done.returncode != 0:
        raise RuntimeError(last.get("error") or done.stderr.strip() or f"{command[1]} ended with {done.returncode}")
    return last


def measure(cell: dict, model: Path, data: Path, arguments: argparse.Namespace) -> dict:
    environment = os.environ | {"RAYON_NUM_THREADS": str(arguments.threads)}
    given = flags(cell, model, data, arguments)
    checked = call([arguments.host, "check", *given], environment)
    found = cell | {"estimate": checked["memory"]["total"], "parts": checked["memory"]}
    if found["estimate"] > arguments.most * (1 << 30):
        return found | {"left_out": True}
    with tempfile.TemporaryDirectory() as scratch, memory.peak(arguments.device, resource.RUSAGE_CHILDREN) as peak:
        report = call([arguments.host, "run", *given, "--out", Path(scratch) / "run"], environment)
    # Of the children that were waited for the kernel keeps the largest; each says its own.
    found["peak"] = report["peak_memory_bytes"] if arguments.device == "cpu" else peak.bytes
    return found | {"ratio": found["estimate"] / found["peak"], "seconds": report["seconds"]}


def line(found: dict) -> str:
    name = f"{found['model']:8} {found['strategy']:5} {found['batch']:3} x {found['length']:<5} {found['recompute']:6}"
    mib = lambda key: f"{found[key] / (1 << 20):8.0f} MiB"
    if "error" in found:
        return f"{name} {found['error']}"
    if "left_out" in found:
        return f"{name} {mib('estimate')}  left out"
    off = "" if abs(found["ratio"] - 1) <= ALLOWED else "  <-"
    return f"{name} {mib('estimate')} {mib('peak')}  {found['ratio']:.3f}{off}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--size", choices=random_models.SIZES, default="small")
    parser.add_argument("--models", nargs="+", choices=random_models.MODELS, default=list(random_models.MODELS))
    parser.add_argument("--strategies", nargs="+", default=["lora", "dora", "lokr", "full"])
    parser.add_argument("--batches", nargs="+", type=int, default=[1, 4, 16])
    parser.add_argument("--lengths", nargs="+", type=int, default=[64, 256, 1024])
    parser.add_argument("--recompute", nargs="+", choices=("none", "block"), default=["none", "block"])
    parser.add_argument("--most", type=float, default=4.0, metavar="GIB")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2, help="on the CPU")
    parser.add_argument("--cache", type=Path, default=CACHE, help="of the models")
    parser.add_argument("--out", type=Path, help="a file for the results as JSON")
    arguments = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        data = {labelled: text(Path(scratch), labelled) for labelled in (False, True)}
        axes = (arguments.models, arguments.strategies, arguments.batches, arguments.lengths, arguments.recompute)
        for cell in itertools.product(*axes):
            cell = dict(zip(("model", "strategy", "batch", "length", "recompute"), cell))
            model = random_models.write(arguments.cache, cell["model"], arguments.size)
            try:
                results.append(measure(cell, model, data[cell["model"] == "bert"], arguments))
            except RuntimeError as error:
                results.append(cell | {"error": str(error)})
            print(line(results[-1]), flush=True)
            if arguments.out:
                arguments.out.write_text(json.dumps({"device": arguments.device, "size": arguments.size, "cells": results}, indent=1))
    ratios = [found["ratio"] for found in results if "ratio" in found]
    failed = [found for found in results if "error" in found or abs(found.get("ratio", 1) - 1) > ALLOWED]
    if ratios:
        print(f"{len(ratios)} cells, estimate / peak {min(ratios):.3f} to {max(ratios):.3f}; {len(failed)} off by more than {ALLOWED:.0%}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
