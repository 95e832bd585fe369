//! A plan in PEFT's form, as its strategy says it: for methods that PEFT has beside LoRA, none of which the host knows.
//!
//! What a strategy says are the entries `peft` and `peft_keys` of the plan's metadata: the method's own fields of `adapter_config.json`,
//! and the keys of tensors that are not simply `MODULE.TENSOR`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use graftwork_plan::{LowRank, Manifest, Param, Plan};
use graftwork_store::{AtomicDir, PeftAdapter, SafetensorsFile, SafetensorsWriter};
use serde_json::{Map, Value};

use crate::Error;
use crate::base::Base;
use crate::peft::Slots;

const WEIGHTS: &str = "adapter_model.safetensors";
/// What PEFT puts before the path of a module.
const PREFIX: &str = "base_model.model.";

/// How a plan is kept in PEFT's form.
pub(crate) struct Form {
    fields: Map<String, Value>,
    /// Keys in the file by slot.
    keys: BTreeMap<String, String>,
    /// The modules that are adapted, and those that train whole beside them.
    targets: BTreeSet<String>,
    saved: BTreeSet<String>,
}

impl Form {
    /// The form of a plan; none where its strategy gives none, or all of it is a LoRA, whose form follows from its structure.
    pub(crate) fn of(plan: &Plan, manifest: &Manifest) -> Option<Self> {
        let entry = |name: &str| plan.metadata().iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str());
        let fields: Map<String, Value> = serde_json::from_str(entry("peft")?).ok()?;
        let special: BTreeMap<String, String> = serde_json::from_str(entry("peft_keys").unwrap_or("{}")).ok()?;
        if !plan.adapters().is_empty() && plan.adapters().iter().all(|a| LowRank::of(a).is_some()) {
            return None;
        }
        let named = |tensor: &str| special.get(tensor).cloned().unwrap_or_else(|| tensor.to_owned());
        let mut form = Self { fields, keys: BTreeMap::new(), targets: BTreeSet::new(), saved: BTreeSet::new() };
        for tensor in plan.shared() {
            let key = special.get(&tensor.name).cloned().unwrap_or_else(|| format!("{PREFIX}{}", tensor.name));
            form.keys.insert(tensor.name.clone(), key);
        }
        for adapter in plan.adapters() {
            let module = manifest.get(adapter.target)?.module();
            form.targets.insert(module.to_owned());
            for tensor in adapter.parts() {
                let key = format!("{PREFIX}{module}.{}", named(&tensor.name));
                form.keys.insert(format!("{module}.{}", tensor.name), key);
            }
        }
        for trained in plan.trainable() {
            let param = manifest.get(trained.param)?;
            let (module, field) = (param.module(), field(param));
            // What the method has no key for is a module that trains whole.
            let of_method = special.contains_key(field);
            let modules = if of_method { &mut form.targets } else { &mut form.saved };
            modules.insert(module.to_owned());
            form.keys.insert(param.name.clone(), format!("{PREFIX}{module}.{}", named(field)));
        }
        // Of two tensors under one key one would be lost.
        let distinct: BTreeSet<&String> = form.keys.values().collect();
        (distinct.len() == form.keys.len()).then_some(form)
    }

    /// Writes the folder's settings and tensors.
    pub(crate) fn write_into(&self, dir: &AtomicDir, base: &Base, plan: &Plan, slots: &Slots) -> Result<(), Error> {
        let mut config = self.fields.clone();
        let list = |modules: &BTreeSet<String>| Value::from_iter(modules.iter().map(String::as_str));
        let mut set = |key: &str, value: Value| drop(config.insert(key.to_owned(), value));
        set("base_model_name_or_path", base.record.display().to_string().into());
        set("task_type", base.task.peft_name().map_or(Value::Null, Value::from));
        set("inference_mode", true.into());
        set("target_modules", list(&self.targets));
        if !self.saved.is_empty() {
            set("modules_to_save", list(&self.saved));
        }
        let layout = base.architecture.layout();
        if plan.adapters().iter().any(|a| layout.is_transposed(a.target)) {
            set("fan_in_fan_out", true.into());
        }
        dir.write_json(PeftAdapter::MARKER, &config)?;
        let named = |(slot, key): (&String, &String)| {
            let value = slots.get(slot)?;
            let turned = is_turned(base, slot);
            Some((key.clone(), if turned { value.view().transposed() } else { value.clone() }))
        };
        Ok(SafetensorsWriter::write_all(dir, WEIGHTS, &self.keys.iter().filter_map(named).collect())?)
    }

    /// An error where a folder's settings say something else than the plan does.
    pub(crate) fn must_agree(&self, path: &Path) -> Result<(), Error> {
        let at = path.join(PeftAdapter::MARKER);
        let fail = |message: String| Error::weights(&at, message);
        let text = std::fs::read(&at).map_err(|e| fail(e.to_string()))?;
        let theirs: Map<String, Value> = serde_json::from_slice(&text).map_err(|e| fail(e.to_string()))?;
        // Lengths and dropouts are of training, and what was drawn is in the folder.
        let of_training =
            |key: &str| key.ends_with("dropout") || ["total_step", "projection_prng_key", "d_initial"].contains(&key);
        let number = |value: &Value| value.as_f64();
        for (key, ours) in self.fields.iter().filter(|(key, _)| !of_training(key)) {
            let Some(found) = theirs.get(key).filter(|found| !found.is_null()) else { continue };
            let same = match (number(ours), number(found)) {
                (Some(a), Some(b)) => a == b,
                _ => ours == found || ours.is_array() || found.is_array(),
            };
            if !same {
                let message = format!(
                    "`{key}` is {found}, and {ours} to the strategy; give the settings that it was trained with"
                );
                return Err(fail(message));
            }
        }
        Ok(())
    }

    /// The plan's tensors out of a folder of that form.
    ///
    /// # Errors
    /// One is missing or has another shape, or the folder has one that the plan has not.
    pub(crate) fn read(&self, path: &Path, plan: &Plan, base: &Base) -> Result<Slots, Error> {
        let fail = |message: String| Error::weights(path, message);
        let file = SafetensorsFile::open(&path.join(WEIGHTS))?;
        if let Some(key) = file.names().iter().find(|name| !self.keys.values().any(|key| key == *name)) {
            let message = format!(
                "it has a tensor `{key}`, which this strategy does not plan; give the settings that it was trained with"
            );
            return Err(fail(message));
        }
        let shapes = shapes(plan, &base.manifest);
        let read = |(slot, key): (&String, &String)| {
            if !file.contains(key) {
                let message = format!(
                    "it has no tensor `{key}`, which this strategy plans; give the settings that it was trained with"
                );
                return Err(fail(message));
            }
            let (data, wanted) = (file.tensor(key)?, &shapes[slot]);
            let data = if is_turned(base, slot) { data.transposed() } else { data.to_data() };
            if data.shape() != wanted.as_slice() {
                return Err(fail(format!("`{key}` has the shape {:?}, but {wanted:?} is planned", data.shape())));
            }
            Ok((slot.clone(), data))
        };
        self.keys.iter().map(read).collect()
    }
}

/// Whether a slot is a parameter that the folder has the other way round.
fn is_turned(base: &Base, slot: &str) -> bool {
    base.manifest.find(slot).is_some_and(|id| base.architecture.layout().is_transposed(id))
}

fn field(param: &Param) -> &str {
    param.name.rsplit('.').next().unwrap_or_default()
}

/// Shapes by slot.
fn shapes(plan: &Plan, manifest: &Manifest) -> BTreeMap<String, Vec<usize>> {
    let dims = |shape: &graftwork_plan::Shape| shape.dims().iter().map(|&d| d as usize).collect();
    let shared = plan.shared().iter().map(|t| (t.name.clone(), dims(&t.shape)));
    let adapters = plan.adapters().iter().filter_map(|a| Some((manifest.get(a.target)?.module(), a)));
    let tensors = adapters.flat_map(|(module, a)| a.tensors.iter().map(move |t| (format!("{module}.{}", t.name), t)));
    let trained = plan.trainable().iter().filter_map(|t| manifest.get(t.param));
    let trained = trained.map(|p| (p.name.clone(), dims(&p.shape)));
    shared.chain(tensors.map(|(slot, t)| (slot, dims(&t.shape)))).chain(trained).collect()
}
