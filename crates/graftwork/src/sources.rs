//! What is composed: trained adapters and models, and what each changes in a weight of their base.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use graftwork_adapt::{Values, delta};
use graftwork_model::matrix_shape;
use graftwork_plan::{Adapter, AdapterTensor, ParamId};
use graftwork_store::ModelDir;

use crate::adapter::{Trained, recorded_hash, recorded_task};
use crate::base::Base;
use crate::{Error, Event, tensors};

/// A trained adapter or model, with the name and the weight that it has in a composition.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) weight: f64,
    pub(crate) path: PathBuf,
    pub(crate) content: Content,
}

/// What a source is.
pub(crate) enum Content {
    /// A plan with its values.
    Adapter(Box<Trained>),
    /// A model that was trained whole.
    Model(Box<Base>),
}

/// How a source changes a parameter.
pub(crate) enum Change<'a> {
    /// By an adapter.
    Adapter(&'a Adapter),
    /// By another value.
    Value,
}

impl Change<'_> {
    /// Name of the method.
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::Adapter(adapter) => &adapter.kind,
            Self::Value => "full",
        }
    }
}

impl Source {
    /// Opens what lies at a path, for that base.
    pub(crate) fn open(path: &Path, weight: f64, name: String, base: &Base) -> Result<Self, Error> {
        let model = [path.to_owned(), path.join("model")].into_iter().find(|p| p.join("config.json").exists());
        let content = match model {
            Some(folder) => Content::Model(Box::new(same_family(&folder, base)?)),
            None => Content::Adapter(Box::new(Trained::read(path, base)?)),
        };
        Ok(Self { name, weight, path: path.to_owned(), content })
    }

    /// How it changes a parameter, if it does.
    pub(crate) fn change(&self, base: &Base, id: ParamId) -> Option<Change<'_>> {
        match &self.content {
            Content::Adapter(trained) => {
                let in_place = || trained.plan.trainable().iter().any(|t| t.param == id).then_some(Change::Value);
                trained.plan.adapter(id).map(Change::Adapter).or_else(in_place)
            }
            Content::Model(model) => {
                let same = match (model.stored(id), base.stored(id)) {
                    (Some(theirs), Some(ours)) => theirs.dtype() == ours.dtype() && theirs.bytes() == ours.bytes(),
                    // What neither has is drawn for a task, and no change.
                    (None, None) => true,
                    _ => false,
                };
                (!same).then_some(Change::Value)
            }
        }
    }

    /// What it changes in a parameter of which the base has `weight`.
    pub(crate) fn delta(
        &self,
        base: &Base,
        id: ParamId,
        weight: &Tensor<2>,
        device: &Device,
    ) -> Result<Tensor<2>, Error> {
        let param = &base.manifest.params[id.index()];
        match (&self.content, self.change(base, id)) {
            (Content::Adapter(trained), Some(Change::Adapter(adapter))) => {
                let mut values = self.values(trained, adapter, param.module(), device)?;
                values.base = trained.base_of(&param.name, device).map_err(|e| Error::weights(&self.path, e))?;
                Ok(delta(&values, &param.name, weight)?)
            }
            (Content::Adapter(_), Some(Change::Value)) => {
                Ok(self.tensor(&param.name, matrix_shape(&param.shape), device)? - weight.clone())
            }
            (Content::Model(model), _) => Ok(model.weight(id, device)? - weight.clone()),
            (Content::Adapter(_), None) => Ok(weight.zeros_like()),
        }
    }

    fn values<'a>(
        &self,
        trained: &Trained,
        adapter: &'a Adapter,
        module: &str,
        device: &Device,
    ) -> Result<Values<'a>, Error> {
        let read = |(at, tensor): (usize, &AdapterTensor)| {
            // State of a run is in its checkpoints alone, and no weight depends on it.
            if !adapter.is_part_of_the_weight(at) {
                return Ok(Tensor::zeros(matrix_shape(&tensor.shape), device));
            }
            self.tensor(&format!("{module}.{}", tensor.name), matrix_shape(&tensor.shape), device)
        };
        let tensors = adapter.tensors.iter().enumerate().map(read).collect::<Result<_, Error>>()?;
        let named = trained.plan.shared().iter().filter(|t| adapter.shared().contains(t.name.as_str()));
        let shared = named.map(|t| Ok((t.name.clone(), self.tensor(&t.name, matrix_shape(&t.shape), device)?)));
        Ok(Values { adapter, tensors, shared: shared.collect::<Result<_, Error>>()?, base: None })
    }

    fn tensor(&self, slot: &str, shape: [usize; 2], device: &Device) -> Result<Tensor<2>, Error> {
        let Content::Adapter(trained) = &self.content else { return Ok(Tensor::zeros(shape, device)) };
        let fail = |message: String| Error::weights(&self.path, message);
        let data = trained.slots.get(slot).ok_or_else(|| fail(format!("it has no tensor for `{slot}`")))?;
        tensors::upload(data.view(), shape, device).map_err(|e| fail(format!("`{slot}` {e}")))
    }

    /// Lets go of what was read of its files.
    pub(crate) fn release(&self) {
        if let Content::Model(model) = &self.content {
            model.dir.release();
        }
    }
}

