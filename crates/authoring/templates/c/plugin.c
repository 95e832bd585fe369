// Scales every row of a layer's weight by a number that trains: `base * factors`.

#include <stdlib.h>
#include <string.h>

#include "bindings/graftwork.h"
#include "json.h"

#define NAME "my-method"
#define JSON(...) #__VA_ARGS__

static const char schema[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "my-method",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "target_modules": {
      "type": "array",
      "items": { "type": "string", "minLength": 1 },
      "minItems": 1,
      "description": "Names of linear layers; every one if not given"
    },
    "init": { "type": "number", "default": 1.0, "description": "The factors at step 0" }
  }
});

static graftwork_string_t text(const char *value) { return (graftwork_string_t){(uint8_t *)value, strlen(value)}; }

/// One text after another.
static graftwork_string_t join(const graftwork_string_t *parts, size_t count) {
  graftwork_string_t whole = {NULL, 0};
  for (size_t i = 0; i < count; i++) whole.len += parts[i].len;
  whole.ptr = malloc(whole.len);
  for (size_t i = 0, at = 0; i < count; at += parts[i].len, i++) memcpy(whole.ptr + at, parts[i].ptr, parts[i].len);
  return whole;
}

static bool is_linear(const model_param_t *param) {
  static const char linear[] = "linear";
  size_t same = 0;
  while (same < param->role.len && param->role.ptr[same] == linear[same]) same++;
  return same == param->role.len && same == strlen(linear);
}

/// Whether a name, in quotes, is the module's path, or the end of it from a dot on.
static bool is_called(const model_param_t *param, json name) {
  const char *path = (const char *)param->name.ptr;
  size_t module = param->name.len, length = (size_t)(name.end - name.at) - 2;
  for (size_t i = 0; i < param->name.len; i++)
    if (path[i] == '.') module = i;
  if (length > module || !json_is(name, path + module - length, length)) return false;
  return length == module || path[module - length - 1] == '.';
}

static bool is_chosen(const model_param_t *param, const json *names) {
  if (!is_linear(param) || names == NULL) return is_linear(param);
  json rest = json_inside(*names), name;
  while (json_next(&rest, &name))
    if (is_called(param, name)) return true;
  return false;
}

static expression_node_t node(const char *op) { return (expression_node_t){.op = text(op)}; }

/// `constant(value, [rows, 1])`, the factors at step 0.
static expression_graph_t constant(double value, uint32_t rows) {
  int64_t *shape = malloc(2 * sizeof *shape);
  shape[0] = rows;
  shape[1] = 1;
  expression_tuple2_string_attribute_t *attributes = malloc(2 * sizeof *attributes);
  attributes[0].f0 = text("value");
  attributes[0].f1 = (expression_attribute_t){.tag = EXPRESSION_ATTRIBUTE_FLOAT, .val.float_ = value};
  attributes[1].f0 = text("shape");
  attributes[1].f1 = (expression_attribute_t){.tag = EXPRESSION_ATTRIBUTE_INTEGERS, .val.integers = {shape, 2}};
  expression_node_t *nodes = malloc(sizeof *nodes);
  nodes[0] = node("constant");
  nodes[0].attributes = (expression_list_tuple2_string_attribute_t){attributes, 2};
  return (expression_graph_t){.nodes = {nodes, 1}, .root = 0};
}

/// `base * factors`, the weight that the layer behaves as.
static expression_graph_t scaled(void) {
  expression_tuple2_string_attribute_t *index = malloc(sizeof *index);
  index->f0 = text("index");
  index->f1 = (expression_attribute_t){.tag = EXPRESSION_ATTRIBUTE_INTEGER, .val.integer = 0};
  uint32_t *operands = malloc(2 * sizeof *operands);
  operands[0] = 0;
  operands[1] = 1;
  expression_node_t *nodes = malloc(3 * sizeof *nodes);
  nodes[0] = node("base");
  nodes[1] = node("tensor");
  nodes[1].attributes = (expression_list_tuple2_string_attribute_t){index, 1};
  nodes[2] = node("mul");
  nodes[2].inputs = (expression_list_node_id_t){operands, 2};
  return (expression_graph_t){.nodes = {nodes, 3}, .root = 2};
}

static types_adapter_t adapter(uint32_t target, uint32_t rows, double init) {
  uint32_t *shape = malloc(2 * sizeof *shape);
  shape[0] = rows;
  shape[1] = 1;
  types_adapter_tensor_t *factors = malloc(sizeof *factors);
  *factors = (types_adapter_tensor_t){
      .name = text("factors"), .shape = {shape, 2}, .trainable = true, .init = constant(init, rows)};
  return (types_adapter_t){.target = target, .kind = text(NAME), .tensors = {factors, 1}, .effective = scaled()};
}

/// Refuses names that no layer has.
static bool all_known(const model_list_param_t *params, json names, types_error_t *error) {
  json rest = json_inside(names), name;
  while (json_next(&rest, &name)) {
    bool found = false;
    for (size_t i = 0; i < params->len; i++) found |= is_linear(&params->ptr[i]) && is_called(&params->ptr[i], name);
    if (found) continue;
    json inside = json_inside(name);
    graftwork_string_t quoted = {(uint8_t *)inside.at, (size_t)(inside.end - inside.at)};
    graftwork_string_t parts[] = {text("no linear layer is called `"), quoted, text("`")};
    *error = (types_error_t){.tag = TYPES_ERROR_INVALID_CONFIG,
                             .val.invalid_config = {text("target_modules"), join(parts, 3)}};
    return false;
  }
  return true;
}

void exports_plugin_describe(types_descriptor_t *descriptor) {
  *descriptor = (types_descriptor_t){text(NAME), text("0.1.0"),
                                     text("Learns one factor for each output of a linear layer."), text(schema)};
}

bool exports_strategy_plan(graftwork_string_t *config, types_strategy_plan_t *plan, types_error_t *error) {
  json settings = {(const char *)config->ptr, (const char *)config->ptr + config->len}, value, list;
  const json *names = json_get(settings, "target_modules", &list) ? &list : NULL;
  double init = json_get(settings, "init", &value) ? json_number(value) : 1.0;
  model_list_param_t params;
  model_params(&params);
  if (names && !all_known(&params, *names, error)) return false;
  *plan = (types_strategy_plan_t){.adapters = {malloc(params.len * sizeof(types_adapter_t)), 0}};
  for (uint32_t i = 0; i < params.len; i++) {
    const model_param_t *param = &params.ptr[i];
    if (!is_chosen(param, names)) continue;
    if (param->shape.len != 2) {
      graftwork_string_t parts[] = {text("`"), param->name, text("` is no matrix")};
      *error = (types_error_t){.tag = TYPES_ERROR_UNSUPPORTED_MODEL, .val.unsupported_model = join(parts, 3)};
      return false;
    }
    plan->adapters.ptr[plan->adapters.len++] = adapter(i, param->shape.ptr[0], init);
  }
  return true;
}
