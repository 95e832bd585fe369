#!/usr/bin/env python3
"""Every method side by side: loss, time, memory, size. Standard library alone.

    benches/strategies/measure.py losses OUT.json [--host HOST] [--steps N] [--jobs N]
    benches/strategies/measure.py times OUT.json [--host HOST] [--repeats N]
    benches/strategies/measure.py laws OUT.json [--host HOST]
    benches/strategies/measure.py page LOSSES.json TIMES.json LAWS.json > tables.md

All on the small model and the text that come with the program. `losses` trains each method at three learning rates, each run on two
cores of its own; `times` takes turns, one run at a time, pinned to two cores; `laws` composes short adapters of each kind with `host
merge`. `page` prints the tables of docs/strategies.md.
"""
import argparse
import array
import concurrent.futures
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Methods with few or restrained parameters take higher rates, whole weights lower ones.
ADAPTERS, VECTORS, WEIGHTS = [1e-3, 3e-3, 1e-2], [1e-2, 3e-2, 1e-1], [2e-4, 6e-4, 2e-3]
# Name: plugins in their chain, settings, rates.
METHODS = {
    "lora": (["lora"], [], ADAPTERS),
    "lora, rslora": (["lora"], ["rslora=true"], ADAPTERS),
    "lora, LoRA+ 16": (["lora"], ["loraplus_ratio=16"], [3e-4, 1e-3, 3e-3]),
    "lora, PiSSA": (["lora"], ["init=pissa"], ADAPTERS),
    "lora, OLoRA": (["lora"], ["init=olora"], ADAPTERS),
    "rank-select + lora": (["rank-select", "lora"], ["budget=224256"], ADAPTERS),
    "dora": (["dora"], [], ADAPTERS),
    "pera": (["pera"], ["alpha=16"], ADAPTERS),
    "loha": (["loha"], [], ADAPTERS),
    "lokr": (["lokr"], [], ADAPTERS),
    "oft": (["oft"], [], ADAPTERS),
    "vera": (["vera"], [], VECTORS),
    "ia3": (["ia3"], [], VECTORS),
    "norm-tuning": (["norm-tuning"], [], VECTORS),
    "ada-lora": (["ada-lora"], ["tinit=10", "tfinal=20", "delta_t=5"], ADAPTERS),
    "relora": (["lora", "relora"], ["interval=30", "rewarm=5"], ADAPTERS),
    "full": (["full"], [], WEIGHTS),
    "layer-freeze, first 3": (["layer-freeze"], ["first=3"], WEIGHTS),
    "lisa": (["lisa"], [], WEIGHTS),
    "full + gradual-unfreeze": (["full", "gradual-unfreeze"], [], WEIGHTS),
}
# Schedules that fit into the few steps that are timed.
TIMED = {"ada-lora": ["tinit=1", "tfinal=2", "delta_t=1"], "relora": ["interval=4", "rewarm=1"]}
LAWS = {
    "lora": ("lora", ["rank=3"]),
    "rslora": ("lora", ["rank=4", "rslora=true", "alpha=4"]),
    "alphas": ("lora", ["rank=2", 'rank_pattern={"q_proj": 4}', 'alpha_pattern={"down_proj": 1}']),
    "dora": ("dora", ["rank=2"]),
    "loha": ("loha", ["rank=2"]),
    "lokr": ("lokr", ["rank=2"]),
    "vera": ("vera", ["rank=16"]),
    "ia3": ("ia3", []),
    "oft": ("oft", ["oft_block_size=8"]),
}


