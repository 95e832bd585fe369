//! LoRA adapters between a plan and PEFT's folder.
//!
//! Writing goes by structure: whatever has the form `base + scale · (B @ A)` is a LoRA adapter to PEFT, whoever planned
//! it. Reading goes by the tensors that are there; the settings in `adapter_config.json` only say rank and scale.

use std::collections::BTreeMap;
use std::path::Path;

use graftwork_model::TaskKind;
use graftwork_plan::{
    Attribute, LowRank, Manifest, ParamId, Plan, RawAdapter, RawGraph, RawNode, RawPlan, RawTrainable, Role,
};
use graftwork_store::{AdapterKey, AdapterPart, Bias, Names, Param, PeftAdapter, PeftConfig, TensorData};

use crate::Error;
use crate::base::Base;
use crate::compose::held;
use crate::task::TaskRecord;

/// The tensors that a plan trains, by the names of their slots.
pub(crate) type Slots = BTreeMap<String, TensorData>;

/// The plan as a PEFT adapter; none where PEFT's LoRA has no form for a part of it.
pub(crate) fn export(plan: &Plan, base: &Base, slots: &Slots) -> Option<PeftAdapter> {
    let (manifest, layout) = (&base.manifest, base.architecture.layout());
    let mut tensors = BTreeMap::new();
    let mut layers = Vec::new();
    let mut fan_in_fan_out = false;
    for adapter in plan.adapters() {
        let form = LowRank::of(adapter).filter(|_| adapter.tensors.len() == 2)?;
        let param = manifest.get(adapter.target)?;
        // PEFT adapts only the lookup of a tied embedding, not the head that is the same weight.
        let shared = manifest.params.iter().any(|p| p.tied_to == Some(adapter.target));
        let parts = if form.transposed && param.role == Role::Embedding && !shared {
            [(form.a, AdapterPart::EmbeddingA), (form.b, AdapterPart::EmbeddingB)]
        } else if !form.transposed && matches!(param.role, Role::Linear | Role::Head) {
            [(form.a, AdapterPart::LoraA), (form.b, AdapterPart::LoraB)]
        } else {
            return None;
        };
        for (tensor, part) in parts {
            let key = AdapterKey { module: param.module().to_owned(), part };
            let slot = format!("{}.{}", param.module(), adapter.tensors[tensor].name);
            tensors.insert(key.to_string(), slots.get(&slot)?.clone());
        }
        fan_in_fan_out |= layout.is_transposed(adapter.target);
        layers.push((param.module(), form));
    }
    let bias = biases(plan, manifest, &layers)?;
    let mut saved = Vec::new();
    for id in plan.trainable().iter().map(|t| t.param) {
        let param = manifest.get(id)?;
        let is_bias = param.name.ends_with(".bias");
        let part = match (is_bias, layers.iter().any(|(module, _)| *module == param.module())) {
            (true, true) => AdapterPart::BaseLayer(Param::Bias),
            (true, false) => AdapterPart::Saved(Param::Bias),
            (false, true) => return None,
            (false, false) => AdapterPart::Saved(Param::Weight),
        };
        // PEFT saves modules whole: the shift of a norm without its scale is none.
        if is_bias && param.role != Role::Bias && !trains_whole(plan, manifest, param.module()) {
            return None;
        }
        let value = slots.get(&param.name)?;
        let value = if layout.is_transposed(id) { value.view().transposed() } else { value.clone() };
        // Where a head is tied to what trains, PEFT unties them: both have to be in the folder to stay equal.
        let tied = manifest.iter().filter(|(_, p)| p.tied_to == Some(id)).map(|(_, p)| p);
        for module in std::iter::once(param).chain(tied).map(graftwork_plan::Param::module) {
            tensors.insert(AdapterKey { module: module.to_owned(), part }.to_string(), value.clone());
            if part == AdapterPart::Saved(Param::Weight) {
                saved.push(module.to_owned());
            }
        }
    }
    // PEFT has the revision of a model on the Hub apart from its name.
    let record = base.record.display().to_string();
    let (name, revision) = match record.split_once('@') {
        Some((name, revision)) if base.record != base.path => (name, Some(revision)),
        _ => (record.as_str(), None),
    };
    let other = revision.into_iter().map(|revision| ("revision".to_owned(), revision.into())).collect();
    let config = PeftConfig {
        task_type: base.task.peft_name().map(str::to_owned),
        base_model_name_or_path: Some(name.to_owned()),
        other,
        bias,
        fan_in_fan_out,
        modules_to_save: (!saved.is_empty()).then_some(saved),
        ..config(&layers)
    };
    (!layers.is_empty()).then_some(PeftAdapter { config, tensors })
}

