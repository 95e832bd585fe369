"""Golden models of the Llama family: small random ones, one for each thing that a reader of the family may get wrong.

    python tests/oracles/families.py [NAME ...]

Writes tests/golden/models/NAME/, a Hugging Face folder, and beside the weights `logits.safetensors`: `ids` i64 [n],
`logits` f32 [n, vocabulary], `loss` f32 [1], the mean cross-entropy of the n - 1 next tokens. The weights are large enough
that attention is far from uniform, and the script fails if the feature that a model is for makes no difference.

Where a variant asks for it: `grads.safetensors`, the gradient of `loss` by each weight, under the weight's name;
`config.v4.json`, the configuration as Transformers 4 wrote it (`torch_dtype`, `rope_theta`, `rope_scaling`), of the same
model; and `batch.safetensors`: two sequences right-padded (`padded.ids`, `padded.mask` i64 [2, n], `padded.logits` f32
[2, n, vocabulary], zero at the padding) and packed (`packed.ids`, `packed.positions`, `packed.segments` i64 [m],
`packed.logits` f32 [m, vocabulary], from each sequence run alone).
"""

import argparse
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import torch
from common import GOLDEN, difference, load_model, logits, one_thread, save_json, save_tensors
from torch.nn.functional import cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, PreTrainedModel

MODELS = GOLDEN / "models"
IDS = 40
PADDED = (24, 17)
# A feature that changes no logit by this much is not tested by its golden file.
VISIBLE = 0.05

BASE = {
    "vocab_size": 96,
    "hidden_size": 48,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
}
LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    # Head size 12: one frequency is kept, one blended, four divided.
    "original_max_position_embeddings": 64,
}
YARN_ROPE = {"rope_type": "yarn", "rope_theta": 10000.0, "factor": 4.0, "original_max_position_embeddings": 64}


@dataclass(frozen=True)
class Variant:
    """A model: what it changes in BASE, and what else is written for it."""

    changes: dict
    kind: tuple = (LlamaConfig, LlamaForCausalLM)
    # What a reader that does not know the feature would take instead.
    without: dict = field(default_factory=dict)
    grads: bool = False
    v4: bool = False
    batch: bool = False
    dtype: torch.dtype = torch.float32
    max_shard_size: str = "5GB"


