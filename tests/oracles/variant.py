"""What is said of a golden model in the table of all."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from tasks import CAUSAL, IDS, Task
from transformers import LlamaConfig, LlamaForCausalLM


@dataclass(frozen=True)
class Variant:
    """A model: its configuration, what must show in its output, and what is written besides."""

    settings: dict
    kind: tuple[type, type] = (LlamaConfig, LlamaForCausalLM)
    task: Task = CAUSAL
    # By the feature's name: what a reader that does not know it would have in the configuration instead.
    without: dict[str, dict] = field(default_factory=dict)
    # By the end of a weight's name: the value that makes it do nothing.
    neutral: dict[str, float] = field(default_factory=dict)
    grads: bool = False
    v4: Callable[[dict], dict] | None = None
    # The lengths of the two sequences of a batch.
    batch: tuple[int, int] | None = None
    ids: int = IDS
    dtype: torch.dtype = torch.float32
    max_shard_size: str = "5GB"
    # The names of the weights in the folder, where they are not those that Transformers writes, and what is added.
    as_published: Callable[[dict], dict] | None = None
    # How the names of weights begin that the model has no use for.
    unused: tuple[str, ...] = ()