/// Whether the weight of a module trains in place.
fn trains_whole(plan: &Plan, manifest: &Manifest, module: &str) -> bool {
    let weight = format!("{module}.weight");
    plan.trainable().iter().any(|t| manifest.get(t.param).is_some_and(|p| p.name == weight))
}

/// PEFT's word for the biases that train, but for those of modules that train whole; none where it has none.
fn biases(plan: &Plan, manifest: &Manifest, layers: &[(&str, LowRank)]) -> Option<Bias> {
    let is_bias = |id: ParamId| {
        manifest.get(id).is_some_and(|p| p.role == Role::Bias && !trains_whole(plan, manifest, p.module()))
    };
    let trained: Vec<ParamId> = plan.trainable().iter().map(|t| t.param).filter(|&id| is_bias(id)).collect();
    let of_layers = |id: &ParamId| manifest.get(*id).is_some_and(|p| layers.iter().any(|(m, _)| *m == p.module()));
    let all: Vec<ParamId> = manifest.iter().map(|(id, _)| id).filter(|&id| is_bias(id)).collect();
    match trained.len() {
        0 => Some(Bias::None),
        n if n == all.len() => Some(Bias::All),
        n if n == all.iter().filter(|id| of_layers(id)).count() && trained.iter().all(of_layers) => {
            Some(Bias::LoraOnly)
        }
        _ => None,
    }
}

/// The settings that follow from the adapted layers.
fn config(layers: &[(&str, LowRank)]) -> PeftConfig {
    // Rank and alpha of most layers are the folder's; the others get patterns.
    let settings = |form: &LowRank| (form.rank as usize, alpha(form));
    let count = |wanted: (usize, f64)| layers.iter().filter(|(_, form)| settings(form) == wanted).count();
    let usual = layers.iter().map(|(_, form)| settings(form)).max_by_key(|&s| count(s)).unwrap_or((8, 8.0));
    let pattern = |module: &str| regex_escape(module);
    let unusual = || layers.iter().map(|(module, form)| (pattern(module), settings(form)));
    PeftConfig {
        r: usual.0,
        lora_alpha: usual.1,
        target_modules: Some(Names::List(layers.iter().map(|(module, _)| (*module).to_owned()).collect())),
        inference_mode: true,
        lora_dropout: layers.iter().map(|(_, form)| form.dropout).fold(0.0, f64::max),
        rank_pattern: unusual().filter(|(_, s)| s.0 != usual.0).map(|(m, s)| (m, s.0)).collect(),
        alpha_pattern: unusual().filter(|(_, s)| s.1 != usual.1).map(|(m, s)| (m, s.1)).collect(),
        ..PeftConfig::default()
    }
}

/// Alpha as PEFT means it, `scale · rank`: also where the strategy scaled otherwise, so that every reader computes the same.
fn alpha(form: &LowRank) -> f64 {
    let alpha = form.scale * form.rank as f64;
    // 2.0 / 3.0 * 3.0 is not always 2.0; what was meant as a whole number is written as one.
    if (alpha - alpha.round()).abs() < 1e-9 * alpha.abs().max(1.0) { alpha.round() } else { alpha }
}

fn regex_escape(module: &str) -> String {
    module.replace('.', "\\.")
}

