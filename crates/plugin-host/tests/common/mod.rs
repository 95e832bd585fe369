//! Plugins written as WebAssembly text: a small honest one, with places for a test to make it hostile.

use std::sync::Arc;

use graftwork_plan::{Dtype, Manifest, Param, RawPlan, Role, Shape};
use graftwork_plugin_host::{Limits, Plugin, PluginError, PluginHost, Surroundings};
use serde_json::{Value, json};

/// Functions by which a module answers, and where the parts of its answers lie in its memory.
const HELPERS: &str = include_str!("../../../../tests/hostile/honest/helpers.wat");

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

    pub fn text(&self) -> String {
        let Self { imports, memory, describe, plan, extra, version } = self;
        format!(
            r#"(module
  {imports}
  {memory}
  {HELPERS}
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
