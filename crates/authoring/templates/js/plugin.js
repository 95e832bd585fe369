// Scales every row of a layer's weight by a number that trains: `base * factors`.

import model from "graftwork:strategy/model@0.1.0";

const NAME = "my-method";

const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: NAME,
  type: "object",
  additionalProperties: false,
  properties: {
    target_modules: {
      type: "array",
      items: { type: "string", minLength: 1 },
      minItems: 1,
      description: "Names of linear layers; every one if not given",
    },
    init: { type: "number", default: 1.0, description: "The factors at step 0" },
  },
};

/** Whether a name is the module's path, or the end of it from a dot on. */
function isCalled(param, name) {
  const dot = param.name.lastIndexOf(".");
  const module = dot < 0 ? param.name : param.name.slice(0, dot);
  return module === name || module.endsWith(`.${name}`);
}

function adapter(target, param, init) {
  if (param.shape.length !== 2) {
    const message = `\`${param.name}\` has the shape [${param.shape}], which is no matrix`;
    throw { tag: "unsupported-model", val: message };
  }
  const shape = [param.shape[0], 1];
  const start = {
    op: "constant",
    inputs: [],
    attributes: [
      ["value", { tag: "float", val: init }],
      ["shape", { tag: "integers", val: shape }],
    ],
  };
  const scaled = [
    { op: "base", inputs: [], attributes: [] },
    { op: "tensor", inputs: [], attributes: [["index", { tag: "integer", val: 0 }]] },
    { op: "mul", inputs: [0, 1], attributes: [] },
  ];
  const factors = { name: "factors", shape, trainable: true, init: { nodes: [start], root: 0 } };
  return { target, kind: NAME, tensors: [factors], effective: { nodes: scaled, root: 2 } };
}

export const plugin = {
  describe: () => ({
    name: NAME,
    version: "0.1.0",
    summary: "Learns one factor for each output of a linear layer.",
    configSchema: JSON.stringify(SCHEMA),
  }),
};

export const strategy = {
  plan(config) {
    const { target_modules: names, init = 1.0 } = JSON.parse(config);
    const layers = model.params().map((param, target) => ({ param, target }));
    const linear = layers.filter(({ param }) => param.role === "linear");
    for (const name of names ?? []) {
      if (!linear.some(({ param }) => isCalled(param, name))) {
        const message = `no linear layer is called \`${name}\``;
        throw { tag: "invalid-config", val: { path: "target_modules", message } };
      }
    }
    const chosen = linear.filter(({ param }) => !names || names.some((name) => isCalled(param, name)));
    const adapters = chosen.map(({ param, target }) => adapter(target, param, init));
    return { trainable: [], shared: [], adapters, groups: [], metadata: [] };
  },
};
