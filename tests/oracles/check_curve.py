"""Whether the host's training follows a golden curve: the same model, data, order, settings and initial adapter.

    python tests/oracles/check_curve.py target/release/host SMOLLM2 tests/golden/curve/smollm2/curve.json OUT/initial

OUT/initial is what curve.py wrote with the golden curve; leave it out for a curve of full fine-tuning. Prints the largest
and mean differences, and fails where a loss or gradient norm is off by more than --tolerance of its value. `tests/parity.rs` checks
the small model's curves without Python; this is for models that are not in the repository.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def flags(settings: dict) -> list[str]:
    lora = ["--set", f"rank={settings['rank']}", "--set", f"alpha={settings['alpha']}"] if settings["method"] == "lora" else []
    return [
        *("--strategy", str(ROOT / f"plugins/{settings['method']}.wasm")),
        *lora,
        *("--data", str(ROOT / "tests/golden/curve" / settings["data"]), "--no-shuffle", "--eval", "0"),
        *("--max-length", str(settings["max_length"]), "--steps", str(settings["steps"])),
        *("--batch-size", str(settings["batch_size"]), "--gradient-accumulation", str(settings["accumulation"])),
        *("--learning-rate", str(settings["lr"]), "--schedule", "cosine", "--warmup-steps", str(settings["warmup_steps"])),
        *("--weight-decay", str(settings["weight_decay"]), "--max-grad-norm", str(settings["max_grad_norm"])),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("curve", type=Path)
    parser.add_argument("initial", type=Path, nargs="?")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--keep", metavar="DIR", type=Path, help="where to leave the host's run; its metrics.jsonl has each step")
    parser.add_argument("--device", default="cpu", help="the host's: cpu or cuda:0")
    arguments = parser.parse_args()

    golden = json.loads(arguments.curve.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.keep or Path(scratch) / "run"
        adapter = ["--adapter", str(arguments.initial)] if arguments.initial else []
        command = [str(arguments.host), "run", "--model", str(arguments.model), "--out", str(out), *adapter]
        command += ["--device", arguments.device]
        subprocess.run([*command, *flags(golden["settings"])], check=True, stdout=subprocess.DEVNULL)
        lines = (out / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    ours = [event for event in map(json.loads, lines) if event["event"] == "step"]
    assert len(ours) == len(golden["steps"]), f"{len(ours)} steps, not {len(golden['steps'])}"

    worst, sums = {}, {}
    for mine, theirs in zip(ours, golden["steps"]):
        for name, key in (("loss", "loss"), ("grad_norm", "grad_norm"), ("learning_rate", "lr")):
            off = abs(mine[name] - theirs[key])
            sums[name] = sums.get(name, 0.0) + mine[name] - theirs[key]
            found = (off / max(abs(theirs[key]), 1e-12), off, theirs["step"], mine[name], theirs[key])
            worst[name] = max(worst.get(name, (0.0,)), found)
    for name, (relative, absolute, step, own, other) in worst.items():
        mean = sums[name] / len(ours)
        where = f"in step {step}: {own:.4g}, theirs {other:.4g}"
        print(f"{name}: largest difference {absolute:.2e}, {relative:.2e} of the value, {where}; mean {mean:+.2e}")
    tail = len(ours) // 10 or 1
    last = [sum(step["loss"] for step in curve[-tail:]) / tail for curve in (ours, golden["steps"])]
    print(f"mean loss of the last {tail} steps: {last[0]:.4f}, theirs {last[1]:.4f}")
    assert all(found[0] <= arguments.tolerance for found in worst.values()), "the host does not follow the curve"


if __name__ == "__main__":
    main()
