//! A composition kept as an adapter: its sources' tensors under one expression, or a LoRA of some rank.

use std::path::Path;

use burn::tensor::{Device, Tensor};
use graftwork_kernels::linalg::{Matrix, Svd};
use graftwork_kernels::spectrum::truncated_svd;
use graftwork_plan::{Context, LowRank, Param, ParamId, Plan, RawAdapter, RawPlan, RawTensor, RawTrainable, Role};
use graftwork_store::{Dtype, Overwrite, TensorData};
use serde::Serialize;

use crate::adapter::{self, BaseRecord, Card};
use crate::chain::StrategyRecord;
use crate::compose::{Piece, held, nothing, piece, weighted_sum, whole, written_out};
use crate::composition::Composition;
use crate::event::Unit;
use crate::pace::Pace;
use crate::peft::{Slots, low_rank};
use crate::sources::{Change, Content, Source, own};
use crate::{Error, Event, tensors};

/// What a LoRA leaves out of a composition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truncation {
    /// The highest rank of a layer.
    pub rank: u64,
    /// Euclidean norm of what is left out of all layers together, relative to that of what was composed.
    pub error: f64,
    /// The same of the layer where it is greatest.
    pub worst: f64,
    /// That layer.
    pub worst_module: String,
}

/// An adapter that is put together.
#[derive(Default)]
pub(crate) struct Mixed {
    plan: RawPlan,
    slots: Slots,
}

