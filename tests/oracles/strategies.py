"""Golden adapters and curves of the methods that PEFT has beside plain LoRA: f32, on one thread of the CPU.

    python tests/oracles/strategies.py [--exact] [NAME ...]

Writes of each method below, after curve_models.py, tests/golden/strategies/NAME/:

- `adapter/`: an adapter as PEFT saves it, every trainable tensor random and large enough to show.
- `logits.safetensors`: `ids` i64 [12]; f32 [4, vocabulary] at the last four positions the adapted model's `logits`, the
  `merged_logits` of what `merge_and_unload` gives, and the base's `base_logits`.
- `initial/`, PEFT's own initialisation, and `curve.json`, 20 steps from it with Trainer: rows, loss, clipping and rate as
  trainer_curve.py says. AdamW's decay is on the tensors that facts.json lists under `decayed`.
- `facts.json`: what PEFT was asked for (`config`); how many weights train, of how many (`trainable`, `total`), and how many
  of them are biases; the keys and shapes of the first layer's tensors, and of those that belong to no module (`tensors`); whether
  every key is base_model.model.MODULE.END (`plain_keys`), and these `ends`; how far the merged logits are from the adapted
  ones relative to the largest logit (`merge_error`), and how far the adapted are from the base's (`effect`).

With --exact nothing is written: it prints how far each curve is from the same run in f64.

AdaLoRA has micro-batches of four rows and no accumulation, since PEFT adds its penalty to the loss of each micro-batch.
`update_and_allocate` is called after each update with Trainer's `global_step`, the number of the updates before; each of
the curve's steps also has the `penalty`, which is in `loss`, and of each module the rank that is left, `ranks`, which
is the number of values in E that are not zero. Its `adapter/` has ranks from 0 to 6, its `final/` is what was trained.
"""

import argparse
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from common import GOLDEN, difference, load_model, one_thread, rounding, save_adapter, save_json, save_tensors
from common import logits as logits_of
from curve_models import MODELS, VOCABULARY
from double import Double
from peft import (
    AdaLoraConfig,
    IA3Config,
    LNTuningConfig,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    OFTConfig,
    PeftConfig,
    PeftModel,
    VeraConfig,
    get_peft_model,
)
from safetensors.torch import load_file
from torch import Tensor
from torch.overrides import TorchFunctionMode
from trainer_curve import SEED, Curve, Recorder, save_curve, train
from transformers import TrainerCallback, TrainerState
from transformers.utils.logging import set_verbosity_error

STRATEGIES = GOLDEN / "strategies"
LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LORA = {"r": 2, "lora_alpha": 4, "target_modules": LINEAR}
# Of the largest logit of the base, what an adapter must change, and may.
VISIBLE, WILD = 0.05, 1.0
SEEN = 4
STEPS = 20
# What merging may do to a logit, relative to the largest.
ROUNDING = 1e-5
# By how much the rank that is cut last must be below the first that is kept, relative to it: more than rounding carries it.
CLEAR_CHOICE = 1e-2


@dataclass(frozen=True)
class Strategy:
    kind: type[PeftConfig]
    config: dict
    lr: float
    # About the median of the gradient's norm, so that half of the steps are clipped.
    norm: float
    model: str = "llama"
    curve: dict = field(default_factory=dict)
    # What training must take from the loss of the last step, less the penalty.
    learned: float = 0.05
    # `weight_decay` of Trainer is on tensors of one dimension too, but for biases and norms: these curves have none.
    decay: float = 0.01

    def settings(self) -> Curve:
        settings = {"warmup_steps": 3, "weight_decay": self.decay, "steps": STEPS} | self.curve
        return Curve(MODELS / self.model, lr=self.lr, max_grad_norm=self.norm, **settings)

    def adapted(self, seed: int, dtype: torch.dtype = torch.float32) -> PeftModel:
        base = load_model(MODELS / self.model, dtype)
        torch.manual_seed(seed)
        return get_peft_model(base, self.kind(task_type="CAUSAL_LM", **self.config))


IA3_MODULES = {"target_modules": ["k_proj", "v_proj", "down_proj"], "feedforward_modules": ["down_proj"]}
NORMS = ["input_layernorm", "post_attention_layernorm", "norm"]
BLOCKS = {"oft_block_size": 8, "target_modules": LINEAR}

