//! One question to a plugin, and what its answer is worth.

use std::sync::Arc;

use graftwork_plan::{Manifest, ParamId, Plan, Role};
use graftwork_plugin_host::{Plugin, PluginError, Stats, Surroundings};
use serde_json::Value;

use super::steering;

/// What a plugin says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Something that is valid, in a form that can be compared.
    Given(String),
    /// A reason why there is nothing.
    Refused(String),
}

/// Asks for all that the plugin exports.
///
/// # Errors
/// The plugin failed, or what it gave is not valid; as a sentence.
pub(super) fn ask(plugin: &Plugin, around: &Surroundings, config: &Value) -> Result<Answer, String> {
    let capabilities = plugin.capabilities();
    let mut given = Vec::new();
    if capabilities.selector {
        match judged(plugin.select(around, config))? {
            Ok(choices) => given.push(serde_json::to_string(&choices).map_err(|e| e.to_string())?),
            Err(why) => return Ok(Answer::Refused(why)),
        }
    }
    if capabilities.strategy {
        match judged(plugin.plan(around, config))? {
            Ok(raw) => {
                let plan = Plan::validate(&raw, &around.manifest);
                given.push(plan.map_err(|problems| format!("its plan is not valid: {problems}"))?.hash());
            }
            Err(why) => return Ok(Answer::Refused(why)),
        }
    }
    if capabilities.composer {
        let linear = around.manifest.iter().filter(|(_, p)| p.role == Role::Linear).map(|(id, _)| id);
        for target in linear.take(1) {
            match steering::composed(plugin, around, target, 2, config)? {
                Answer::Given(graph) => given.push(graph),
                refused => return Ok(refused),
            }
        }
    }
    if capabilities.controller {
        match steering::started(plugin, around, config)? {
            Answer::Given(decision) => given.push(decision),
            refused => return Ok(refused),
        }
    }
    Ok(Answer::Given(given.join("\n")))
}

/// A result, a refusal with a reason, or, outside, what is neither.
pub(super) fn judged<T>(result: Result<T, PluginError>) -> Result<Result<T, String>, String> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(PluginError::Config { key, message, .. }) if !message.trim().is_empty() => {
            Ok(Err(format!("`{key}` {message}")))
        }
        Err(PluginError::UnsupportedModel { message, .. }) if !message.trim().is_empty() => Ok(Err(message)),
        Err(PluginError::Config { .. } | PluginError::UnsupportedModel { .. }) => {
            Err("it refuses without a reason: the message of its error is empty".to_owned())
        }
        Err(failure) => Err(failure.to_string()),
    }
}

/// A model with statistics, as if its weights were there.
pub(super) fn surroundings(model: &Arc<Manifest>) -> Surroundings {
    Surroundings { stats: Arc::new(Spectra(Arc::clone(model))), seed: 17, ..Surroundings::of(Arc::clone(model)) }
}

/// Every matrix has singular values that shrink from one to the next, slower the later it comes in the model.
struct Spectra(Arc<Manifest>);

impl Spectra {
    fn values(&self, id: ParamId) -> Result<Vec<f64>, String> {
        let param = self.0.get(id).ok_or_else(|| format!("there is no parameter {}", id.0))?;
        let Some([rows, columns]) = param.shape.matrix() else {
            return Err(format!("`{}` is no matrix", param.name));
        };
        let shrink = 0.5 + 0.4 * f64::from(id.0) / self.0.params.len() as f64;
        Ok((0..rows.min(columns)).scan(1.0, |value, _| Some(std::mem::replace(value, *value * shrink))).collect())
    }
}

impl Stats for Spectra {
    fn norm(&self, id: ParamId) -> Result<f64, String> {
        let param = self.0.get(id).ok_or_else(|| format!("there is no parameter {}", id.0))?;
        Ok(match self.values(id) {
            Ok(values) => values.iter().map(|v| v * v).sum::<f64>().sqrt(),
            Err(_) => (param.shape.elements() as f64).sqrt(),
        })
    }

    fn singular_values(&self, id: ParamId, count: u32) -> Result<Vec<f64>, String> {
        Ok(self.values(id)?.into_iter().take(count as usize).collect())
    }

    fn gradient_norm(&self, id: ParamId) -> Result<f64, String> {
        Ok(self.norm(id)? / 100.0)
    }
}
