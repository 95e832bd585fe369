"""Golden merges of three tensors with mergekit: f32, on one thread of the CPU.

    python tests/oracles/composers.py

Needs an environment of its own (requirements-mergekit.txt). Writes tests/golden/composers.safetensors: the inputs `base`, `a`,
`b`, `c`, `near` f32 [24, 16] and the result of each case under its name; and tests/golden/composers.json, of each case the
`method`, the `inputs`, the `base`, the `weights` by input and the other `parameters`, those at mergekit's defaults too; under
`facts`, what mergekit's own code was seen to do.

`a`, `b` and `c` are `base` and a delta. That of `b` has exact zeros, and values of the same magnitude and of either sign, so
that the cuts below go through ties; `near` is `a` and very little. Every operation on the deltas is on the differences of the
tensors as they are stored: in f32 they are not the deltas that were added, and ties of those are ties no more. So `base` and
the deltas are multiples of 2^-10, and the differences exact.
"""

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from golden_file import save_json, save_tensors
from mergekit import merge_methods
from mergekit.merge_methods.api import merge_tensors
from mergekit.merge_methods.generalized_task_arithmetic import get_mask
from mergekit.sparsify import RescaleNorm, bernoulli, magnitude, magnitude_outliers

GOLDEN = Path("tests/golden")
SHAPE = (24, 16)
UNIT = 2.0**-10
MIXED = {"a": 0.7, "b": 0.5, "c": -0.3}
POSITIVE = {"a": 0.7, "b": 0.5, "c": 0.3}
# a and b cancel where they are equal, and the weights sum to nothing.
CANCELLING = {"a": 0.5, "b": -0.5}
