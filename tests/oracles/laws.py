"""How well PEFT keeps the laws of composing and merging: f32, on one thread of the CPU.

    python tests/oracles/laws.py

Writes tests/golden/laws.json, after curve_models.py: an error, or the message where PEFT refuses. What an adapter does is asked
of its layers, not of a formula: loaded on the base as a user would, in f64, the outputs for zero and for the unit vectors are the
bias and the weight that the layer behaves as. An error is the largest difference of a weight or bias from what it should be,
relative to the largest change that should be; errors of rounding alone are given as the power of ten above them.

- `identity`: `add_weighted_adapter([a], [1.0])` should be a; `identity_unsaved`, where it was made, not saved and loaded.
- `linear`: `add_weighted_adapter([a, b], [0.3, 0.7])` should be 0.3 a + 0.7 b, nothing being dropped at a density of 1; but not
  by TIES, which elects signs.
- `order`: of [b, a] with the weights in that order it should be what it is of [a, b], at a density of 0.5.
- `unmerge`: the parameters after merging and unmerging should be what they were; the error is relative to the largest of them,
  `changed` is the share of those of adapted layers' bases that are not the same to the last bit.
- `merge`: logits of the merged model should be those of the unmerged; the error is relative to the largest.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peft
import torch
import transformers
from common import GOLDEN, difference, load_model, logits, one_thread, rounding, save_json
from curve_models import MODELS
from peft import (
    IA3Config,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    OFTConfig,
    PeftConfig,
    PeftModel,
    VeraConfig,
    get_peft_model,
)
from peft.tuners.tuners_utils import BaseTunerLayer
from strategies import IA3_MODULES, LINEAR, LORA, STRATEGIES_OF_PEFT, asked, randomise
from torch import Tensor
from transformers.utils.logging import set_verbosity_error

WEIGHTS = [0.3, 0.7]
TRIMMING = ("ties", "ties_svd", "magnitude_prune", "magnitude_prune_svd")
DRAWING = ("dare_linear", "dare_linear_svd", "dare_ties", "dare_ties_svd")
COMBINATIONS: dict[str, dict] = {kind: {"combination_type": kind} for kind in ("linear", "cat", "svd", *TRIMMING, *DRAWING)}
# Unless asked for, the rank is the larger of the two.
COMBINATIONS["svd of the ranks' sum"] = {"combination_type": "svd", "svd_rank": 8}
PATTERNS = {"rank_pattern": {"q_proj": 4, "down_proj": 1}, "alpha_pattern": {"v_proj": 16, "up_proj": 1}}
BIASED = {"lora_bias": True, "target_modules": ["q_proj", "k_proj", "v_proj"]}
LYCORIS = {"r": 2, "alpha": 4, "target_modules": LINEAR}

# The model, the method, and what is asked for a and for b.
PAIRS: dict[str, tuple[str, type[PeftConfig], dict, dict]] = {
    "lora": ("llama", LoraConfig, LORA, LORA),
    "rslora": ("llama", LoraConfig, *2 * (LORA | {"use_rslora": True},)),
    "alphas": ("llama", LoraConfig, LORA, LORA | {"lora_alpha": 1}),
    "ranks": ("llama", LoraConfig, LORA, LORA | {"r": 4}),
    "patterns": ("llama", LoraConfig, *2 * (LORA | PATTERNS,)),
    "targets": ("llama", LoraConfig, LORA, LORA | {"target_modules": ["q_proj", "v_proj"]}),
    "lora_bias": ("qwen2", LoraConfig, *2 * (LORA | BIASED,)),
    "bias": ("qwen2", LoraConfig, LORA | {"bias": "all"}, LORA),
    "dora": ("llama", LoraConfig, *2 * (LORA | {"use_dora": True},)),
    "ia3": ("llama", IA3Config, IA3_MODULES, IA3_MODULES),
    "loha": ("llama", LoHaConfig, LYCORIS, LYCORIS),
    "lokr": ("llama", LoKrConfig, LYCORIS, LYCORIS),
    "oft": ("llama", OFTConfig, *2 * ({"oft_block_size": 8, "target_modules": LINEAR},)),
    "vera": ("llama", VeraConfig, *2 * ({"r": 8, "target_modules": LINEAR},)),
}

# What layers behave as: by the name of the weight or bias.
Behaviour = dict[str, Tensor]


@torch.no_grad()
def behaviour(model: torch.nn.Module) -> Behaviour:
    found = {}
    for name, layer in model.double().named_modules():
        if name.endswith(tuple(LINEAR)):
            inputs = (layer.base_layer if isinstance(layer, BaseTunerLayer) else layer).in_features
            bias = layer(torch.zeros(1, inputs, dtype=torch.float64))
            found[f"{name}.weight"] = (layer(torch.eye(inputs, dtype=torch.float64)) - bias).T
            found[f"{name}.bias"] = bias[0]
    return found


class Pair:
    """Two adapters `a` and `b` in one model, and what each does to the weights."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind, self.method, *self.configs = PAIRS[name]
        self.base = behaviour(self.load())
        self.changes = {adapter: self.change(self.model(), adapter) for adapter in ("a", "b")}

    def load(self) -> torch.nn.Module:
        return load_model(MODELS / self.kind)

    def model(self) -> PeftModel:
        first, second = (self.method(**config) for config in self.configs)
        torch.manual_seed(0)
        model = get_peft_model(self.load(), first, adapter_name="a")
        randomise(model)
        model.add_adapter("b", second)
        model.set_adapter("b")
        randomise(model)
        return model

    def change(self, model: PeftModel, adapter: str) -> Behaviour:
        """What `adapter` does, saved and loaded."""
        with tempfile.TemporaryDirectory() as scratch:
            model.save_pretrained(scratch, selected_adapters=[adapter])
            again = PeftModel.from_pretrained(self.load(), Path(scratch) / adapter).eval()
        return minus(behaviour(again.base_model.model), self.base)

    def combined(self, adapters: list[str], weights: list[float], **combination: Any) -> Behaviour:
        model = self.model()
        model.add_weighted_adapter(adapters, weights, "c", **combination)
        return self.change(model, "c")

    def should(self, adapters: list[str], weights: list[float]) -> Behaviour:
        return {key: sum(weight * self.changes[adapter][key] for adapter, weight in zip(adapters, weights)) for key in self.base}

    def identity(self) -> float:
        return error(self.combined(["a"], [1.0]), self.changes["a"])

    def identity_unsaved(self) -> float:
        model = self.model()
        model.add_weighted_adapter(["a"], [1.0], "c")
        model.set_adapter("c")
        return error(minus(behaviour(model.base_model.model), self.base), self.changes["a"])

    def linear(self, combination: dict) -> float:
        density = {"density": 1.0} if combination.get("combination_type") in TRIMMING + DRAWING else {}
        return error(self.combined(["a", "b"], WEIGHTS, **combination, **density), self.should(["a", "b"], WEIGHTS))

    def order(self, combination: dict) -> float:
        density = {"density": 0.5} if combination.get("combination_type") in TRIMMING else {}
        one = self.combined(["a", "b"], WEIGHTS, **combination, **density)
        return error(self.combined(["b", "a"], WEIGHTS[::-1], **combination, **density), one)


