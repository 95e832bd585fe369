"""Golden merges of tensors with mergekit: f32, on one thread of the CPU.

    python tests/oracles/composers.py

Needs an environment of its own (requirements-mergekit.txt). Writes tests/golden/composers.safetensors: the inputs, f32
[24, 16], and under the name of each case what mergekit makes of them; and tests/golden/composers.json: of each case the
`method`, the `inputs` in order, which of them is the `base`, and the `parameters`, mergekit's defaults among them; per input
they are lists in the order of the inputs without the base. `facts` are what mergekit's own code was seen to do.

`a`, `b` and `c` are `base` and a delta. That of `b` has exact zeros and few magnitudes, of either sign. All are multiples of
2^-18, so that differences from `base` are exact, and what is equal stays so. No cut goes through equal magnitudes: which of them
mergekit keeps is up to an unstable sort. `near` is `a` and very little, `opposite` is -`a`. `trim` cases are what mergekit's
sparsification makes of a delta alone.
"""

import argparse
from importlib.metadata import version
from typing import Any

import torch
from golden_file import GOLDEN, save_json, save_tensors
from mergekit import merge_methods
from mergekit.merge_methods.api import merge_tensors
from mergekit.merge_methods.base import ParameterScope
from mergekit.merge_methods.generalized_task_arithmetic import get_mask
from mergekit.sparsify import RescaleNorm, bernoulli, magnitude, magnitude_outliers
from torch import Tensor

SHAPE = (24, 16)
UNIT = 2.0**-18
MIXED = [0.7, 0.5, -0.3]
POSITIVE = [0.7, 0.5, 0.3]
WEIGHTS = {"mixed": MIXED, "positive": POSITIVE}
TASKS = ("base", "a", "b", "c")
DENSITIES = (0.2, 0.5, 1.0)
EACH = [0.3, 0.5, 0.9]
GAMMA = 0.1
# The magnitudes of b's delta, and how many it has of each.
LEVELS = {0.4: 20, 0.3: 18, 0.25: 38, 0.2: 54, 0.15: 62, 0.1: 38, 0.05: 70, 0.0: 84}


def draw() -> dict[str, Tensor]:
    torch.manual_seed(0)

    def rounded(std: float) -> Tensor:
        return (torch.randn(SHAPE) * std / UNIT).round() * UNIT

    base = rounded(0.5)
    levels = torch.cat([torch.full((count,), level) for level, count in LEVELS.items()])
    levels = levels[torch.randperm(len(levels))].reshape(SHAPE) * torch.randn(SHAPE).sign()
    coarse = (levels / UNIT).round() * UNIT
    inputs = {"base": base, "a": base + rounded(0.1), "b": base + coarse, "c": base + rounded(0.2)}
    return inputs | {"near": inputs["a"] + rounded(0.005), "opposite": -inputs["a"]}


def check_cuts(inputs: dict[str, Tensor]) -> None:
    """Fails where a cut goes through equal magnitudes."""
    for name in TASKS[1:]:
        magnitudes = (inputs[name] - inputs["base"]).abs().flatten().sort(descending=True).values
        count = len(magnitudes)
        outliers = int(GAMMA * count)
        each = EACH[TASKS.index(name) - 1]
        for cut in (outliers, int(0.5 * count) + outliers, *(int(density * count) for density in (*DENSITIES, each))):
            if cut < count and magnitudes[cut - 1] == magnitudes[cut]:
                raise SystemExit(f"{name}: the cut after {cut} values goes through equal ones")


