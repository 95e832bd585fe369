"""One way of writing golden files. It needs no more than PyTorch and safetensors: mergekit's environment has no PEFT."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

GOLDEN = Path("tests/golden")


def save_tensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    contiguous = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(contiguous, path, metadata={"format": "pt"})
    print(f"{path}: {path.stat().st_size} bytes")


def save_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size} bytes")