/// The plan that a PEFT adapter is, and its tensors by the names of that plan's slots.
///
/// `fan_in_fan_out` says how the base has its weights, which the base itself says too.
pub(crate) fn import(adapter: &PeftAdapter, base: &Base, path: &Path) -> Result<(RawPlan, Slots), Error> {
    let (manifest, layout) = (&base.manifest, base.architecture.layout());
    let fail = |message: String| Error::weights(path, message);
    if adapter.config.use_dora {
        return Err(fail(
            "adapter_config.json sets use_dora; `host import` reads it with `--strategy dora`".to_owned(),
        ));
    }
    let mut parts: BTreeMap<ParamId, BTreeMap<AdapterPart, &TensorData>> = BTreeMap::new();
    for (name, tensor) in &adapter.tensors {
        let key: AdapterKey = name.parse().map_err(|e: graftwork_store::PeftError| fail(e.to_string()))?;
        let field = match key.part {
            AdapterPart::BaseLayer(Param::Bias) | AdapterPart::Saved(Param::Bias) => "bias",
            _ => "weight",
        };
        let wanted = format!("{}.{field}", key.module);
        let id = manifest.find(&wanted).ok_or_else(|| {
            fail(format!(
                "`{name}` is for `{wanted}`, which the model does not have; the adapter belongs to another model"
            ))
        })?;
        parts.entry(id).or_default().insert(key.part, tensor);
    }
    let (mut plan, mut slots) = (RawPlan::default(), Slots::new());
    for (id, found) in parts {
        let Some(param) = manifest.get(id) else { continue };
        let pair = |a, b| found.get(&a).zip(found.get(&b));
        let linear = pair(AdapterPart::LoraA, AdapterPart::LoraB).map(|p| (p, ["lora_A", "lora_B"], false));
        let embedding = pair(AdapterPart::EmbeddingA, AdapterPart::EmbeddingB);
        let embedding = embedding.map(|p| (p, ["lora_embedding_A", "lora_embedding_B"], true));
        if let Some(((a, b), names, transposed)) = linear.or(embedding) {
            let scale = adapter.config.scaling(param.module()).map_err(|e| fail(e.to_string()))?;
            let tensors = [(names[0], *a), (names[1], *b)];
            plan.adapters.push(low_rank(id, &tensors, scale, adapter.config.lora_dropout, transposed));
            slots.extend(tensors.map(|(n, t)| (format!("{}.{n}", param.module()), t.clone())));
            continue;
        }
        let trained = found.iter().find(|(part, _)| matches!(part, AdapterPart::BaseLayer(_) | AdapterPart::Saved(_)));
        let Some((_, tensor)) = trained else { continue };
        let tensor = if layout.is_transposed(id) { &tensor.view().transposed() } else { *tensor };
        let wanted: Vec<usize> = param.shape.dims().iter().map(|&d| d as usize).collect();
        if tensor.shape() != wanted {
            return Err(fail(format!(
                "`{}` has the shape {:?}, but the model's has {wanted:?}",
                param.name,
                tensor.shape()
            )));
        }
        // PEFT stores a tied head beside the embedding that it is: one of the two says it all, if they agree.
        match param.tied_to.and_then(|source| manifest.get(source)) {
            None => {
                plan.trainable.push(RawTrainable { param: id.0, group: None });
                slots.insert(param.name.clone(), tensor.clone());
            }
            Some(source) if slots.get(&source.name).is_some_and(|t| t == tensor) => {}
            Some(source) => {
                let message =
                    format!("it changes `{}` apart from `{}`, to which the model ties it", param.name, source.name);
                return Err(fail(message));
            }
        }
    }
    Ok((plan, slots))
}

/// What a model has to be opened for to take the adapter; none where it says no more than the model.
pub(crate) fn task(adapter: &PeftAdapter) -> Option<TaskRecord> {
    match adapter.config.task_type.as_deref()? {
        "CAUSAL_LM" => Some(TaskRecord { kind: TaskKind::CausalLm, labels: Vec::new() }),
        "SEQ_CLS" => {
            let is_head = |module: &str| ["score", "classifier"].contains(&module);
            let classes = adapter.tensors.iter().find_map(|(name, tensor)| {
                let key: AdapterKey = name.parse().ok()?;
                let head = key.part == AdapterPart::Saved(Param::Weight) && is_head(&key.module);
                head.then(|| tensor.shape().first().copied().unwrap_or_default())
            })?;
            Some(TaskRecord::nameless(classes))
        }
        _ => None,
    }
}

/// `base + scale · (B @ dropout(A))`, or `base + scale · (Aᵀ @ Bᵀ)`, over the tensors A and B.
pub(crate) fn low_rank(
    target: ParamId,
    tensors: &[(&str, &TensorData); 2],
    scale: f64,
    dropout: f64,
    transposed: bool,
) -> RawAdapter {
    let mut nodes = Vec::new();
    let mut push = |op: &str, inputs: &[u32], attribute: Option<(&str, Attribute)>| {
        let attributes = attribute.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        nodes.push(RawNode { op: op.to_owned(), inputs: inputs.to_vec(), attributes });
        nodes.len() as u32 - 1
    };
    let base = push("base", &[], None);
    let a = push("tensor", &[], Some(("index", Attribute::Integer(0))));
    let b = push("tensor", &[], Some(("index", Attribute::Integer(1))));
    let (left, right) = if transposed {
        (push("transpose", &[a], None), push("transpose", &[b], None))
    } else if dropout > 0.0 {
        (b, push("dropout", &[a], Some(("p", Attribute::Float(dropout)))))
    } else {
        (b, a)
    };
    let product = push("matmul", &[left, right], None);
    let update = push("scale", &[product], Some(("factor", Attribute::Float(scale))));
    let root = push("add", &[base, update], None);
    let tensors = tensors.map(|(name, data)| {
        let shape: Vec<u64> = data.shape().iter().map(|&d| d as u64).collect();
        held(name, &shape)
    });
    let effective = RawGraph { nodes, root };
    RawAdapter {
        target: target.0,
        kind: "lora".to_owned(),
        tensors: tensors.into(),
        base: None,
        effective,
        penalty: None,
    }
}
