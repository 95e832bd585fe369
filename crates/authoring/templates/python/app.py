"""Scales every row of a layer's weight by a number that trains: `base * factors`."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import model
from wit_world.imports.expression import Attribute_Float, Attribute_Integer, Attribute_Integers, Graph, Node
from wit_world.imports.types import (
    Adapter,
    AdapterTensor,
    ConfigError,
    Descriptor,
    Error_InvalidConfig,
    Error_UnsupportedModel,
    StrategyPlan,
)

NAME = "my-method"

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": NAME,
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "target_modules": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "description": "Names of linear layers; every one if not given",
        },
        "init": {"type": "number", "default": 1.0, "description": "The factors at step 0"},
    },
}


def is_called(param: model.Param, name: str) -> bool:
    """Whether a name is the module's path, or the end of it from a dot on."""
    module = param.name.rpartition(".")[0] or param.name
    return module == name or module.endswith("." + name)


def adapter(target: int, param: model.Param, init: float) -> Adapter:
    if len(param.shape) != 2:
        raise Err(Error_UnsupportedModel(f"`{param.name}` has the shape {param.shape}, which is no matrix"))
    shape = [param.shape[0], 1]
    start = Node("constant", [], [("value", Attribute_Float(init)), ("shape", Attribute_Integers(shape))])
    scaled = [
        Node("base", [], []),
        Node("tensor", [], [("index", Attribute_Integer(0))]),
        Node("mul", [0, 1], []),
    ]
    factors = AdapterTensor("factors", shape, trainable=True, group=None, init=Graph([start], 0), update=None)
    return Adapter(target, NAME, [factors], base=None, effective=Graph(scaled, 2), penalty=None)


class Plugin(exports.Plugin):
    def describe(self) -> Descriptor:
        return Descriptor(NAME, "0.1.0", "Learns one factor for each output of a linear layer.", json.dumps(SCHEMA))


class Strategy(exports.Strategy):
    def plan(self, config: str) -> StrategyPlan:
        settings = json.loads(config)
        names = settings.get("target_modules")
        layers = [(target, param) for target, param in enumerate(model.params()) if param.role == "linear"]
        for name in names or []:
            if not any(is_called(param, name) for _, param in layers):
                raise Err(Error_InvalidConfig(ConfigError("target_modules", f"no linear layer is called `{name}`")))
        chosen = [(t, p) for t, p in layers if names is None or any(is_called(p, name) for name in names)]
        init = float(settings.get("init", 1.0))
        return StrategyPlan([], [], [adapter(t, p, init) for t, p in chosen], [], [])