impl Mixed {
    /// A composition as an adapter that computes it from its sources' tensors. What cannot be said in the ops of a weight is held whole.
    pub(crate) fn of_sources(
        composition: &Composition,
        device: &Device,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Self, Error> {
        let mut mixed = Self::default();
        let mut pace = pace(composition, on_event);
        composition.sources.iter().for_each(|source| mixed.share(source));
        for (done, (id, param)) in (0..).zip(composition.changed()) {
            pace.at(done);
            if composition.base.stored(id).is_none() {
                mixed.in_place(composition, id, param, device)?;
                continue;
            }
            let mut graph = composition.graph(id)?;
            let mut pieces = Vec::new();
            if graph.fits(Context::Effective) {
                for source in &composition.sources {
                    let first = pieces.iter().map(|piece: &Piece| piece.tensors.len()).sum();
                    pieces.push(mixed.hold(composition, source, id, first, device)?);
                }
            } else {
                let delta = composition
                    .value(id, device)?
                    .map(|value| own(&composition.base, id, device).map(|own| value - own));
                let Some(delta) = delta.transpose()? else { continue };
                pieces.push(mixed.hold_whole(param, "composed", delta, 0)?);
                graph = weighted_sum(&param.shape, 1.0)?;
            }
            let effective = written_out(&graph, &pieces);
            let tensors = pieces.into_iter().flat_map(|piece| piece.tensors).collect();
            let (target, kind) = (id.0, "mixed".to_owned());
            mixed.plan.adapters.push(RawAdapter { target, kind, tensors, base: None, effective, penalty: None });
            composition.release();
        }
        Ok(mixed)
    }

    /// A composition as a LoRA: of that rank, or of as high a one as its sources, all of them low-rank, have together.
    pub(crate) fn low_rank(
        composition: &Composition,
        rank: Option<u64>,
        device: &Device,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<(Self, Truncation), Error> {
        let mut mixed = Self::default();
        let mut pace = pace(composition, on_event);
        let (mut left_out, mut all) = (0.0f64, 0.0f64);
        let mut truncation = Truncation { rank: 0, error: 0.0, worst: 0.0, worst_module: String::new() };
        for (done, (id, param)) in (0..).zip(composition.changed()) {
            pace.at(done);
            let (Some(sides), Role::Linear | Role::Head | Role::Embedding) = (param.shape.matrix(), param.role) else {
                mixed.in_place(composition, id, param, device)?;
                continue;
            };
            let rank = rank.map_or_else(|| rank_together(composition, id, param), Ok)?.min(sides[0]).min(sides[1]);
            let Some(value) = composition.value(id, device)? else { continue };
            let Factors { a, b, missing, whole } =
                Factors::of(value - own(&composition.base, id, device)?, rank as usize)?;
            (left_out, all) = (left_out + missing, all + whole);
            let relative = ratio(missing, whole);
            if relative >= truncation.worst {
                (truncation.worst, truncation.worst_module) = (relative, param.module().to_owned());
            }
            truncation.rank = truncation.rank.max(rank);
            mixed.factors(id, param, a, b);
            composition.release();
        }
        truncation.error = ratio(left_out, all);
        Ok((mixed, truncation))
    }

    /// `base + b @ a`, by the names that a LoRA has.
    fn factors(&mut self, id: ParamId, param: &Param, a: TensorData, b: TensorData) {
        let embedding = param.role == Role::Embedding;
        // The table is [entries, hidden] = Aᵀ @ Bᵀ, so what is left of the product there is A, turned.
        let (names, a, b) = match embedding {
            true => (["lora_embedding_A", "lora_embedding_B"], b.view().transposed(), a.view().transposed()),
            false => (["lora_A", "lora_B"], a, b),
        };
        let tensors = [(names[0], &a), (names[1], &b)];
        self.plan.adapters.push(low_rank(id, &tensors, 1.0, 0.0, embedding));
        self.slots.extend(tensors.map(|(name, t)| (format!("{}.{name}", param.module()), t.clone())));
    }

    /// What trains in place has a value, and no delta.
    fn in_place(
        &mut self,
        composition: &Composition,
        id: ParamId,
        param: &Param,
        device: &Device,
    ) -> Result<(), Error> {
        let Some(value) = composition.value(id, device)? else { return Ok(()) };
        self.plan.trainable.push(RawTrainable { param: id.0, group: None });
        self.slots.insert(param.name.clone(), data(value, param)?);
        Ok(())
    }

    /// The shared tensors of a source, under its name.
    fn share(&mut self, source: &Source) {
        let Content::Adapter(trained) = &source.content else { return };
        for tensor in trained.plan.shared() {
            let name = format!("{}.{}", source.name, tensor.name);
            self.plan.shared.push(RawTensor { trainable: tensor.trainable, ..held(&name, tensor.shape.dims()) });
            self.slots.extend(trained.slots.get(&tensor.name).map(|value| (name, value.clone())));
        }
    }

    /// Takes over what a source changes in a parameter: its tensors under its name, or the whole.
    fn hold(
        &mut self,
        composition: &Composition,
        source: &Source,
        id: ParamId,
        first: usize,
        device: &Device,
    ) -> Result<Piece, Error> {
        let (base, param) = (&composition.base, &composition.base.manifest.params[id.index()]);
        if source.change(base, id).is_none() {
            return Ok(nothing(param.shape.dims()));
        }
        if let (Content::Adapter(trained), Some(Change::Adapter(adapter))) = (&source.content, source.change(base, id))
            && let Some(piece) = piece(adapter, &source.name, first)
        {
            for tensor in adapter.parts() {
                let value = trained.slots.get(&format!("{}.{}", param.module(), tensor.name)).cloned();
                self.slots.extend(value.map(|v| (format!("{}.{}.{}", param.module(), source.name, tensor.name), v)));
            }
            return Ok(piece);
        }
        let delta = source.delta(base, id, &own(base, id, device)?, device)?;
        self.hold_whole(param, &source.name, delta, first)
    }

    fn hold_whole(&mut self, param: &Param, source: &str, delta: Tensor<2>, first: usize) -> Result<Piece, Error> {
        // A module's weight and bias may both change.
        let name = format!("{source}.{}_delta", param.name.rsplit('.').next().unwrap_or_default());
        self.slots.insert(format!("{}.{name}", param.module()), data(delta, param)?);
        Ok(whole(&name, param.shape.dims(), first))
    }

    /// Writes the adapter's folder.
    pub(crate) fn write(
        self,
        path: &Path,
        composition: &Composition,
        strategies: Vec<StrategyRecord>,
        overwrite: Overwrite,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<(), Error> {
        let base = &composition.base;
        let plan = Plan::validate(&self.plan, &base.manifest)
            .map_err(|problems| Error::Plan { strategy: "the composition".to_owned(), problems })?;
        let card = Card {
            graftwork: env!("CARGO_PKG_VERSION").to_owned(),
            base: BaseRecord { path: base.record.clone(), blake3: base.hash(on_event) },
            task: Some(base.task.clone()),
            strategies,
            plan_hash: plan.hash(),
            plan: plan.to_raw(),
        };
        adapter::write(path, overwrite, base, &plan, &self.slots, &card)
    }
}

/// Of the parameters that change, how many are done.
fn pace<'a>(composition: &Composition, on_event: &'a mut dyn FnMut(Event)) -> Pace<'a> {
    Pace::new("merging", Unit::Tensors, composition.changed().count() as u64, on_event)
}

/// A matrix as a product `b @ a`, and the squares of what that leaves out and of the whole.
struct Factors {
    a: TensorData,
    b: TensorData,
    missing: f64,
    whole: f64,
}

impl Factors {
    fn of(matrix: Tensor<2>, rank: usize) -> Result<Self, Error> {
        let Svd { u, s, vt } = truncated_svd(matrix.clone(), rank);
        // The root of each singular value goes to either factor, so that neither is out of scale.
        let scaled = |m: &Matrix, value: &dyn Fn(usize, usize) -> f64| {
            let at = |i: usize| (m.data[i] * value(i / m.cols, i % m.cols).sqrt()) as f32;
            let values: Vec<f32> = (0..m.data.len()).map(at).collect();
            TensorData::from_f32(&values, &[m.rows, m.cols]).map_err(|e| tensors::unreadable(e.to_string()))
        };
        let (b, a) = (scaled(&u, &|_, column| s[column])?, scaled(&vt, &|row, _| s[row])?);
        let upload = |t: &TensorData| {
            tensors::upload(t.view(), [t.shape()[0], t.shape()[1]], &matrix.device()).map_err(tensors::unreadable)
        };
        let squares = |t: Tensor<2>| f64::from(t.square().sum().into_scalar::<f32>());
        let rest = matrix.clone() - upload(&b)?.matmul(upload(&a)?);
        Ok(Self { missing: squares(rest), whole: squares(matrix), a, b })
    }
}

/// Of two sums of squares, as norms.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (part / whole).sqrt() } else { 0.0 }
}

/// The sum of the ranks of what the sources change, which no sum of theirs exceeds.
fn rank_together(composition: &Composition, id: ParamId, param: &Param) -> Result<u64, Error> {
    let rank = |source: &&Source| match source.change(&composition.base, id) {
        Some(Change::Adapter(adapter)) => LowRank::of(adapter).map(|form| form.rank),
        _ => None,
    };
    composition.of(id).iter().map(rank).sum::<Option<u64>>().ok_or_else(|| {
        let message = format!("is needed: what is changed in `{}` is of no low rank by itself", param.module());
        Error::setting("rank", message)
    })
}

fn data(value: Tensor<2>, param: &Param) -> Result<TensorData, Error> {
    let shape: Vec<usize> = param.shape.dims().iter().map(|&d| d as usize).collect();
    tensors::download(value, &shape, Dtype::F32)
}