/// A model folder, once it is found to be of the base's form.
fn same_family(folder: &Path, base: &Base) -> Result<Base, Error> {
    let model = Base::new(ModelDir::open(folder)?, folder.to_owned(), base.task.clone(), 0)?;
    let form = |base: &Base| base.manifest.params.iter().map(|p| (p.name.clone(), p.shape.clone())).collect::<Vec<_>>();
    if model.manifest.architecture != base.manifest.architecture || form(&model) != form(base) {
        return Err(Error::weights(
            folder,
            format!("it is no fine-tuned {}: its parameters differ", base.record.display()),
        ));
    }
    Ok(model)
}

/// Fails where an adapter says that it was trained on another model than this one.
pub(crate) fn must_share_a_base(paths: &[PathBuf], base: &Base, on_event: &mut dyn FnMut(Event)) -> Result<(), Error> {
    let recorded: Vec<(&PathBuf, String)> =
        paths.iter().filter_map(|path| Some((path, recorded_hash(path)?))).collect();
    if recorded.is_empty() {
        return Ok(());
    }
    let hash = base.hash(on_event);
    base.dir.release();
    match recorded.iter().find(|(_, recorded)| *recorded != hash) {
        None => Ok(()),
        Some((path, _)) => {
            let message =
                format!("it was trained on another model than {}; name that one with --model", base.record.display());
            Err(Error::weights(path, message))
        }
    }
}

/// Fails where two sources tell other classes apart, whose heads have nothing to do with one another.
pub(crate) fn must_have_the_classes_of(paths: &[PathBuf], base: &Base) -> Result<(), Error> {
    let unlike = |path: &&PathBuf| recorded_task(path).is_some_and(|task| !task.has_classes_of(&base.task));
    match paths.iter().find(unlike) {
        None => Ok(()),
        Some(path) => {
            let message = format!("it is for other classes or another task than {}", paths[0].display());
            Err(Error::weights(path, message))
        }
    }
}

/// A name for each path: its last part that says something, made unique.
pub(crate) fn names(paths: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(paths.len());
    for path in paths {
        let parts: Vec<String> = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        let telling = |part: &&String| !matches!(part.as_str(), "adapter" | "model" | "." | ".." | "/" | "checkpoints");
        let last = parts.iter().rev().find(telling).map_or("adapter", String::as_str);
        let plain: String = last
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' })
            .take(40)
            .collect();
        let taken = |name: &String| names.contains(name);
        let mut name = plain.clone();
        let mut count = 2;
        while taken(&name) {
            name = format!("{plain}-{count}");
            count += 1;
        }
        names.push(name);
    }
    names
}

/// The base's own value of a parameter, as a composition sees it: nothing, where it is new with a task.
pub(crate) fn own(base: &Arc<Base>, id: ParamId, device: &Device) -> Result<Tensor<2>, Error> {
    match base.stored(id) {
        Some(_) => base.weight(id, device),
        None => Ok(Tensor::zeros(matrix_shape(&base.manifest.params[id.index()].shape), device)),
    }
}
