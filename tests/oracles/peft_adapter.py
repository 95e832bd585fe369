"""Golden LoRA adapters on the default model and on the golden models of all families, made and saved by PEFT in f32.

    python tests/oracles/peft_adapter.py [NAME ...]

Writes tests/golden/adapters/NAME/, an adapter folder as PEFT saves it, and in it `logits.safetensors`:
`ids` i64 [n], the adapted model's `logits` f32 [4, vocabulary] at the last four positions, the same of the model that
`merge_and_unload` gives, `merged_logits`, and of the base, `base_logits`. Of a classifier, all that its golden model was asked
(`ids`, `mask`, `types` i64 [b, n]) and the three logits f32 [b, labels]. Every tensor is random, so that none can be left
out unseen.
"""

import argparse
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import torch
from common import GOLDEN, PROMPTS, TINY, difference, encode, load_model, one_thread, save_adapter, save_tensors
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from tasks import CAUSAL, Tensors
from variants import VARIANTS


@dataclass(frozen=True)
class Adapter:
    """What PEFT is asked for, beside rank 4 and alpha 8."""

    targets: str | list[str]
    # A golden model; none is the default model.
    model: str | None = None
    settings: dict = field(default_factory=dict)

    def folder(self) -> Path:
        return GOLDEN / "models" / self.model if self.model else TINY


ADAPTERS = {
    "all-linear": Adapter("all-linear"),
    # `norm` means every module whose name ends in it: the norms of the blocks as well.
    "rslora-patterns": Adapter(
        ["q_proj", "v_proj"],
        settings={
            "use_rslora": True,
            "rank_pattern": {"layers.1.self_attn.q_proj": 8, r"layers\.[45]\.self_attn\.v_proj": 2},
            "alpha_pattern": {"v_proj": 16, r"^model\.layers\.0\..*q_proj": 6},
            "modules_to_save": ["norm"],
        },
    ),
    # The head of the base is tied to the embedding: merged, the adapter acts on both; unmerged, on the embedding alone.
    "embedding": Adapter(["embed_tokens"]),
    # The weights lie as [in, out]; `c_proj` is in attention and in the MLP.
    "gpt2": Adapter(["c_attn", "c_proj"], "gpt2", {"fan_in_fan_out": True}),
    # SEQ_CLS adds the classifier to `modules_to_save`.
    "bert-classifier": Adapter(["query", "value"], "bert-classifier", {"task_type": "SEQ_CLS"}),
    "qwen3": Adapter("all-linear", "qwen3"),
    "gemma3": Adapter("all-linear", "gemma3"),
    "mixtral": Adapter(["q_proj", "k_proj", "v_proj", "o_proj"], "mixtral"),
    # In GPT-NeoX, `dense` is attention's output alone.
    "gpt-neox": Adapter(["query_key_value", "dense", "dense_h_to_4h"], "gpt-neox"),
    "phi3": Adapter(["qkv_proj", "gate_up_proj", "down_proj"], "phi3"),
}
SEEN = 4
# What an adapter must do to be seen.
VISIBLE = 0.05


@torch.no_grad()
def randomise(model: PeftModel) -> None:
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            noise = 0.1 * torch.randn_like(weight)
            weight.copy_(noise if "lora_" in name else weight + noise)


def asked(adapter: Adapter) -> Tensors:
    if adapter.model is None:
        return {"ids": encode(TINY, PROMPTS[0])}
    golden = load_file(adapter.folder() / "logits.safetensors")
    return {name: golden[name] for name in ("ids", "mask", "types") if name in golden}


def make(name: str) -> None:
    adapter = ADAPTERS[name]
    folder = GOLDEN / "adapters" / name
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(list(ADAPTERS).index(name))
    inputs = asked(adapter)
    task = VARIANTS[adapter.model].task if adapter.model else CAUSAL

    @torch.no_grad()
    def seen(model: torch.nn.Module) -> torch.Tensor:
        return task.run(model, inputs)[-SEEN:].float()

    base = seen(load_model(adapter.folder()))
    settings = {"task_type": "CAUSAL_LM", "r": 4, "lora_alpha": 8, "target_modules": adapter.targets} | adapter.settings
    model = get_peft_model(load_model(adapter.folder()), LoraConfig(**settings)).eval()
    randomise(model)
    save_adapter(model, folder)

    again = PeftModel.from_pretrained(load_model(adapter.folder()), folder).eval()
    adapted = seen(again)
    merged = seen(again.merge_and_unload())
    effect, unlike = difference(adapted, base)[0], difference(merged, adapted)
    print(f"{name}: {model.get_nb_trainable_parameters()[0]} parameters, effect {effect:.2f}")
    print(f"  merged against unmerged: {unlike[0]:.1e} absolute, {unlike[1]:.1e} relative")
    if not effect >= VISIBLE:
        raise SystemExit(f"{name}: the adapter does not show in the logits")
    save_tensors(
        folder / "logits.safetensors",
        inputs | {"logits": adapted, "merged_logits": merged, "base_logits": base},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # nargs="*" checks its default against `choices`, hence no `choices`.
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ADAPTERS))
    names = parser.parse_args().names or list(ADAPTERS)
    if unknown := set(names) - set(ADAPTERS):
        parser.error(f"no such adapter: {', '.join(sorted(unknown))}")
    one_thread()
    for name in names:
        make(name)


if __name__ == "__main__":
    main()