STRATEGIES_OF_PEFT = {
    "dora": Strategy(LoraConfig, LORA | {"use_dora": True}, 1e-2, 0.55, decay=0.0),
    # The magnitude scales what the weight gives, not the bias.
    "dora-bias": Strategy(LoraConfig, LORA | {"use_dora": True}, 1e-2, 0.35, model="qwen2", decay=0.0),
    "lora-rs": Strategy(LoraConfig, LORA | {"r": 4, "use_rslora": True}, 1e-2, 0.65),
    "lora-bias": Strategy(LoraConfig, LORA | {"bias": "all"}, 1e-2, 0.35, model="qwen2"),
    "loha": Strategy(LoHaConfig, {"r": 2, "alpha": 4, "target_modules": LINEAR}, 5e-2, 0.2),
    # W1 whole, W2 a product.
    "lokr": Strategy(LoKrConfig, {"r": 2, "alpha": 4, "target_modules": LINEAR}, 5e-2, 0.45),
    "lokr-both": Strategy(LoKrConfig, {"r": 2, "alpha": 4, "target_modules": LINEAR, "decompose_both": True}, 0.1, 0.45),
    # A rank that is no less than half of W2's larger side: both whole.
    "lokr-whole": Strategy(LoKrConfig, {"r": 8, "alpha": 16, "target_modules": LINEAR}, 2e-2, 0.7),
    "vera": Strategy(VeraConfig, {"r": 8, "target_modules": LINEAR, "save_projection": True}, 0.2, 0.18, decay=0.0),
    "ia3": Strategy(IA3Config, IA3_MODULES, 0.2, 0.11),
    "ia3-bias": Strategy(
        IA3Config, IA3_MODULES | {"target_modules": ["q_proj", "k_proj", "v_proj", "down_proj"]}, 0.2, 0.045, model="qwen2"
    ),
    # The weights lie as [in, out]; `c_attn` is queries, keys and values at once.
    "ia3-gpt2": Strategy(
        IA3Config,
        {"target_modules": ["c_attn", "mlp.c_proj"], "feedforward_modules": ["mlp.c_proj"], "fan_in_fan_out": True},
        0.2,
        0.035,
        model="gpt2",
    ),
    "oft": Strategy(OFTConfig, BLOCKS, 2e-2, 0.8),
    "oft-cayley": Strategy(OFTConfig, BLOCKS | {"use_cayley_neumann": False}, 2e-2, 0.8),
    "ln-tuning": Strategy(LNTuningConfig, {"target_modules": NORMS}, 5e-2, 0.13),
    "ln-tuning-gpt2": Strategy(LNTuningConfig, {"target_modules": ["ln_1", "ln_2", "ln_f"]}, 3e-2, 0.1, model="gpt2"),
    "adalora": Strategy(
        AdaLoraConfig,
        {
            "init_r": 6,
            "target_r": 3,
            "tinit": 2,
            "tfinal": 4,
            "deltaT": 2,
            "total_step": STEPS,
            "orth_reg_weight": 0.5,
            "lora_alpha": 128,
            "target_modules": LINEAR,
        },
        # With a higher rate the curve of f32 is not that of f64: entries of A and B whose gradient was near 0 in the first steps
        # are carried far by AdamW when E is 0 no more.
        4e-3,
        0.1,
        curve={"batch_size": 4, "accumulation": 1},
        learned=0.005,
    ),
}

# What a tensor is filled with, by what its name has in it: the first that fits.
FILL: list[tuple[str, Callable[[Tensor, Tensor], Tensor]]] = [
    ("lora_magnitude_vector", lambda weight, noise: weight * (1 + 0.2 * (2 * torch.rand_like(weight) - 1))),
    ("lora_E", lambda weight, noise: 0.13 * noise),
    ("lora_", lambda weight, noise: 0.08 * noise),
    ("hada_", lambda weight, noise: 0.25 * noise),
    ("lokr_", lambda weight, noise: 0.13 * noise),
    ("vera_lambda_d", lambda weight, noise: 0.5 * noise),
    ("vera_lambda_b", lambda weight, noise: 0.3 * noise),
    ("oft_R", lambda weight, noise: 0.07 * noise),
    # Factors, norms and biases.
    ("", lambda weight, noise: weight + 0.3 * noise),
]


@torch.no_grad()
def randomise(model: PeftModel) -> None:
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            fill = next(fill for part, fill in FILL if part in name)
            weight.copy_(fill(weight, torch.randn_like(weight)))


@torch.no_grad()
def cut_ranks(model: PeftModel) -> None:
    """Zeros in AdaLoRA's E, and the pattern that says so: ranks from 0 to all, one module after another."""
    pattern = {}
    for index, (name, weight) in enumerate(energies(model)):
        rank = len(weight)
        kept = torch.randperm(rank) < index % (rank + 1)
        weight.mul_(kept[:, None])
        pattern[name] = kept.tolist()
    model.peft_config["default"].rank_pattern = pattern


