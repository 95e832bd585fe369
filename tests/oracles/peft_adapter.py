"""Golden LoRA adapters on the default model, made and saved by PEFT in f32.

    python tests/oracles/peft_adapter.py

Writes tests/golden/adapters/NAME/, an adapter folder as PEFT saves it, and in it `logits.safetensors`:
`ids` i64 [n], the adapted model's `logits` f32 [4, vocabulary] at the last four positions, the same of the model that
`merge_and_unload` gives, `merged_logits`, and of the base, `base_logits`. Every tensor is random, so that none can be left
out unseen.
"""

import argparse
import shutil

import torch
from common import GOLDEN, PROMPTS, TINY, difference, encode, load_model, logits, one_thread, save_adapter, save_tensors
from peft import LoraConfig, PeftModel, get_peft_model

ADAPTERS = {
    "all-linear": {"r": 4, "lora_alpha": 8, "target_modules": "all-linear"},
    # `norm` means every module whose name ends in it: the norms of the blocks as well.
    "rslora-patterns": {
        "r": 4,
        "lora_alpha": 8,
        "use_rslora": True,
        "target_modules": ["q_proj", "v_proj"],
        "rank_pattern": {"layers.1.self_attn.q_proj": 8, r"layers\.[45]\.self_attn\.v_proj": 2},
        "alpha_pattern": {"v_proj": 16, r"^model\.layers\.0\..*q_proj": 6},
        "modules_to_save": ["norm"],
    },
    # The head of the base is tied to the embedding: merged, the adapter acts on both; unmerged, on the embedding alone.
    "embedding": {"r": 4, "lora_alpha": 8, "target_modules": ["embed_tokens"]},
}
SEEN = 4


@torch.no_grad()
def randomise(model: PeftModel) -> None:
    for name, weight in model.named_parameters():
        if weight.requires_grad:
            noise = 0.1 * torch.randn_like(weight)
            weight.copy_(noise if "lora_" in name else weight + noise)


def make(name: str, settings: dict) -> None:
    folder = GOLDEN / "adapters" / name
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(list(ADAPTERS).index(name))
    ids = encode(TINY, PROMPTS[0])
    base = logits(load_model(TINY), ids)[-SEEN:]
    model = get_peft_model(load_model(TINY), LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
    randomise(model)
    save_adapter(model, folder)

    again = PeftModel.from_pretrained(load_model(TINY), folder).eval()
    adapted = logits(again, ids)[-SEEN:]
    merged = logits(again.merge_and_unload(), ids)[-SEEN:]
    effect, unlike = difference(adapted, base)[0], difference(merged, adapted)
    print(f"{name}: {model.get_nb_trainable_parameters()[0]} parameters, effect {effect:.2f}")
    print(f"  merged against unmerged: {unlike[0]:.1e} absolute, {unlike[1]:.1e} relative")
    save_tensors(
        folder / "logits.safetensors",
        {"ids": ids, "logits": adapted, "merged_logits": merged, "base_logits": base},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    one_thread()
    for name, settings in ADAPTERS.items():
        make(name, settings)


if __name__ == "__main__":
    main()