def run(host, name, out, steps, rate=None, cores=None, model=None, data=None, seed=0, held_out=None):
    """One run; gives its report and the seconds of its steps."""
    plugins, settings, _ = METHODS.get(name) or ([LAWS[name][0]], LAWS[name][1], None)
    command = [host, "run", "--json", "--steps", str(steps), "--seed", str(seed), "--out", str(out), "--overwrite"]
    for plugin in plugins:
        command += ["--strategy", str(ROOT / f"plugins/{plugin}.wasm")]
    for setting in (TIMED.get(name, settings) if held_out else settings):
        command += ["--set", setting]
    if rate is not None:
        command += ["--learning-rate", str(rate)]
    if model is not None:
        command += ["--model", str(model), "--data", str(data), "--max-length", "48"]
    if held_out is not None:
        command += ["--eval", held_out]
    if cores is not None:
        command = ["taskset", "-c", cores] + command
    environment = dict(os.environ, RAYON_NUM_THREADS="2")
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{name}: {done.stderr.strip() or done.stdout.strip()}")
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return lines[-1], [line["seconds"] for line in lines if line.get("event") == "step"]


def size(report):
    folder = Path(report["result"])
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def losses(arguments):
    free = [f"{2 * job},{2 * job + 1}" for job in range(arguments.jobs)]
    results = {name: {"runs": []} for name in METHODS}

    def one(name, rate, out):
        cores = free.pop()
        try:
            report, _ = run(arguments.host, name, out / f"{name}-{rate}", arguments.steps, rate, cores)
        finally:
            free.append(cores)
        return name, rate, report, size(report)

    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        wanted = [(name, rate, Path(folder)) for name, (_, _, rates) in METHODS.items() for rate in rates]
        for name, rate, report, bytes_of_result in pool.map(lambda job: one(*job), wanted):
            results[name]["runs"].append({"rate": rate, "loss": report["eval_loss"]["last"]})
            results[name].update(trainable=report["trainable_parameters"], bytes=bytes_of_result,
                                 base_loss=report["eval_loss"]["first"], result=Path(report["result"]).name)
    return {"steps": arguments.steps, "methods": results}