def cases() -> dict[str, tuple[str, tuple[str, ...], dict[str, Any]]]:
    """By name: the method, the inputs and what is not a default."""
    found: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {}
    for sign, weight in WEIGHTS.items():
        for normalize in (True, False):
            suffix = f"{sign}.{'normalized' if normalize else 'plain'}"
            given = {"weight": weight, "normalize": normalize}
            found[f"linear.{suffix}"] = ("linear", TASKS[1:], given)
            found[f"task_arithmetic.{suffix}"] = ("task_arithmetic", TASKS, given)
            for density in DENSITIES:
                found[f"ties.{density}.{suffix}"] = ("ties", TASKS, given | {"density": density})
        # Nothing is dropped at a density of 1, and nothing drawn.
        for method in ("dare_linear", "dare_ties"):
            found[f"{method}.{sign}"] = (method, TASKS, {"weight": weight, "density": 1.0})
        for method in ("breadcrumbs", "breadcrumbs_ties"):
            found[f"{method}.{sign}"] = (method, TASKS, {"weight": weight, "density": 0.5, "gamma": GAMMA})
    found["ties.each"] = ("ties", TASKS, {"weight": POSITIVE, "density": EACH})
    found["ties.int8_mask"] = ("ties", TASKS, {"weight": MIXED, "density": 0.5, "int8_mask": True})
    found["ties.lambda"] = ("ties", TASKS, {"weight": MIXED, "density": 0.5, "lambda": 1.5})
    found["ties.rescale"] = ("ties", TASKS, {"weight": MIXED, "density": 0.5, "rescale": True})
    found["task_arithmetic.lambda"] = ("task_arithmetic", TASKS, {"weight": MIXED, "lambda": 1.5})
    # The weights sum to nothing.
    found["task_arithmetic.cancelling"] = ("task_arithmetic", TASKS[:3], {"weight": [0.5, -0.5], "normalize": True})
    found["ties.cancelling"] = ("ties", TASKS[:3], {"weight": [0.5, -0.5], "normalize": True})
    for other in ("b", "near", "opposite"):
        for t in (0.0, 0.3, 1.0):
            found[f"slerp.{other}.{t}"] = ("slerp", ("a", other), {"t": t})
    return found


def merged(inputs: dict[str, Tensor], method: str, names: tuple[str, ...], given: dict[str, Any]) -> tuple[Tensor, dict]:
    """The result, and what composers.json says of the case."""
    spec = merge_methods.get(method).spec
    base = names[0] if names[0] == "base" or method == "slerp" else None
    others = [name for name in names if name != base]

    def value(parameter: Any) -> Any:
        own = given.get(parameter.name, parameter.default)
        return own if parameter.scope == ParameterScope.SHARED or isinstance(own, list) else [own] * len(others)

    parameters = {parameter.name: value(parameter) for parameter in spec.parameters}
    bound = {
        parameter.name: dict(zip(others, parameters[parameter.name]))
        if parameter.scope != ParameterScope.SHARED
        else parameters[parameter.name]
        for parameter in spec.parameters
    }
    result = merge_tensors(
        [inputs[name] for name in names],
        method,
        ids=names,
        base_index=None if base is None else 0,
        parameters=bound,
    )
    return result, {"method": method, "inputs": list(names), "base": base, "parameters": parameters}