def energies(model: PeftModel) -> list[tuple[str, Tensor]]:
    return [(name, weight) for name, weight in model.base_model.model.named_parameters() if ".lora_E." in name]


class AdaLoraRecorder(Recorder):
    def penalty(self) -> float:
        weights = {name: weight.detach().double() for name, weight in self.model.named_parameters()}
        squares = [weight @ weight.T for name, weight in weights.items() if ".lora_A." in name]
        squares += [weight.T @ weight for name, weight in weights.items() if ".lora_B." in name]
        distances = [(square - torch.eye(len(square))).norm() for square in squares]
        return self.model.peft_config["default"].orth_reg_weight * (sum(distances) / len(distances)).item()


class ClearChoice(TorchFunctionMode):
    """Fails where AdaLoRA cuts a rank by so little that rounding could cut another."""

    def __torch_function__(self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if function is torch.kthvalue:
            last, first = args[0].sort().values[kwargs["k"] - 1 :][:2].tolist()
            print(f"  {kwargs['k']} ranks are cut, the last of them {1 - last / first:.1e} below the first that is kept")
            if not 1 - last / first >= CLEAR_CHOICE:
                raise SystemExit("adalora: a rank is cut by too little")
        return function(*args, **(kwargs or {}))


class Allocate(TrainerCallback):
    """Gives AdaLoRA its budget after each update, and keeps which ranks are left."""

    def __init__(self, model: PeftModel) -> None:
        self.model, self.ranks = model, []

    def on_optimizer_step(self, args: object, state: TrainerState, control: object, **others: object) -> None:
        with ClearChoice():
            self.model.base_model.update_and_allocate(state.global_step)
        self.ranks.append({module_of(name): int((weight != 0).sum()) for name, weight in energies(self.model)})


def module_of(name: str) -> str:
    return name.partition(".lora_")[0]


def asked() -> Tensor:
    return torch.randint(4, VOCABULARY, (12,), generator=torch.Generator().manual_seed(SEED))


def make_adapter(strategy: Strategy, folder: Path) -> dict:
    """Writes `adapter/` and `logits.safetensors`; what facts.json says of them."""
    model = strategy.adapted(SEED + 1)
    randomise(model)
    if strategy.kind is AdaLoraConfig:
        cut_ranks(model)
    save_adapter(model, folder / "adapter")

    ids = asked()
    base = logits_of(load_model(MODELS / strategy.model), ids)[-SEEN:]
    again = PeftModel.from_pretrained(load_model(MODELS / strategy.model), folder / "adapter").eval()
    adapted = logits_of(again, ids)[-SEEN:]
    here = difference(logits_of(model.eval(), ids)[-SEEN:], adapted)[1]
    merged = logits_of(again.merge_and_unload(), ids)[-SEEN:]
    effect, merge_error = difference(adapted, base)[1], difference(merged, adapted)[1]
    print(f"  effect {effect:.2f}, loaded {here:.1e}, merged {merge_error:.1e}")
    if not VISIBLE <= effect <= WILD or not max(here, merge_error) <= ROUNDING:
        raise SystemExit(f"{folder}: effect {effect}, loaded {here}, merged {merge_error}")
    save_tensors(
        folder / "logits.safetensors",
        {"ids": ids, "logits": adapted, "merged_logits": merged, "base_logits": base},
    )
    return {"effect": effect, "merge_error": rounding(merge_error)}


def run(strategy: Strategy, model: PeftModel, curve: Curve) -> tuple[Recorder, list[dict]]:
    """Trainer after its run, and the steps as curve.json has them."""
    if strategy.kind is not AdaLoraConfig:
        trainer = train(model, curve)
        return trainer, trainer.steps
    allocate = Allocate(model)
    trainer = train(model, curve, AdaLoraRecorder, [allocate])
    found = zip(trainer.steps, trainer.added, allocate.ranks, strict=True)
    return trainer, [step | {"penalty": penalty, "ranks": ranks} for step, penalty, ranks in found]


def make_curve(strategy: Strategy, folder: Path) -> dict:
    """Writes `initial/` and `curve.json`; what facts.json says of them."""
    model = strategy.adapted(SEED)
    save_adapter(model, folder / "initial")
    trainable, total = model.get_nb_trainable_parameters()
    curve = strategy.settings()
    names = (("rank", "r"), ("rank", "init_r"), ("alpha", "lora_alpha"), ("alpha", "alpha"))
    method = {"method": folder.name} | {ours: strategy.config[theirs] for ours, theirs in names if theirs in strategy.config}
    trainer, steps = run(strategy, model, curve)
    save_curve(folder / "curve.json", curve, method | {"seed": SEED}, steps)
    if strategy.kind is AdaLoraConfig:
        save_adapter(model, folder / "final")

    untrained = train(load_model(curve.model), replace(curve, lr=0.0))
    learned = sum(untrained.sums[-curve.accumulation :]) - sum(trainer.sums[-curve.accumulation :])
    learned /= steps[-1]["targets"]
    print(f"  the last step's loss is {learned:.3f} below the base's")
    if not learned >= strategy.learned:
        raise SystemExit(f"{folder}: training changes the loss by too little")

    decaying = {id(weight) for group in trainer.optimizer.param_groups if group["weight_decay"] for weight in group["params"]}
    trained = {name.replace(".default", ""): weight for name, weight in model.named_parameters() if weight.requires_grad}
    return {
        "trainable": trainable,
        "trainable_biases": sum(weight.numel() for name, weight in trained.items() if name.endswith("bias")),
        "total": total,
        "decayed": sorted({end_of(name) for name, weight in trained.items() if id(weight) in decaying}),
    }


def compare_with_exact(name: str) -> None:
    strategy = STRATEGIES_OF_PEFT[name]
    golden = json.loads((STRATEGIES / name / "curve.json").read_text(encoding="utf-8"))["steps"]
    with Double():
        _, exact = run(strategy, strategy.adapted(SEED, torch.float64), strategy.settings())
    if any(ours.get("ranks") != theirs.get("ranks") for ours, theirs in zip(golden, exact)):
        raise SystemExit(f"{name}: other ranks in f64")
    loss = max(abs(ours["loss"] - theirs["loss"]) for ours, theirs in zip(golden, exact))
    norm = max(abs(ours["grad_norm"] / theirs["grad_norm"] - 1) for ours, theirs in zip(golden, exact))
    print(f"| `strategies/{name}` | {max(step['loss'] for step in golden):.1f} | {loss:.0e} | {norm:.0e} |", flush=True)


def end_of(key: str) -> str:
    """The tensor's own name, behind the module's."""
    parts = key.split(".")
    own = (index for index, part in enumerate(parts) if part.startswith(OWN))
    return ".".join(parts[next(own, len(parts) - 1) :])


OWN = ("lora_", "hada_", "lokr_", "vera_", "ia3_", "oft_", "ln_tuning_", "base_layer")
FIRST_LAYER = (".layers.0.", ".h.0.")


def keys(folder: Path) -> dict:
    """How the tensors of an adapter are called, and their shapes."""
    tensors = load_file(folder / "adapter_model.safetensors")
    plain = {key: value for key, value in tensors.items() if key.startswith("base_model.model.")}
    first = {key for key in plain if any(layer in key for layer in FIRST_LAYER)}
    shown = {key: list(value.shape) for key, value in tensors.items() if key in first or key not in plain}
    return {
        "plain_keys": len(plain) == len(tensors),
        "ends": sorted({end_of(key) for key in plain}),
        "tensors": shown,
    }


def make(name: str) -> None:
    strategy = STRATEGIES_OF_PEFT[name]
    folder = STRATEGIES / name
    shutil.rmtree(folder, ignore_errors=True)
    print(name)
    curve = make_curve(strategy, folder)
    adapter = make_adapter(strategy, folder)
    peft_type = strategy.kind(task_type="CAUSAL_LM", **strategy.config).peft_type.value
    facts = {"peft_type": peft_type, "model": (MODELS / strategy.model).as_posix(), "config": strategy.config}
    save_json(folder / "facts.json", facts | curve | adapter | keys(folder / "adapter"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # nargs="*" checks its default against `choices`, hence no `choices`.
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(STRATEGIES_OF_PEFT))
    parser.add_argument("--exact", action="store_true", help="compare the golden curves with runs in f64")
    arguments = parser.parse_args()
    names = arguments.names or list(STRATEGIES_OF_PEFT)
    if unknown := set(names) - set(STRATEGIES_OF_PEFT):
        parser.error(f"no such method: {', '.join(sorted(unknown))}")
    one_thread()
    set_verbosity_error()
    if arguments.exact:
        print("| curve | largest loss | f32 against f64 | gradient norms, relative |\n|---|---|---|---|")
    for name in names:
        compare_with_exact(name) if arguments.exact else make(name)


if __name__ == "__main__":
    main()
