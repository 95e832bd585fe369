"""Learning rates of full fine-tuning and of LoRA at several ranks, on the model and the text that come with the program.

    python benches/known_result/sweep.py target/release/host OUT.csv [--jobs N] [--seconds S]

Appends a line to OUT.csv for every run that ends, and leaves out those that are there already: a sweep that is stopped goes on.
A run is 200 updates of 8 rows of 128 tokens, with the schedule and everything else as `host run` has it; what it is compared
by is the loss on held-out text after the last. Every run has one thread, so that N of them share N cores.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ["method", "targets", "rank", "lr", "seed", "trainable", "first", "last", "seconds"]
SEEDS = (1, 2, 3)
FULL = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2)
LORA = (1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2)
RANKS = (1, 4, 16, 64)
ATTENTION = '["q_proj","k_proj","v_proj","o_proj"]'
# Attention alone at the rank that has about as many weights as all linear layers at 16, and at 16.
ATTENTION_RANKS = (16, 40)
ATTENTION_RATES = (2e-3, 5e-3, 1e-2, 2e-2)
# From these rates on the first seed's runs end worse than the model began, and the other seeds leave them out.
TOO_HIGH = {"full": 1e-2, "lora": 2e-2}


def grid():
    """Seed by seed, so that what is there of a sweep that was stopped is whole."""
    for seed in SEEDS:
        yield from (("full", "all", 0, lr, seed) for lr in FULL)
        for rank in RANKS:
            yield from (("lora", "all-linear", rank, lr, seed) for lr in LORA)
        for rank in ATTENTION_RANKS:
            yield from (("lora", "attention", rank, lr, seed) for lr in ATTENTION_RATES)


def runs():
    for method, targets, rank, lr, seed in grid():
        if seed == SEEDS[0] or lr < TOO_HIGH[method]:
            yield method, targets, rank, lr, seed


def run(host, method, targets, rank, lr, seed):
    out = Path(tempfile.mkdtemp(prefix="known-"))
    command = [host, "--json", "run", "--strategy", ROOT / f"plugins/{method}.wasm", "--steps", "200", "--lr", str(lr),
               "--seed", str(seed), "--eval", "0.03", "--eval-every", "1000", "--max-length", "128", "--out", out / "run"]
    if method == "lora":
        command += ["--set", f"rank={rank}", "--set", "alpha=32"]
        if targets == "attention":
            command += ["--set", f"target_modules={ATTENTION}"]
    threads = {"RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=os.environ | threads)
        if done.returncode:
            return {"last": "diverged" if "is not finite" in done.stderr else f"failed: {done.stderr.strip()[-200:]}"}
        report = json.loads(done.stdout.strip().splitlines()[-1])
        loss = report["eval_loss"]
        return {"trainable": report["trainable_parameters"], "first": loss["first"], "last": loss["last"],
                "seconds": round(report["seconds"], 1)}
    finally:
        shutil.rmtree(out, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no run after so many")
    args = parser.parse_args()
    done = set()
    if args.out.exists():
        with args.out.open() as file:
            done = {tuple(row[k] for k in FIELDS[:5]) for row in csv.DictReader(file)}
    start = time.monotonic()
    with args.out.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if not done:
            writer.writeheader()

        def one(settings):
            if time.monotonic() - start > args.seconds:
                return
            row = dict(zip(FIELDS, settings)) | run(args.host.resolve(), *settings)
            writer.writerow(row)
            file.flush()

        todo = [s for s in runs() if tuple(str(v) for v in s) not in done]
        with ThreadPoolExecutor(args.jobs) as pool:
            list(pool.map(one, todo))


if __name__ == "__main__":
    main()