def trims(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
    deltas = {name: inputs[name] - inputs["base"] for name in ("a", "b")}
    found = {f"trim.{name}.{density}": magnitude(delta, density) for name, delta in deltas.items() for density in DENSITIES}
    found["trim.a.0.2.rescaled"] = magnitude(deltas["a"], 0.2, RescaleNorm.l1)
    return found | {f"trim_outliers.{name}.0.5": magnitude_outliers(delta, 0.5, gamma=GAMMA) for name, delta in deltas.items()}


def kept(trimmed: Tensor) -> list[int]:
    return trimmed.flatten().nonzero().flatten().tolist()


def facts(inputs: dict[str, Tensor]) -> dict[str, Any]:
    """Each is measured; the sentences say what the numbers show."""
    equal = torch.ones(400)
    delta = inputs["a"] - inputs["base"]
    torch.manual_seed(0)
    dropped = bernoulli(delta, 0.5)
    torch.manual_seed(0)
    rescaled = bernoulli(delta, 0.5, RescaleNorm.l1)
    signs = torch.tensor([[1.0, 1.0, 0.0, 0.0], [-1.0, 0.0, 0.0, -2.0]])
    nothing = [torch.ones(1, 1), -torch.ones(1, 1)]
    infinite = merge_tensors(nothing, "linear", parameters={"weight": [0.5, -0.5]})

    def alone(method: str, **given: Any) -> float:
        """The merge of a base 0 with a delta 2."""
        return merge_tensors([torch.zeros(1, 1), torch.full((1, 1), 2.0)], method, base_index=0, parameters=given).item()

    ones = {"kept of 384 at 0.2": len(kept(magnitude(delta, 0.2))), "kept of 384 at 1e-6": len(kept(magnitude(delta, 1e-6)))}
    outliers = magnitude_outliers(torch.arange(1.0, 101.0), 0.5, gamma=0.1)
    return {
        "trim keeps max(1, floor(density * n)) values; all at a density of 1 and over, none at 0 and under": ones
        | {"kept of 384 at 0": len(kept(magnitude(delta, 0.0)))},
        "of equal magnitudes trim keeps as many as are asked for, and not the first: its sort is not stable": {
            "kept of 400 equal ones at 0.25": len(kept(magnitude(equal, 0.25))),
            "they are the first 100": kept(magnitude(equal, 0.25)) == list(range(100)),
        },
        "trim_outliers drops the floor(gamma * n) largest and keeps the next floor(density * n); where they would not be enough"
        " it drops fewer of the largest": {
            "1..100 at 0.5 and 0.1": [outliers[outliers > 0].min().item(), outliers.max().item()],
            "1..100 at 0.95 and 0.1: least and largest kept": [
                kept(magnitude_outliers(torch.arange(1.0, 101.0), 0.95, gamma=0.1))[index] + 1 for index in (0, -1)
            ],
        },
        "rescale multiplies what is kept so that its sum of magnitudes is again that of all; it is not 1 / density": {
            "sum of magnitudes": delta.abs().sum().item(),
            "of what is kept at 0.5": dropped.abs().sum().item(),
            "rescaled": rescaled.abs().sum().item(),
            "factor": (rescaled.abs().sum() / dropped.abs().sum()).item(),
            "1 / density": 2.0,
        },
        "the order is trim (and rescale), weights, election of signs, sum, normalization, lambda": {
            "task_arithmetic of a delta 2, weight 0.5, normalized, lambda 3": alone(
                "task_arithmetic", weight=[0.5], normalize=True, **{"lambda": 3.0}
            ),
        },
        "the elected sign is that of the sum of the weighted deltas; of a sum of 0 it is +; a delta of 0 agrees with no sign and"
        " its weight is not in the divisor": {
            "deltas": signs.tolist(),
            "agree": get_mask(signs).tolist(),
        },
        "with a consensus, normalization divides by the sum of the weights that agree, a sum of exactly 0 counting as 1; a weight"
        " below 0 whose delta agrees alone is divided out, sign and all": {
            "ties of a delta 2 with the weight -0.3": alone("ties", weight=[-0.3]),
            "ties of a delta 2 with the weight -0.3, not normalized": alone("ties", weight=[-0.3], normalize=False),
        },
        "without one it divides by the sum of all weights, which counts as 1 where it is under 1e-8": {
            "task_arithmetic of a delta 2 with the weight 1e-9, normalized": alone("task_arithmetic", weight=[1e-9], normalize=True),
        },
        "linear, which knows no base, divides by the sum of weights however small": {
            "1 and -1 with 0.5 and -0.5": str(infinite.item()),
        },
        "slerp is of the whole tensors, normalized for the angle alone; it is linear where the cosine is over 0.9995 or under"
        " -0.9995; t = 0 gives the base": {
            f"cosine of a and {name}": torch.cosine_similarity(inputs["a"].flatten(), inputs[name].flatten(), dim=0).item()
            for name in ("b", "near", "opposite")
        },
        "defaults": {
            name: {parameter.name: parameter.default for parameter in merge_methods.get(name).spec.parameters if not parameter.required}
            for name in ("linear", "task_arithmetic", "ties", "dare_linear", "dare_ties", "breadcrumbs", "breadcrumbs_ties", "slerp")
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    inputs = draw()
    check_cuts(inputs)
    tensors, described = dict(inputs), {}
    for name, case in cases().items():
        tensors[name], described[name] = merged(inputs, *case)
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise SystemExit(f"{name}: not finite")
    save_tensors(GOLDEN / "composers.safetensors", tensors | trims(inputs))
    versions = {name: version(name) for name in ("torch", "mergekit")}
    save_json(GOLDEN / "composers.json", {"versions": versions, "cases": described, "facts": facts(inputs)})


if __name__ == "__main__":
    main()