def minus(one: Behaviour, other: Behaviour) -> Behaviour:
    return {key: value - other[key] for key, value in one.items()}


def error(found: Behaviour, expected: Behaviour) -> float:
    return rounding(largest(minus(found, expected)) / largest(expected))


def largest(values: Behaviour) -> float:
    return max(value.abs().max().item() for value in values.values())


def attempt(measure: Callable[[], Any]) -> Any:
    """What is measured, or what PEFT says."""
    try:
        return measure()
    except (AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError) as refused:
        # Of a list, the first.
        return {type(refused).__name__: " ".join(str(refused).split("\n\t")[:2])}


def composition(name: str) -> dict[str, Any]:
    pair = attempt(lambda: Pair(name))
    if isinstance(pair, dict):
        return pair
    # Other methods than LoRA know one combination, if any.
    combinations = COMBINATIONS if pair.method is LoraConfig else {"linear": {}}
    return {
        "identity": attempt(pair.identity),
        "identity_unsaved": attempt(pair.identity_unsaved),
        "linear": {name: attempt(lambda: pair.linear(how)) for name, how in combinations.items() if "ties" not in name},
        "order": {name: attempt(lambda: pair.order(how)) for name, how in combinations.items() if name not in DRAWING},
    }


@torch.no_grad()
def unmerge(name: str, dtype: torch.dtype) -> dict[str, float]:
    model = STRATEGIES_OF_PEFT[name].adapted(0, dtype).eval()
    randomise(model)
    before = {key: value.clone() for key, value in model.named_parameters() if ".base_layer." in key}
    model.merge_adapter()
    model.unmerge_adapter()
    after = dict(model.named_parameters())
    differences = {key: (after[key] - value).double() for key, value in before.items()}
    changed = sum(int((value != 0).sum()) for value in differences.values())
    return {
        "error": rounding(largest(differences) / largest(before)),
        "changed": changed / sum(value.numel() for value in differences.values()),
    }


@torch.no_grad()
def merge(name: str, dtype: torch.dtype) -> float:
    model = STRATEGIES_OF_PEFT[name].adapted(0, dtype).eval()
    randomise(model)
    apart = logits(model, asked())
    return rounding(difference(logits(model.merge_and_unload(), asked()), apart)[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    one_thread()
    set_verbosity_error()
    dtypes = {"f32": torch.float32, "bf16": torch.bfloat16}
    laws: dict[str, Any] = {"versions": {module.__name__: module.__version__ for module in (torch, transformers, peft)}}
    laws["composition"] = {name: composition(name) for name in PAIRS}
    for law in (unmerge, merge):
        laws[law.__name__] = {
            name: {key: attempt(lambda: law(name, dtype)) for key, dtype in dtypes.items()} for name in STRATEGIES_OF_PEFT
        }
    save_json(GOLDEN / "laws.json", laws)


if __name__ == "__main__":
    main()
