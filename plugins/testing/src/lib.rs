//! What the tests of the plugins share: a small model, the host's check of a plan, and the value of an expression.
//!
//! A plugin is tested natively and without a host, but its plan goes through the host's validation.

mod check;
mod value;

use graftwork_sdk::{Choice, Error, Mock, Model, Param, Plan, Role};

pub use check::{checked, peft};
pub use value::{Value, after_step_0, at_step_0};

/// A model of two layers, and with it what it can be made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Small {
    /// Whether its linear layers have biases, and its norms a shift.
    pub biased: bool,
    /// Whether its head is its embedding.
    pub tied: bool,
    /// `model_type` of its `config.json`.
    pub family: &'static str,
}

impl Small {
    /// `q_proj [24, 16]`, `k_proj [12, 16]`, `down_proj [16, 32]` and a norm in each of the two layers, embedding and head
    /// `[20, 16]`.
    pub fn params(self) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut push = |name: String, shape: &[u32], role, layer, tied_to| {
            let (id, dtype) = (params.len() as u32, "f32".to_owned());
            params.push(Param { id, name, shape: shape.to_vec(), dtype, role, layer, tied_to });
        };
        push("model.embed_tokens.weight".to_owned(), &[20, 16], Role::Embedding, None, None);
        for layer in 0..2 {
            for (name, [out, inner]) in
                [("self_attn.q_proj", [24, 16]), ("self_attn.k_proj", [12, 16]), ("mlp.down_proj", [16, 32])]
            {
                let module = format!("model.layers.{layer}.{name}");
                push(format!("{module}.weight"), &[out, inner], Role::Linear, Some(layer), None);
                if self.biased {
                    push(format!("{module}.bias"), &[out], Role::Bias, Some(layer), None);
                }
            }
            push(format!("model.layers.{layer}.norm.weight"), &[16], Role::Norm, Some(layer), None);
            if self.biased {
                push(format!("model.layers.{layer}.norm.bias"), &[16], Role::Norm, Some(layer), None);
            }
        }
        push("lm_head.weight".to_owned(), &[20, 16], Role::Head, None, self.tied.then_some(0));
        params
    }

    /// The model.
    pub fn model(self) -> Model {
        self.after(None)
    }

    /// The model after a selector that chose.
    pub fn chosen(self, choices: &[(u32, Option<u32>)]) -> Model {
        self.after(Some(choices.iter().map(|&(param, rank)| Choice { param, rank, alpha: None }).collect()))
    }

    fn after(self, choices: Option<Vec<Choice>>) -> Model {
        let config = serde_json::json!({"model_type": self.family});
        Model::from(Mock { params: self.params(), config, choices, ..Mock::default() })
    }
}

/// Names and shapes of the tensors of the adapter of that place.
pub fn tensors(plan: &Plan, place: usize) -> Vec<(&str, &[u32])> {
    plan.adapters[place].tensors.iter().map(|t| (t.name.as_str(), t.shape.as_slice())).collect()
}

/// The parameters that the adapters are for.
pub fn targets(plan: &Plan) -> Vec<u32> {
    plan.adapters.iter().map(|a| a.target).collect()
}

/// The parameters of the model that train.
pub fn trainable(plan: &Plan) -> Vec<u32> {
    plan.trainable.iter().map(|t| t.param).collect()
}

/// The setting that is refused.
pub fn key<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Config { key, .. }) => key,
        other => panic!("{other:?}"),
    }
}

/// Settings that say what the schema says their defaults are.
pub fn defaults(schema: &str) -> String {
    let schema: serde_json::Value = serde_json::from_str(schema).expect("JSON");
    let properties = schema["properties"].as_object().expect("properties");
    let described = |property: &serde_json::Value| property["description"].is_string();
    assert!(properties.values().all(described), "every setting has a description");
    let defaults = properties.iter().filter_map(|(name, p)| Some((name.clone(), p.get("default")?.clone())));
    serde_json::Value::Object(defaults.collect()).to_string()
}
