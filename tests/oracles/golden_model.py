"""How a golden model is made: random weights that show, what is written of it, and the checks that it is worth testing with."""

import json
import shutil
import tempfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import torch
from common import GOLDEN, difference, load_model, save_json, save_tensors
from double import Double
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from tasks import Tensors, draw, pad
from torch import nn
from transformers import PreTrainedModel
from transformers.core_model_loading import revert_weight_conversion
from transformers.pytorch_utils import Conv1D
from variant import Variant
from variants import VARIANTS

MODELS = GOLDEN / "models"
# A feature that changes no output by this much is not tested by its golden file.
VISIBLE = 0.05
# What a batch may do to the numbers of its sequences, by the order of sums alone.
NOISE = 5e-5
# Of what uniform attention has, the entropy that the attention of a model may have.
FAR_FROM_UNIFORM = 0.9
# An expert that is chosen by less could be another in the next program.
CLEAR_CHOICE = 1e-3
# Of the largest value, how far rounding may have carried f32 from f64.
ROUNDING = 1e-5


@dataclass(frozen=True)
class Accuracy:
    """The largest output and difference of f32 against f64; of the gradients, the difference relative to each's largest."""

    largest: float
    output: float
    gradient: float | None


@torch.no_grad()
def randomise(model: PreTrainedModel, generator: torch.Generator) -> None:
    tied = getattr(model.config, "tie_word_embeddings", True)
    for name, weight in model.named_parameters():
        module = model.get_submodule(name.rpartition(".")[0])
        kind = type(module).__name__
        noise = torch.randn(weight.shape, generator=generator)
        if name.endswith("bias"):
            weight.copy_(0.3 * noise)
        elif "norm" in kind.lower():
            # Queries and keys of norm 1 would make attention near uniform.
            factor = (1 + 0.2 * noise) * (2 if name.endswith(("q_norm.weight", "k_norm.weight")) else 1)
            # Gemma's norms multiply by one more than the weight.
            weight.copy_(factor - 1 if kind.startswith("Gemma") else factor)
        elif isinstance(module, nn.Embedding):
            weight.copy_(0.3 * noise if tied else noise)
        else:
            inputs = weight.shape[0] if isinstance(module, Conv1D) else weight.shape[-1]
            weight.copy_(noise * 2 / inputs**0.5)


def gradients(model: PreTrainedModel, variant: Variant, inputs: Tensors) -> Tensors:
    """The gradient of the loss by each weight, under its name in the folder."""
    model.zero_grad()
    variant.task.loss(variant.task.run(model, inputs), inputs).backward()
    return revert_weight_conversion(model, {name: weight.grad for name, weight in model.named_parameters()})


def with_config(folder: Path, config: dict, unused: tuple[str, ...]) -> PreTrainedModel:
    """The weights of `folder` under another configuration."""
    with tempfile.TemporaryDirectory() as scratch:
        for weights in folder.glob("model*"):
            shutil.copy(weights, scratch)
        (Path(scratch) / "config.json").write_text(json.dumps(config))
        return load_model(Path(scratch), unused=unused)


@torch.no_grad()
def neutralised(folder: Path, unused: tuple[str, ...], ending: str, value: float) -> PreTrainedModel:
    model = load_model(folder, unused=unused)
    found = [weight for name, weight in model.named_parameters() if name.endswith(ending)]
    if not found:
        raise SystemExit(f"{folder}: no weight is called …{ending}")
    for weight in found:
        weight.fill_(value)
    return model


@torch.no_grad()
def check_features(folder: Path, variant: Variant, inputs: Tensors, expected: torch.Tensor) -> None:
    """Fails where a feature that the model is for does not show in its output."""
    saved = json.loads((folder / "config.json").read_text())
    others = {feature: with_config(folder, saved | changes, variant.unused) for feature, changes in variant.without.items()}
    others |= {ending: neutralised(folder, variant.unused, ending, value) for ending, value in variant.neutral.items()}
    for feature, other in others.items():
        effect = difference(variant.task.run(other, inputs), expected)[0]
        print(f"  without {feature}: {effect:.2f}")
        if not effect >= VISIBLE:
            raise SystemExit(f"{folder}: {feature} does not show in the output")


@torch.no_grad()
def check_attention(model: PreTrainedModel, inputs: Tensors) -> None:
    """Fails where attention is near uniform, as it is with the weights that a model is made with."""
    ids = inputs["ids"].reshape(-1, inputs["ids"].shape[-1])[:1]
    shares = []
    for attention in model(input_ids=ids, output_attentions=True).attentions:
        entropy = -torch.special.xlogy(attention, attention).sum(-1)
        uniform = (attention > 0).sum(-1).log()
        shares.append((entropy[uniform > 0] / uniform[uniform > 0]).mean().item())
    print(f"  entropy of attention, by layer, of a uniform one's: {', '.join(f'{share:.2f}' for share in shares)}")
    if not max(shares) <= FAR_FROM_UNIFORM:
        raise SystemExit(f"{model.name_or_path}: attention is near uniform")


@torch.no_grad()
def check_routing(model: PreTrainedModel, inputs: Tensors) -> None:
    """Fails where a token's last expert is chosen by so little that rounding could choose another."""
    if not getattr(model.config, "num_local_experts", None):
        return
    chosen = model.config.num_experts_per_tok
    for scores in model(input_ids=inputs["ids"][None], output_router_logits=True).router_logits:
        ordered = scores.sort(-1, descending=True).values
        margin = (ordered[:, chosen - 1] - ordered[:, chosen]).min().item()
        print(f"  experts: chosen by {margin:.4f} at least")
        if not margin >= CLEAR_CHOICE:
            raise SystemExit(f"{model.name_or_path}: an expert is chosen by too little")


