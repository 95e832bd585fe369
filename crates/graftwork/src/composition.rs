//! Sources and what composes them, on one base: the weight that each parameter comes to.

use std::path::PathBuf;
use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use graftwork_adapt::compose;
use graftwork_kernels::random::Key;
use graftwork_plan::{Graph, Param, ParamId, Source as Told};
use graftwork_plugin_host::{PluginHost, Surroundings};

use crate::base::Base;
use crate::chain::StrategyRecord;
use crate::compose::Composer;
use crate::sources::{Source, names, own};
use crate::{Error, StrategyConfig};

/// A trained adapter or model with its weight in a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeSource {
    /// Adapter, run, checkpoint or model.
    pub path: PathBuf,
    /// Its weight.
    pub weight: f64,
}

/// What is composed, and how.
pub(crate) struct Composition {
    pub(crate) base: Arc<Base>,
    pub(crate) sources: Vec<Source>,
    composer: Composer,
    around: Surroundings,
    /// Of random draws.
    key: Key,
}

impl Composition {
    /// Opens every source, and loads the composer.
    pub(crate) fn open(
        host: &PluginHost,
        base: Base,
        sources: &[MergeSource],
        composer: Option<&StrategyConfig>,
        seed: u64,
    ) -> Result<Self, Error> {
        let paths: Vec<PathBuf> = sources.iter().map(|source| source.path.clone()).collect();
        if let Some(source) = sources.iter().find(|source| !source.weight.is_finite()) {
            return Err(Error::setting(
                "weights",
                format!("{} is no weight for {}", source.weight, source.path.display()),
            ));
        }
        let composer = Composer::load(host, composer)?;
        let open = |(source, name): (&MergeSource, String)| Source::open(&source.path, source.weight, name, &base);
        let opened = sources.iter().zip(names(&paths)).map(open).collect::<Result<Vec<_>, _>>()?;
        let around = Surroundings { seed, ..Surroundings::of(Arc::clone(&base.manifest)) };
        let key = Key::new(seed).child("composition");
        Ok(Self { base: Arc::new(base), sources: opened, composer, around, key })
    }

    /// The parameters that a source changes.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (ParamId, &Param)> {
        let own = self.base.manifest.iter().filter(|(_, param)| param.tied_to.is_none());
        own.filter(|(id, _)| self.sources.iter().any(|source| source.change(&self.base, *id).is_some()))
    }

    /// The sources that change a parameter.
    pub(crate) fn of(&self, id: ParamId) -> Vec<&Source> {
        self.sources.iter().filter(|source| source.change(&self.base, id).is_some()).collect()
    }

    /// The weight of a parameter over `base` and what each source changes in it, nothing included.
    pub(crate) fn graph(&self, id: ParamId) -> Result<Graph, Error> {
        let told = self.sources.iter().map(|source| {
            let kind =
                source.change(&self.base, id).map_or_else(|| "none".to_owned(), |change| change.kind().to_owned());
            Told { name: source.name.clone(), kind, weight: source.weight }
        });
        self.composer.compose(&self.base, id, &told.collect::<Vec<_>>(), &self.around)
    }

    /// What a parameter comes to; none where no source changes it.
    pub(crate) fn value(&self, id: ParamId, device: &Device) -> Result<Option<Tensor<2>>, Error> {
        if self.of(id).is_empty() {
            return Ok(None);
        }
        let weight = own(&self.base, id, device)?;
        let deltas = self.sources.iter().map(|source| source.delta(&self.base, id, &weight, device));
        let deltas = deltas.collect::<Result<Vec<_>, _>>()?;
        let name = &self.base.manifest.params[id.index()].name;
        Ok(Some(compose(&self.graph(id)?, name, &weight, &deltas, &self.key)?))
    }

    /// Lets go of what was read of the files.
    pub(crate) fn release(&self) {
        self.base.dir.release();
        self.sources.iter().for_each(Source::release);
    }

    /// Which plugin composed.
    pub(crate) fn record(&self, composer: Option<&StrategyConfig>) -> Vec<StrategyRecord> {
        self.composer.record(composer).into_iter().collect()
    }
}
