"""The work that host.py and peft_train.py both do, and what they are told about it."""

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Defaults:
    batch: str
    steps: int
    warm_up: int


CPU = Defaults(batch="2x128", steps=12, warm_up=3)
GPU = Defaults(batch="8x1024", steps=20, warm_up=5)


def arguments(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The parser's arguments with those that both have; `rows` and `length` are the batch's."""
    parser.add_argument("--device", default="cpu", help="cpu or cuda:0")
    parser.add_argument("--method", choices=("lora", "full"), default="lora")
    parser.add_argument("--batch", metavar="ROWSxTOKENS")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--warm-up", type=int)
    parser.add_argument("--threads", type=int, default=2, help="on the CPU")
    parser.add_argument("--recompute", action="store_true")
    found = parser.parse_args()
    for name, default in vars(CPU if found.device == "cpu" else GPU).items():
        if getattr(found, name) is None:
            setattr(found, name, default)
    found.rows, found.length = map(int, found.batch.split("x"))
    return found


def described(found: argparse.Namespace) -> dict:
    """What a line of results says of the work."""
    return {name: getattr(found, name) for name in ("device", "method", "batch", "recompute")}
