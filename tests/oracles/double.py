"""A model wholly in f64: what the f32 goldens are measured against."""

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class Double(TorchFunctionMode):
    """While it is entered, whatever asks for f32 gets f64.

    Transformers computes norms, softmaxes and rotary frequencies in f32 whatever the model's dtype is, so that a model that
    is loaded in f64 alone would still round there.
    """

    def __torch_function__(self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if function is torch.Tensor.float:
            function = torch.Tensor.double
        widened = (widen(value) for value in args)
        return function(*widened, **{key: widen(value) for key, value in (kwargs or {}).items()})


def widen(value: Any) -> Any:
    return torch.float64 if value is torch.float32 else value