def times(arguments):
    results = {name: {"step": [], "peak": []} for name in METHODS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.repeats):
            for name in METHODS:
                # The evaluation is not timed, so it may be short; the first steps fill caches.
                report, seconds = run(arguments.host, name, Path(folder) / name, 9, cores="0,1", held_out="0.0005")
                steady = sorted(seconds[2:])
                results[name]["step"].append(steady[len(steady) // 2])
                results[name]["peak"].append(report["peak_memory_bytes"])
    return {"repeats": arguments.repeats, "methods": results}


def weights(folder):
    """The values of a model's safetensors file, by name, as floats."""
    data = (Path(folder) / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        raw = data[8 + length + start : 8 + length + end]
        if entry["dtype"] == "BF16":
            # The upper half of binary32.
            raw = b"".join(b"\0\0" + raw[i : i + 2] for i in range(0, len(raw), 2))
        found[name] = array.array("f", raw)
    return found


def apart(a, b, scale):
    return max(abs(x - y) for name in a for x, y in zip(a[name], b[name])) / scale


def largest(a):
    return max(abs(x) for values in a.values() for x in values)


def laws(arguments):
    model = ROOT / "tests/golden/curve/models/llama"
    data = ROOT / "tests/golden/curve/austen-200.jsonl"
    base = weights(model)
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)

        def merged(sources, composer=None):
            out = folder / "merged"
            paths, given = [str(path) for path, _ in sources], ",".join(str(weight) for _, weight in sources)
            command = [arguments.host, "merge", *paths, "--weights", given, "--model", str(model), "--dtype", "f32",
                       "--overwrite", "--out", str(out)]
            if composer:
                command += ["--composer", str(ROOT / f"plugins/{composer}.wasm")]
            subprocess.run(command, check=True, capture_output=True)
            return weights(out)

        for kind in LAWS:
            a, b = (Path(run(arguments.host, kind, folder / f"{kind}-{seed}", 5, 0.02, None, model, data, seed)[0]["result"])
                    for seed in (1, 2))
            one, two = merged([(a, 1)]), merged([(b, 1)])
            delta = {name: [x - y for x, y in zip(one[name], base[name])] for name in one}
            scale = largest(delta)
            expected = {n: [w + 0.3 * (x - w) + 0.7 * (y - w) for w, x, y in zip(base[n], one[n], two[n])] for n in one}
            both = merged([(a, 0.3), (b, 0.7)])
            merged([(a, 1)])
            (folder / "merged").rename(folder / f"{kind}-whole")
            back = merged([(folder / f"{kind}-whole", 1), (a, -1)])
            results[kind] = {
                "identity": apart(merged([(a, 1)], "linear"), one, scale),
                "linear": apart(both, expected, scale),
                "order": apart(both, merged([(b, 0.7), (a, 0.3)]), scale),
                "unmerge": apart(back, base, scale),
            }
    return results


def lines_of(plugins):
    files = [file for plugin in plugins for file in (ROOT / "plugins" / plugin / "src").glob("*.rs") if file.name != "tests.rs"]
    return sum(len(file.read_text().splitlines()) for file in files)


def agreement(name):
    tested = (ROOT / "tests/strategies.rs").read_text()
    plugin = METHODS[name][0][-1]
    if name == "full":
        return "yes (Trainer)"
    if name in ("lora", "lora, rslora", "lora, PiSSA", "lora, OLoRA") or re.search(rf'"{plugin}", r?#?"', tested) or plugin == "ada-lora":
        return "yes"
    return "not in PEFT" if plugin in ("pera", "lisa", "relora", "gradual-unfreeze", "layer-freeze") else "no golden file"


def page(arguments):
    loss, time, law = (json.loads(Path(path).read_text()) for path in arguments.results)
    reference = time["methods"]["lora"]
    ratio = lambda a, b: sorted(x / y for x, y in zip(a, b))[len(a) // 2]
    print("| method | trains | lines | step | memory | eval loss | at rate | result | tested against PEFT |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, (plugins, _, _) in METHODS.items():
        measured, timed = loss["methods"][name], time["methods"][name]
        best = min(measured["runs"], key=lambda r: r["loss"])
        step, memory = ratio(timed["step"], reference["step"]), ratio(timed["peak"], reference["peak"])
        bytes_of_result = f"{measured['bytes'] / 1e6:.2f} MB {measured['result']}"
        print(f"| {name} | {measured['trainable']:,} | {lines_of(plugins)} | {step:.2f} × | {memory:.2f} × | {best['loss']:.4f} "
              f"| {best['rate']:g} | {bytes_of_result} | {agreement(name)} |")
    theirs = json.loads((ROOT / "tests/golden/laws.json").read_text())
    print(f"\nbase: {loss['methods']['lora']['base_loss']:.4f}; {loss['steps']} steps\n")
    print("| kind | `[a], [1]`: PEFT | ours | `[a, b], [0.3, 0.7]`: PEFT, best of its ways | ours | order: ours | merged in and out again: ours |")
    print("|---|---|---|---|---|---|---|")
    for kind, ours in law.items():
        peft = theirs["composition"].get(kind, {})
        number = lambda value: value if isinstance(value, str) else f"{value:.1e}"
        identity = peft.get("identity", "refused")
        linear = peft.get("linear", "refused")
        linear = min((v for v in linear.values() if not isinstance(v, (str, dict))), default="refused") if isinstance(linear, dict) else linear
        identity = "refused" if isinstance(identity, (dict, str)) else identity
        row = [number(identity), number(ours["identity"]), number("refused" if isinstance(linear, str) else linear)]
        row += [number(ours[key]) for key in ("linear", "order", "unmerge")]
        print(f"| {kind} | " + " | ".join(row) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["losses", "times", "laws", "page"])
    parser.add_argument("results", nargs="+", help="file to write, or for the page the three to read")
    parser.add_argument("--host", default=str(ROOT / "target/release/host"))
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--jobs", type=int, default=1, help="runs at once, each on two cores")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.what == "page":
        return page(arguments)
    result = {"losses": losses, "times": times, "laws": laws}[arguments.what](arguments)
    Path(arguments.results[0]).write_text(json.dumps(result, indent=1) + "\n")


main()
