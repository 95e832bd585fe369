"""How two folders of golden files differ, file by file.

    python tests/oracles/compare_golden.py tests/golden OTHER [--without PATH ...]

A file is equal to the last byte, or it says by how much its numbers differ: of safetensors and JSON the largest absolute
difference, and that relative to the largest number of the tensor, or to the number. Versions in JSON do not count. Fails on a
file that only one folder has, on tensors or keys that do not match, on texts that differ, and on numbers that differ by more
than --tolerance of the largest. PATH, from OTHER, is what was not made there.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

VERSIONS = ("versions", "transformers_version", "peft_version")


class Unlike(Exception):
    """The two are no versions of one file."""


def tensors(ours: Path, theirs: Path) -> Iterator[tuple[float, float]]:
    left, right = load_file(ours), load_file(theirs)
    if left.keys() != right.keys():
        raise Unlike(f"tensors of one alone: {sorted(left.keys() ^ right.keys())}")
    # Beside this, a tensor is nothing but rounding, as the gradient by a bias of keys is.
    nothing = 1e-2 * max((value.abs().max().item() for value in left.values() if value.is_floating_point()), default=0)
    for name, value in left.items():
        other = right[name]
        if (value.shape, value.dtype) != (other.shape, other.dtype):
            raise Unlike(f"{name} is {value.dtype} {list(value.shape)} and {other.dtype} {list(other.shape)}")
        absolute = (value.double() - other.double()).abs().max().item()
        yield absolute, absolute / max(value.abs().max().item(), nothing, 1e-30)


def values(ours: Any, theirs: Any, path: str = "") -> Iterator[tuple[float, float]]:
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        for key in ours.keys() - set(VERSIONS):
            yield from values(ours[key], theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs)):
            yield from values(one, other, f"{path}[{index}]")
    elif isinstance(ours, float) and isinstance(theirs, float):
        yield abs(ours - theirs), abs(ours - theirs) / max(abs(ours), 1e-30)
    elif ours != theirs:
        raise Unlike(f"{path[1:]} is {ours!r} and {theirs!r}"[:200])


def verdict(ours: Path, theirs: Path, tolerance: float) -> tuple[bool, str]:
    """Whether the two are alike, and in which words."""
    if ours.read_bytes() == theirs.read_bytes():
        return True, "equal"
    try:
        if ours.suffix == ".safetensors":
            found = list(tensors(ours, theirs))
        elif ours.suffix == ".json":
            found = list(values(*(json.loads(path.read_text(encoding="utf-8")) for path in (ours, theirs))))
        else:
            raise Unlike("other bytes")
    except Unlike as unlike:
        return False, f"DIFFERS: {unlike}"
    absolute, relative = max((pair[0] for pair in found), default=0.0), max((pair[1] for pair in found), default=0.0)
    if absolute == 0:
        return True, "equal values, other bytes"
    # Not `>`: a NaN must fail.
    alike = all(pair[1] <= tolerance for pair in found)
    return alike, f"{'differs' if alike else 'DIFFERS'} by {absolute:.1e}, {relative:.1e} relative"


def files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", type=Path)
    parser.add_argument("theirs", type=Path)
    parser.add_argument("--without", metavar="PATH", type=Path, nargs="*", default=[])
    parser.add_argument("--tolerance", type=float, default=1e-4)
    arguments = parser.parse_args()

    left, right = files(arguments.ours), files(arguments.theirs)
    skipped = {path for path in left for without in arguments.without if path == without or without in path.parents}
    failed, counts = 0, {}
    for path in sorted(left | right):
        if path in skipped:
            alike, words = True, "not made"
        elif path not in left or path not in right:
            alike, words = False, f"ONLY in {arguments.ours if path in left else arguments.theirs}"
        else:
            alike, words = verdict(arguments.ours / path, arguments.theirs / path, arguments.tolerance)
        failed += not alike
        kind = words.partition(" by ")[0].partition(":")[0]
        counts[kind] = counts.get(kind, 0) + 1
        print(f"{path}: {words}")
    print(f"\n{len(left | right)} files: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    if failed:
        raise SystemExit(f"{failed} files are not alike")


if __name__ == "__main__":
    main()
