//! Plugins written as WebAssembly text: a small honest one, with places for a test to make it hostile.

use std::sync::Arc;

use graftwork_plan::{Dtype, Manifest, Param, Plan, RawPlan, Role, Shape};
use graftwork_plugin_host::{Limits, Plugin, PluginError, PluginHost, Surroundings};
use serde_json::{Value, json};

/// Where the parts of a module's results lie in its memory.
const DESCRIPTOR: &str = concat!(
    "(data (i32.const 16) \"test\")",
    "(data (i32.const 32) \"1.0\")",
    "(data (i32.const 48) \"A plugin for tests\")",
    "(data (i32.const 80) \"{\\\"type\\\": \\\"object\\\"}\")",
);

/// A core module without a description of its interfaces, as C or handwritten text gives it.
pub struct Module {
    pub imports: String,
    pub memory: String,
    pub describe: String,
    pub plan: String,
    pub extra: String,
    pub version: &'static str,
}

impl Default for Module {
    fn default() -> Self {
        Self {
            imports: String::new(),
            memory: "(memory (export \"memory\") 2)".to_owned(),
            describe: "(call $describe_honestly)".to_owned(),
            plan: "(call $train_parameter (i32.const 0))".to_owned(),
            extra: String::new(),
            version: "0.1.0",
        }
    }
}

impl Module {
    pub fn planning(body: &str) -> Self {
        Self { plan: body.to_owned(), ..Self::default() }
    }

    /// A plan whose one adapter, on parameter 1 of [`manifest`], has this expression: nodes as `(op, inputs, attribute)`.
    pub fn adapting(nodes: &str, count: u32, root: u32) -> Self {
        Self {
            plan: format!("(call $adapt (i32.const {count}) (i32.const {root}))"),
            extra: nodes.to_owned(),
            ..Self::default()
        }
    }

    pub fn text(&self) -> String {
        let Self { imports, memory, describe, plan, extra, version } = self;
        // Results come through a pointer, laid out as the canonical ABI has it. `plan` gives
        // result<strategy-plan, error>: a tag at 0, then from 4 the five lists as (pointer, length).
        format!(
            r#"(module
  {imports}
  {memory}
  {DESCRIPTOR}
  (global $heap (mut i32) (i32.const 65536))
  (func $store (param $at i32) (param $value i32) (i32.store (local.get $at) (local.get $value)))
  (func $describe_honestly (result i32)
    (call $store (i32.const 256) (i32.const 16)) (call $store (i32.const 260) (i32.const 4))
    (call $store (i32.const 264) (i32.const 32)) (call $store (i32.const 268) (i32.const 3))
    (call $store (i32.const 272) (i32.const 48)) (call $store (i32.const 276) (i32.const 18))
    (call $store (i32.const 280) (i32.const 80)) (call $store (i32.const 284) (i32.const 18))
    (i32.const 256))
  (func $empty_plan (result i32)
    (memory.fill (i32.const 512) (i32.const 0) (i32.const 64))
    (i32.const 512))
  (func $train_parameter (param $id i32) (result i32)
    (drop (call $empty_plan))
    (call $store (i32.const 516) (i32.const 640)) (call $store (i32.const 520) (i32.const 1))
    (memory.fill (i32.const 640) (i32.const 0) (i32.const 32))
    (call $store (i32.const 640) (local.get $id))
    (i32.const 512))
  (data (i32.const 700) "evil")
  (func $adapt (param $count i32) (param $root i32) (result i32)
    (drop (call $train_parameter (i32.const 0)))
    ;; the adapters come after what trains and what is shared
    (call $store (i32.const 532) (i32.const 768)) (call $store (i32.const 536) (i32.const 1))
    (memory.fill (i32.const 768) (i32.const 0) (i32.const 128))
    (call $store (i32.const 768) (i32.const 1))
    (call $store (i32.const 772) (i32.const 700)) (call $store (i32.const 776) (i32.const 4))
    ;; target, kind, tensors, base: option<graph> at 20..36, effective at 36..48, penalty: option<graph>
    (call $store (i32.const 804) (i32.const 1024)) (call $store (i32.const 808) (local.get $count))
    (call $store (i32.const 812) (local.get $root))
    (i32.const 512))
  {extra}
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (global.set $heap (i32.add (local.get $at) (local.get 3)))
    (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow (i32.add (i32.div_u (local.get 3) (i32.const 65536)) (i32.const 1))))))
    (local.get $at))
  (func (export "graftwork:strategy/plugin@{version}#describe") (result i32) {describe})
  (func (export "graftwork:strategy/strategy@{version}#plan") (param i32 i32) (result i32) {plan})
)"#
        )
    }

    pub fn load(&self, limits: Limits) -> Result<Arc<Plugin>, PluginError> {
        PluginHost::new(limits).expect("a host").load_bytes("test.wat", self.text().as_bytes())
    }

    /// Loads the module and asks for a plan.
    pub fn plan(&self, limits: Limits) -> Result<RawPlan, PluginError> {
        self.load(limits)?.plan(&surroundings(), &json!({}))
    }

    /// The message that loading or planning ends with.
    pub fn fails(&self, limits: Limits, parts: &[&str]) {
        let message = match self.plan(limits) {
            Ok(plan) => panic!("it should have failed, but gave {plan:?}"),
            Err(error) => error.to_string(),
        };
        for part in parts {
            assert!(message.contains(part), "`{part}` is not in: {message}");
        }
    }
}

/// Two parameters: a norm and a linear weight `[8, 8]`.
pub fn manifest() -> Manifest {
    let param = |name: &str, dims: &[u64], role| Param {
        name: name.to_owned(),
        shape: Shape::new(dims).expect("a shape"),
        dtype: Dtype::F32,
        role,
        layer: Some(0),
        tied_to: None,
    };
    let params = vec![param("norm.weight", &[8], Role::Norm), param("layer.weight", &[8, 8], Role::Linear)];
    Manifest { architecture: "test".to_owned(), config: Value::Null, params }
}

pub fn surroundings() -> Surroundings {
    Surroundings { seed: 1, ..Surroundings::of(Arc::new(manifest())) }
}

/// What validation says of a plan.
pub fn problems(raw: &RawPlan) -> String {
    Plan::validate(raw, &manifest()).expect_err("the plan should be refused").to_string()
}