@torch.no_grad()
def write_v4(folder: Path, variant: Variant, inputs: Tensors, expected: torch.Tensor) -> None:
    saved = json.loads((folder / "config.json").read_text())
    old = variant.v4(saved)
    unlike = difference(variant.task.run(with_config(folder, old, variant.unused), inputs), expected)[0]
    if unlike != 0:
        raise SystemExit(f"{folder}: the spelling of Transformers 4 gives other outputs, by {unlike}")
    save_json(folder / "config.v4.json", old)


@torch.no_grad()
def batches(model: PreTrainedModel, variant: Variant, generator: torch.Generator) -> Tensors:
    rows = [draw(model, length, generator) for length in variant.batch]
    alone = [model(input_ids=row[None]).logits[0] for row in rows]

    ids, mask = pad(rows, model.config.pad_token_id)
    padded = model(input_ids=ids, attention_mask=mask).logits * mask[..., None]
    unlike = max(difference(padded[index, : len(row)], row)[0] for index, row in enumerate(alone))

    packed = torch.cat(rows)
    positions = torch.cat([torch.arange(len(row)) for row in rows])
    segments = torch.cat([torch.full((len(row),), index) for index, row in enumerate(rows)])
    together = torch.cat(alone)
    print(f"  padded against alone: {unlike:.1e}")
    if type(model).__name__.startswith("Bert"):
        forbidden = (segments[:, None] != segments)[None, None] * torch.finfo(torch.float32).min
        found = model(input_ids=packed[None], position_ids=positions[None], attention_mask=forbidden).logits[0]
    else:
        # Transformers sees by the positions, where they start again, what is packed.
        found = model(input_ids=packed[None], position_ids=positions[None]).logits[0]
    print(f"  packed against alone: {difference(found, together)[0]:.1e}")
    if not max(unlike, difference(found, together)[0]) <= NOISE:
        raise SystemExit(f"{model.name_or_path}: a sequence depends on what it shares a batch with")
    return {
        "padded.ids": ids,
        "padded.mask": mask,
        "padded.logits": padded,
        "packed.ids": packed,
        "packed.positions": positions,
        "packed.segments": segments,
        "packed.logits": together,
    }


def accuracy(folder: Path, variant: Variant, inputs: Tensors, expected: torch.Tensor, grads: Tensors | None) -> Accuracy:
    with Double():
        model = load_model(folder, torch.float64, variant.unused)
        with torch.no_grad():
            exact = variant.task.run(model, inputs)
        exact_grads = gradients(model, variant, inputs) if grads else {}
    assert exact.dtype == torch.float64
    largest = {name: exact.abs().max().item() for name, exact in exact_grads.items()}
    # The gradient by a bias of keys is zero, but for rounding.
    nothing = 1e-6 * max(largest.values(), default=0)
    for name in (name for name, value in largest.items() if value < nothing):
        print(f"  gradient by {name}: {largest[name]:.0e} at most in f64, {grads[name].abs().max():.0e} in f32")
    off = {
        difference(grads[name].double(), exact)[1]: name for name, exact in exact_grads.items() if largest[name] >= nothing
    }
    worst = max(off, default=None)
    found = Accuracy(expected.abs().max().item(), difference(expected.double(), exact)[0], worst)
    if not max(found.output / found.largest, worst or 0) <= ROUNDING:
        raise SystemExit(f"{folder}: f32 and f64 differ by too much: {found}, {off.get(worst)}")
    return found


def publish(folder: Path, rewrite: Callable[[Tensors], Tensors]) -> None:
    """Gives the saved weights the names that they have in published files."""
    path = folder / "model.safetensors"
    weights = {name: value.contiguous() for name, value in rewrite(load_file(path)).items()}
    save_file(weights, path, metadata={"format": "pt"})


def check_names(folder: Path, grads: Tensors) -> None:
    with safe_open(folder / "model.safetensors", "pt") as weights:
        shapes = {name: weights.get_slice(name).get_shape() for name in weights.keys()}
    if shapes != {name: list(grad.shape) for name, grad in grads.items()}:
        raise SystemExit(f"{folder}: gradients {sorted(grads)} of the weights {sorted(shapes)}")


def make(name: str) -> Accuracy:
    variant = VARIANTS[name]
    folder = MODELS / name
    shutil.rmtree(folder, ignore_errors=True)
    generator = torch.Generator().manual_seed(list(VARIANTS).index(name))
    config, architecture = variant.kind
    # A configuration writes into the tables that it is given, which others share.
    model = architecture(config(**deepcopy(variant.settings)))
    randomise(model, generator)
    model.to(variant.dtype).save_pretrained(folder, max_shard_size=variant.max_shard_size)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if variant.as_published:
        publish(folder, variant.as_published)

    model = load_model(folder, unused=variant.unused)
    inputs = variant.task.inputs(model, variant.ids, generator)
    with torch.no_grad():
        expected = variant.task.run(model, inputs)
    golden = inputs | {variant.task.output: expected}
    print(f"{name}: largest output {expected.abs().max():.2f}")
    if variant.task.loss:
        golden["loss"] = variant.task.loss(expected, inputs)[None]
        print(f"  loss {golden['loss'].item():.4f}")
    check_features(folder, variant, inputs, expected)
    check_attention(model, inputs)
    check_routing(model, inputs)
    if variant.v4:
        write_v4(folder, variant, inputs, expected)
    save_tensors(folder / "logits.safetensors", golden)
    grads = None
    if variant.grads:
        grads = gradients(model, variant, inputs)
        check_names(folder, grads)
        save_tensors(folder / "grads.safetensors", grads)
    if variant.batch:
        save_tensors(folder / "batch.safetensors", batches(model, variant, generator))
    return accuracy(folder, variant, inputs, expected, grads)
