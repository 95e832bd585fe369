"""What LoRA takes out of the weights before the first step, under PEFT's initialisations PiSSA and OLoRA.

    python tests/oracles/peft_initial.py

Writes tests/golden/adapters/INIT/MODEL.safetensors for models of tests/golden/curve/models/, rank 4 and alpha 6. Of each adapted
weight, by its name in PEFT's model: `MODULE.product`, scale · (B @ A), [out, in], and `MODULE.gram`, Aᵀ @ A, [in, in]. Neither
depends on the signs of singular vectors or of Q's columns; together they say what A and B are up to these signs.
"""

import torch
from common import GOLDEN, PROMPTS, difference, encode, load_model, logits, one_thread, save_tensors
from peft import LoraConfig, get_peft_model

# PEFT's OLoRA takes GPT-2's weights as they lie, [in, out], and then B does not fit.
CASES = {
    ("pissa", "qwen3"): ["q_proj", "down_proj"],
    ("pissa", "gpt2"): ["c_attn"],
    ("olora", "qwen3"): ["q_proj", "down_proj"],
}
RANK, ALPHA = 4, 6


@torch.no_grad()
def make(init: str, name: str, targets: list[str]) -> None:
    folder = GOLDEN / "curve/models" / name
    ids = encode(folder, PROMPTS[0])[:64]
    base = logits(load_model(folder), ids)
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=RANK,
        lora_alpha=ALPHA,
        target_modules=targets,
        init_lora_weights=init,
        fan_in_fan_out=name == "gpt2",
    )
    model = get_peft_model(load_model(folder), config).eval()
    absolute, relative = difference(logits(model, ids), base)
    print(f"{init} of {name}: logits off by {absolute:.1e}, {relative:.1e} of the largest")
    if not relative <= 1e-5:
        raise SystemExit(f"{init} of {name}: PEFT's own model is no longer the base")
    tensors = {}
    for path, module in model.base_model.model.named_modules():
        if hasattr(module, "lora_A"):
            a, b = module.lora_A["default"].weight, module.lora_B["default"].weight
            tensors |= {f"{path}.product": module.scaling["default"] * b @ a, f"{path}.gram": a.T @ a}
    save_tensors(GOLDEN / "adapters" / init / f"{name}.safetensors", tensors)


def main() -> None:
    one_thread()
    for (init, name), targets in CASES.items():
        make(init, name, targets)


if __name__ == "__main__":
    main()
