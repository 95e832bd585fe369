"""What a golden model is asked, by its task: the inputs, what it gives for them, and the loss."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

IDS = 40
# The lengths of the two sequences of a batch.
PADDED = (24, 17)
IGNORED = -100
# Ids below are for the special tokens.
FIRST_ID = 3
MASK_ID = 2

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Task:
    """`inputs` draws the tensors of a golden file that say what is asked; `output` names what the model gives for them."""

    inputs: Callable[[PreTrainedModel, int, torch.Generator], Tensors]
    run: Callable[[PreTrainedModel, Tensors], torch.Tensor]
    output: str
    loss: Callable[[torch.Tensor, Tensors], torch.Tensor] | None


def draw(model: PreTrainedModel, length: int, generator: torch.Generator) -> torch.Tensor:
    return torch.randint(FIRST_ID, model.config.vocab_size, (length,), generator=generator)


def pad(rows: list[torch.Tensor], padding: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The rows beneath each other, padded on the right, and the mask of what is no padding."""
    ids = torch.full((len(rows), max(map(len, rows))), padding)
    mask = torch.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)], mask[index, : len(row)] = row, 1
    return ids, mask


def sequence(model: PreTrainedModel, length: int, generator: torch.Generator) -> Tensors:
    return {"ids": draw(model, length, generator)}


def masked(model: PreTrainedModel, length: int, generator: torch.Generator) -> Tensors:
    """Every fourth token is asked for; of those every third stands in the text as it is."""
    original = draw(model, length, generator)
    places = torch.arange(length)
    asked = places % 4 == 1
    return {
        "ids": original.masked_fill(asked & (places % 12 != 1), MASK_ID),
        "targets": original.masked_fill(~asked, IGNORED),
    }


def labelled(model: PreTrainedModel, length: int, generator: torch.Generator) -> Tensors:
    """Two sequences; where the model knows token types, the second third and what follows is of type 1."""
    ids, mask = pad([draw(model, n, generator) for n in PADDED], model.config.pad_token_id)
    types = (torch.arange(ids.shape[1]) >= ids.shape[1] // 3) * mask
    known = {"types": types} if hasattr(model.config, "type_vocab_size") else {}
    labels = torch.randint(model.config.num_labels, (len(ids),), generator=generator)
    return {"ids": ids, "mask": mask, **known, "labels": labels}


def logits_of_sequence(model: PreTrainedModel, inputs: Tensors) -> torch.Tensor:
    return model(input_ids=inputs["ids"][None]).logits[0]


def hidden_of_sequence(model: PreTrainedModel, inputs: Tensors) -> torch.Tensor:
    return model(input_ids=inputs["ids"][None]).last_hidden_state[0]


def logits_of_rows(model: PreTrainedModel, inputs: Tensors) -> torch.Tensor:
    types = {"token_type_ids": inputs["types"]} if "types" in inputs else {}
    return model(input_ids=inputs["ids"], attention_mask=inputs["mask"], **types).logits


CAUSAL = Task(sequence, logits_of_sequence, "logits", lambda logits, given: cross_entropy(logits[:-1], given["ids"][1:]))
MASKED = Task(masked, logits_of_sequence, "logits", lambda logits, given: cross_entropy(logits, given["targets"]))
CLASSIFICATION = Task(labelled, logits_of_rows, "logits", lambda logits, given: cross_entropy(logits, given["labels"]))
ENCODING = Task(sequence, hidden_of_sequence, "hidden", None)
