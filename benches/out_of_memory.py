"""An update that a GPU has too little memory for: the host says what to change and what that takes, and with each change it runs.

    python3 benches/out_of_memory.py HOST [--device cuda:0] [--size large] [--batch 128] [--length 1024] [--cache MODELS]

Needs Python's standard library alone. The model is made with random weights (random_models.py). Prints what the host said, and of each
proposal whether a run with it came through. Ends with an error where the batch fits after all, nothing is proposed, or a proposal fails.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import memory_grid
import random_models


def replaced(flags: list, proposed: list) -> list:
    """The flags, with those that are proposed in the place of what they had; each has a value."""
    for flag, value in zip(proposed[::2], proposed[1::2]):
        if flag in flags:
            flags = [*flags[: flags.index(flag)], *flags[flags.index(flag) + 2 :]]
        flags = [*flags, flag, value]
    return flags


def run(host: Path, flags: list) -> str | None:
    """What a run says that fails; none of one that comes through."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            memory_grid.call([host, "run", *flags, "--out", Path(scratch) / "run"], dict(os.environ))
        except RuntimeError as error:
            return str(error)
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--size", choices=random_models.SIZES, default="large")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--length", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=memory_grid.CACHE, help="of the model")
    arguments = parser.parse_args()
    cell = {"model": "llama", "strategy": "lora", "batch": arguments.batch, "length": arguments.length, "recompute": "none"}
    with tempfile.TemporaryDirectory() as scratch:
        model = random_models.write(arguments.cache, "llama", arguments.size)
        flags = memory_grid.flags(cell, model, memory_grid.text(Path(scratch), labelled=False), arguments)
        failed = run(arguments.host, flags)
        print(failed or "the batch fits: take a larger --batch", flush=True)
        _, _, said = (failed or "").rpartition("ran out of memory")
        proposals = [match.split() for match in re.findall(r"`(--[^`]+)` would need", said)]
        outcomes = [run(arguments.host, replaced(flags, proposed)) for proposed in proposals]
    for proposed, outcome in zip(proposals, outcomes):
        print(" ".join(proposed), f"fails: {outcome}" if outcome else "runs")
    sys.exit(0 if outcomes and not any(outcomes) else 1)


if __name__ == "__main__":
    main()
