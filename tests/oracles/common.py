"""What the oracle scripts share: f32 models on the CPU, the fixed prompts, and golden_file.py's way of writing."""

import json
import math
from pathlib import Path

import torch
import transformers
from golden_file import GOLDEN as GOLDEN
from golden_file import save_json as save_json
from golden_file import save_tensors as save_tensors
from peft import PeftModel
from safetensors.torch import load_file
from tasks import logits_of_rows
from tokenizers import Tokenizer
from transformers import PreTrainedModel
from transformers.utils.logging import disable_progress_bar

TINY = Path("examples/default/model")

# Attention and experts as the plain formulas, nothing fused.
PLAIN = {"attn_implementation": "eager", "experts_implementation": "eager"}

PROMPTS = (
    "It was a truth that nobody in the village doubted: Captain Hale had come home rich.",
    "She read the letter twice, folded it, and laid it upon the table; 27 days, my dear Zoë, are soon gone.",
)


def one_thread() -> None:
    """One thread and deterministic kernels: the same numbers on every run of the same versions; no progress bars."""
    disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def load_model(folder: Path, dtype: torch.dtype = torch.float32, unused: tuple[str, ...] = ()) -> PreTrainedModel:
    """The model of a folder, of the class that its configuration names, in evaluation mode and with plain attention.

    A weight that is missing is an error, and so is one that is left over, unless its name begins as one of `unused`.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    architecture = getattr(transformers, config["architectures"][0])
    model, info = architecture.from_pretrained(folder, dtype=dtype, output_loading_info=True, **PLAIN)
    info["unexpected_keys"] = {key for key in info["unexpected_keys"] if not key.startswith(unused)}
    problems = {kind: keys for kind, keys in info.items() if keys}
    if problems:
        raise SystemExit(f"{folder}: the weights do not fit the model: {problems}")
    model.config.use_cache = False
    return model.eval()


def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def encode(folder: Path, text: str) -> torch.Tensor:
    """The ids of `text` alone, without bos or eos: [n], i64."""
    return torch.tensor(tokenizer(folder).encode(text, add_special_tokens=False).ids)


@torch.no_grad()
def logits(model: PreTrainedModel, ids: torch.Tensor, **inputs: torch.Tensor) -> torch.Tensor:
    """Logits [n, vocabulary] of one sequence [n]."""
    inputs = {name: value[None] for name, value in inputs.items()}
    return model(input_ids=ids[None], **inputs).logits[0].float()


def difference(ours: torch.Tensor, theirs: torch.Tensor) -> tuple[float, float]:
    """The largest absolute difference, and that relative to the largest absolute value of `theirs`."""
    absolute = (ours - theirs).abs().max().item()
    return absolute, absolute / theirs.abs().max().item()


def rounding(error: float) -> float:
    """An error that is nothing but rounding, as the power of ten above it, for the next machine rounds otherwise."""
    return error if error == 0 or error > 1e-4 else 10.0 ** math.ceil(math.log10(error))


def save_adapter(model: PeftModel, folder: Path) -> None:
    """The adapter as PEFT saves it, less its README.md, and with the modules, which PEFT keeps in sets, in order."""
    # PEFT would save the whole embedding beside an adapter of it, which is the base's own.
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    for modules in ("target_modules", "feedforward_modules"):
        if isinstance(config.get(modules), list):
            config[modules].sort()
    save_json(folder / "adapter_config.json", config)


def compare(model: PreTrainedModel, measured: Path, tolerance: float) -> None:
    """Holds the logits in `measured` against the model's; check_ours.py says what is in the file."""
    tensors = load_file(measured)
    ours = tensors["logits"].float()
    if tensors["ids"].dim() == 2:
        with torch.no_grad():
            theirs = logits_of_rows(model, {name: value.long() for name, value in tensors.items() if name != "logits"})
    else:
        theirs = logits(model, tensors["ids"].long())[-len(ours) :]
    if ours.shape != theirs.shape:
        raise SystemExit(f"{measured}: logits of shape {list(ours.shape)}, the model's are {list(theirs.shape)}")
    absolute, relative = difference(ours, theirs)
    print(f"{len(ours)} rows: largest difference {absolute:.2e}, {relative:.2e} of the largest logit")
    # Not `>`: a NaN must fail.
    if not absolute <= tolerance:
        raise SystemExit(f"{measured}: differs by more than {tolerance:.0e}")