PLAIN_ROPE = {"rope_parameters": BASE["rope_parameters"]}
VARIANTS = {
    "llama2": Variant({"num_key_value_heads": 4, "intermediate_size": 32}),
    "llama3": Variant(
        {"rope_parameters": LLAMA3_ROPE},
        without={"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}},
        grads=True,
        v4=True,
        batch=True,
    ),
    "rope-linear": Variant(
        {"rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}}, without=PLAIN_ROPE, v4=True
    ),
    "rope-yarn": Variant({"rope_parameters": YARN_ROPE}, without=PLAIN_ROPE, v4=True),
    "mistral": Variant(
        {"sliding_window": 4}, (MistralConfig, MistralForCausalLM), without={"sliding_window": None}, grads=True
    ),
    "bias": Variant({"attention_bias": True, "mlp_bias": True}),
    "head-dim": Variant({"head_dim": 8}),
    "tied": Variant({"tie_word_embeddings": True}),
    "sharded-bf16": Variant({}, dtype=torch.bfloat16, max_shard_size="30KB"),
    "sharded-f16": Variant({}, dtype=torch.float16, max_shard_size="30KB"),
}


@torch.no_grad()
def randomise(model: PreTrainedModel, generator: torch.Generator) -> None:
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        if "norm" in name:
            weight.copy_(1 + 0.2 * noise)
        elif name.endswith("bias"):
            weight.copy_(0.3 * noise)
        elif "embed" in name:
            weight.copy_(noise if not model.config.tie_word_embeddings else 0.3 * noise)
        else:
            weight.copy_(noise * 2 / weight.shape[1] ** 0.5)


def next_token_loss(values: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    return cross_entropy(values[:-1], ids[1:])


def gradients(model: PreTrainedModel, ids: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    next_token_loss(model(input_ids=ids[None]).logits[0], ids).backward()
    return {name: weight.grad for name, weight in model.named_parameters()}


def with_config(folder: Path, config: dict) -> PreTrainedModel:
    """The weights of `folder` under another configuration."""
    with tempfile.TemporaryDirectory() as scratch:
        for weights in folder.glob("model*"):
            shutil.copy(weights, scratch)
        (Path(scratch) / "config.json").write_text(json.dumps(config))
        return load_model(Path(scratch))


def v4_spelling(config: dict) -> dict:
    """The configuration as Transformers 4 wrote it; linear scaling under `type`, as releases before 4.43 did."""
    old = {key: value for key, value in config.items() if key not in ("dtype", "rope_parameters")}
    rope = dict(config["rope_parameters"])
    theta = rope.pop("rope_theta")
    if rope["rope_type"] == "linear":
        rope = {"type": rope.pop("rope_type"), **rope}
    return old | {
        "rope_scaling": rope,
        "rope_theta": theta,
        "torch_dtype": config["dtype"],
        "transformers_version": "4.46.3",
    }


@torch.no_grad()
def batches(model: PreTrainedModel, generator: torch.Generator) -> dict[str, torch.Tensor]:
    rows = [torch.randint(3, model.config.vocab_size, (length,), generator=generator) for length in PADDED]
    alone = [logits(model, row) for row in rows]

    ids = torch.full((2, max(PADDED)), model.config.pad_token_id)
    mask = torch.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)], mask[index, : len(row)] = row, 1
    padded = model(input_ids=ids, attention_mask=mask).logits * mask[..., None]
    for index, expected in enumerate(alone):
        print(f"  padded row {index} against alone: {difference(padded[index, : len(expected)], expected)[0]:.1e}")

    packed = torch.cat(rows)
    positions = torch.cat([torch.arange(length) for length in PADDED])
    segments = torch.cat([torch.full((length,), index) for index, length in enumerate(PADDED)])
    allowed = (segments[:, None] == segments).tril()
    together = logits(model, packed, position_ids=positions, attention_mask=allowed[None])
    print(f"  packed against alone: {difference(together, torch.cat(alone))[0]:.1e}")
    return {
        "padded.ids": ids,
        "padded.mask": mask,
        "padded.logits": padded,
        "packed.ids": packed,
        "packed.positions": positions,
        "packed.segments": segments,
        "packed.logits": torch.cat(alone),
    }


def make(name: str, variant: Variant) -> None:
    folder = MODELS / name
    shutil.rmtree(folder, ignore_errors=True)
    generator = torch.Generator().manual_seed(list(VARIANTS).index(name))
    config, architecture = variant.kind
    model = architecture(config(**{**BASE, **variant.changes}))
    randomise(model, generator)
    model.to(variant.dtype).save_pretrained(folder, max_shard_size=variant.max_shard_size)
    (folder / "generation_config.json").unlink()

    model = load_model(folder)
    ids = torch.randint(3, model.config.vocab_size, (IDS,), generator=generator)
    expected = logits(model, ids)
    loss = next_token_loss(expected, ids)
    print(f"{name}: largest |logit| {expected.abs().max():.2f}, loss {loss:.4f}")
    saved = json.loads((folder / "config.json").read_text())
    if variant.without:
        absolute, _ = difference(logits(with_config(folder, saved | variant.without), ids), expected)
        print(f"  without the feature: {absolute:.2f}")
        if absolute < VISIBLE:
            raise SystemExit(f"{name}: its feature does not show in the logits")
    if variant.v4:
        old = v4_spelling(saved)
        absolute, _ = difference(logits(with_config(folder, old), ids), expected)
        print(f"  v4 spelling against v5: {absolute}")
        if absolute != 0:
            raise SystemExit(f"{name}: the two spellings give different logits")
        save_json(folder / "config.v4.json", old)
    save_tensors(folder / "logits.safetensors", {"ids": ids, "logits": expected, "loss": loss[None]})
    if variant.grads:
        save_tensors(folder / "grads.safetensors", gradients(model, ids))
    if variant.batch:
        save_tensors(folder / "batch.safetensors", batches(model, generator))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # nargs="*" checks its default against `choices`, hence no `choices`.
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(VARIANTS))
    names = parser.parse_args().names or list(VARIANTS)
    if unknown := set(names) - set(VARIANTS):
        parser.error(f"no such model: {', '.join(sorted(unknown))}")

    one_thread()
    for name in names:
        make(name, VARIANTS[name])


if __name__ == "__main__":
    main()
