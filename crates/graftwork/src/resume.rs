//! Going on with a run: from which checkpoint, and only if it is the same run.

use std::path::Path;

use burn::tensor::Device;
use graftwork_plan::Plan;
use graftwork_store::{AppendLog, CheckpointDir, StoreError};
use graftwork_train::{NamedTensor, Snapshot};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::adapter;
use crate::save::{Provenance, State};
use crate::steering::{self, Controllers};
use crate::{Error, Event, builtin, tensors};

/// What of a run may be other than it was when it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The base model's weights.
    Base,
    /// The plugins' files; their settings stay.
    Plugin,
    /// The data.
    Data,
    /// What `run.toml` says.
    Configuration,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Base => "base",
            Self::Plugin => "plugin",
            Self::Data => "data",
            Self::Configuration => "configuration",
        })
    }
}

/// Settings that change nothing of what is computed, or are compared by what they lead to: the model by its hash, the data by its
/// rows, a plugin by its file.
const FREE: [&str; 10] = [
    "out",
    "overwrite",
    "sample",
    "model",
    "adapter",
    "data.files",
    "strategy.path",
    "train.checkpoint_every",
    "train.keep_last",
    "train.keep_best",
];

/// The newest checkpoint of a run that is whole; none where there is none at all. What is passed over on the way is told.
pub(crate) fn newest(run: &Path, on_event: &mut dyn FnMut(Event)) -> Result<Option<CheckpointDir>, Error> {
    on_event(Event::Working { what: "reading the checkpoint" });
    let mut damage: Option<StoreError> = None;
    for (_, path) in CheckpointDir::list(run)?.into_iter().rev() {
        match CheckpointDir::read(&path) {
            Ok(checkpoint) => return Ok(Some(checkpoint)),
            Err(error) => {
                let message = format!("{error}. Going on from an earlier checkpoint, if there is one");
                on_event(Event::Warning { message });
                damage.get_or_insert(error);
            }
        }
    }
    damage.map_or(Ok(None), |error| Err(error.into()))
}

/// An error where the run would go on as another one, unless that is allowed.
pub(crate) fn same_run(
    checkpoint: &CheckpointDir,
    plan: &Plan,
    now: &Provenance,
    allowed: &[Change],
) -> Result<(), Error> {
    let then: State = field(checkpoint, "")?;
    let refuse = |change: Change, what: String| {
        let path = checkpoint.path().to_owned();
        if allowed.contains(&change) { Ok(()) } else { Err(Error::Changed { path, what, change }) }
    };
    let mut changes = Vec::new();
    differences("", &then.provenance.configuration, &now.configuration, &mut changes);
    if !changes.is_empty() {
        refuse(Change::Configuration, changes.join(", "))?;
    }
    let before = &then.provenance;
    if before.base.blake3 != now.base.blake3 {
        let path = now.base.path.display();
        refuse(Change::Base, format!("the base model in {path} has other weights or another configuration"))?;
    }
    for (before, now) in before.strategies.iter().zip(&now.strategies) {
        if before.blake3 != now.blake3 {
            let what = if builtin::is_settled(&now.path) {
                let (name, before, now) = (&before.name, &before.version, &now.version);
                format!("the plugin `{name}` inside the program is another one (version {before} then, {now} now)")
            } else {
                format!("the plugin `{}` in {} is another file", before.name, now.path.display())
            };
            refuse(Change::Plugin, what)?;
        }
    }
    if before.data != now.data {
        refuse(Change::Data, "the data gives other rows".to_owned())?;
    }
    if then.plan_hash != plan.hash() {
        let message = "its tensors are those of another plan, so that nothing can go on from them; start a new run";
        return Err(Error::weights(checkpoint.path(), message));
    }
    Ok(())
}

/// What differs, each as `key: before, now after`.
fn differences(key: &str, before: &Value, now: &Value, found: &mut Vec<String>) {
    if FREE.contains(&key) || before == now {
        return;
    }
    // Files are compared by the rows that they give; a part of the training data is a setting.
    if key == "data.eval" && before.is_array() && now.is_array() {
        return;
    }
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            let new = now.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(new) {
                let side = |side: &serde_json::Map<String, Value>| side.get(name).cloned().unwrap_or_default();
                differences(&below(name), &side(before), &side(now), found);
            }
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            before.iter().zip(now).for_each(|(before, now)| differences(key, before, now, found));
        }
        _ => found.push(format!("`{key}` was {before} and is {now}")),
    }
}

/// What a checkpoint has of a run, on the device; the controllers get their states back.
pub(crate) fn snapshot(
    checkpoint: &CheckpointDir,
    controllers: &mut Controllers,
    device: &Device,
) -> Result<Snapshot, Error> {
    let path = checkpoint.path();
    let group = |name: &str| -> Result<Vec<NamedTensor>, Error> {
        let file = checkpoint.group(name)?;
        let read = |name: String| {
            let data = file.tensor(&name)?;
            let shape = data.shape().to_vec();
            let last = shape.last().copied().unwrap_or(1).max(1);
            let matrix = [shape.iter().product::<usize>() / last, last];
            let tensor = tensors::upload(data, matrix, device).map_err(|e| Error::weights(path, e))?;
            Ok(NamedTensor { name, shape, tensor })
        };
        file.names().into_iter().map(read).collect()
    };
    controllers.restore(steering::read(checkpoint)?, path)?;
    let bases = if checkpoint.has(adapter::BASES) { group(adapter::BASES)? } else { Vec::new() };
    let State { step, steering, progress, spikes, .. } = field(checkpoint, "")?;
    Ok(Snapshot { step, tensors: group("trained")?, moments: group("optimizer")?, bases, steering, progress, spikes })
}

/// Cuts the metrics to what the run had written when it was saved, and tells where less than that is left.
pub(crate) fn cut_metrics(
    checkpoint: &CheckpointDir,
    metrics: &mut AppendLog,
    on_event: &mut dyn FnMut(Event),
) -> Result<(), Error> {
    let (wanted, there): (u64, u64) = (field(checkpoint, "/metrics_bytes")?, metrics.bytes()?);
    if there < wanted {
        let path = checkpoint.path().display();
        let message = format!("metrics.jsonl had {wanted} bytes at {path}, and has {there}: lines of it are lost");
        on_event(Event::Warning { message });
    }
    Ok(metrics.truncate(wanted)?)
}

/// What stands at a place in the state of a checkpoint.
fn field<T: DeserializeOwned>(checkpoint: &CheckpointDir, place: &str) -> Result<T, Error> {
    let value = checkpoint.state().pointer(place).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|e| Error::weights(checkpoint.path(), format!("state.json: {place}: {e}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_named_and_what_is_free_is_not() {
        let before = json!({"seed": 1, "out": "a", "train": {"learning_rate": 0.1, "keep_last": 3}, "strategy": [{"path": "x", "config": {"rank": 4}}]});
        let now = json!({"seed": 1, "out": "b", "train": {"learning_rate": 0.2, "steps": 9}, "strategy": [{"path": "y", "config": {"rank": 8}}]});
        let mut found = Vec::new();
        differences("", &before, &now, &mut found);
        let expected = [
            "`train.learning_rate` was 0.1 and is 0.2",
            "`train.steps` was null and is 9",
            "`strategy.config.rank` was 4 and is 8",
        ];
        assert_eq!(found, expected);
    }
}
