//! What a plan is in PEFT, so that the host can write a folder for it without knowing the method.

use serde_json::{Map, Value};

use crate::{Plan, Target};

/// PEFT's own form of a plan. It is kept in the plan's metadata; a plan that PEFT has no form for has none.
///
/// A tensor's key in the folder is `MODULE.TENSOR`, after PEFT's prefix, where [`key`](Self::key) says nothing else.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Peft, Plan};
///
/// let peft = Peft::new("IA3").with("feedforward_modules", vec!["down_proj"]).key("scale", "ia3_l");
/// let plan = Plan::default().with_peft(peft);
/// assert_eq!(plan.metadata[1], ("peft_keys".to_owned(), r#"{"scale":"ia3_l"}"#.to_owned()));
/// ```
#[derive(Clone, Debug)]
pub struct Peft {
    fields: Map<String, Value>,
    keys: Map<String, Value>,
}

impl Peft {
    /// The form of that `peft_type`, e.g. `LORA`.
    pub fn new(peft_type: &str) -> Self {
        Self { fields: Map::new(), keys: Map::new() }.with("peft_type", peft_type)
    }

    /// With a field of `adapter_config.json`. The host fills in the base model, the task and the target modules.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// With the fields that hold ranks and alphas; PEFT calls alpha `alpha` or `lora_alpha`.
    ///
    /// What most of the targets have is the folder's own, and a pattern has what another one does.
    pub fn ranks(self, targets: &[Target<'_>], alpha: &str) -> Self {
        let settings = |t: &Target<'_>| (t.rank, t.alpha);
        let count = |wanted| targets.iter().filter(|t| settings(t) == wanted).count();
        let usual = targets.iter().map(settings).max_by_key(|&s| count(s)).unwrap_or((8, 8.0));
        // A pattern is a regular expression over the path.
        let pattern = |t: &Target<'_>| t.param.module().replace('.', r"\.");
        let ranks = targets.iter().filter(|t| t.rank != usual.0).map(|t| (pattern(t), Value::from(t.rank)));
        let alphas = targets.iter().filter(|t| t.alpha != usual.1).map(|t| (pattern(t), number(t.alpha)));
        let (ranks, alphas): (Map<_, _>, Map<_, _>) = (ranks.collect(), alphas.collect());
        self.with("r", usual.0).with(alpha, number(usual.1)).with("rank_pattern", ranks).with("alpha_pattern", alphas)
    }

    /// With another key of a tensor: what stands for `TENSOR` in `MODULE.TENSOR`, and for a shared tensor the whole key.
    pub fn key(mut self, tensor: &str, key: &str) -> Self {
        self.keys.insert(tensor.to_owned(), key.into());
        self
    }
}

/// A whole number without a fraction, as PEFT writes it.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e9 { Value::from(value as i64) } else { Value::from(value) }
}

impl Plan {
    /// The same plan with its form in PEFT, as the entries `peft` and `peft_keys` of its metadata.
    pub fn with_peft(mut self, peft: Peft) -> Self {
        self.metadata.push(("peft".to_owned(), Value::from(peft.fields).to_string()));
        if !peft.keys.is_empty() {
            self.metadata.push(("peft_keys".to_owned(), Value::from(peft.keys).to_string()));
        }
        self
    }
}
