//! An update over shadows: passes forward and back, the loss, the optimizer. What `graftwork_train` does.

use std::rc::Rc;

use graftwork_adapt::Adapted;
use graftwork_kernels::loss::{CHUNK_ELEMENTS, GPU_CHUNK_ELEMENTS, chunk_within};
use graftwork_model::sketch::Sketch;
use graftwork_model::{Dimensions, Head, Linear, Task};
use graftwork_plan::{Manifest, Plan};

use super::block::Forward;
use super::model::{Computes, Model};
use super::shadow::Tensor;
use super::tape::{Gradients, Tape};
use super::value::Value;
use super::{BF16, F32, MemoryEstimate};

/// What an update goes through.
#[derive(Clone)]
pub(super) struct Workload<'a> {
    pub(super) computes: Computes,
    /// Whether in a GPU's memory.
    pub(super) on_gpu: bool,
    pub(super) plan: &'a Plan,
    pub(super) manifest: &'a Manifest,
    pub(super) sketch: Rc<Sketch>,
    pub(super) dimensions: Dimensions,
    pub(super) head: Head,
    pub(super) task: Task,
    /// Bytes of the program and its data.
    pub(super) program: u64,
}

/// How much of it at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) rows: u64,
    /// Tokens of the longest row.
    pub(super) length: u64,
    /// Passes in an update.
    pub(super) accumulation: u64,
    /// Whether blocks are computed again in the backward pass.
    pub(super) recompute: bool,
}

/// Gradients of what trains, summed over passes.
struct Sums(Vec<(Tensor, Option<Value>)>);

impl Sums {
    fn new<'a>(leaves: impl Iterator<Item = &'a Tensor>) -> Self {
        Self(leaves.map(|leaf| (leaf.clone(), None)).collect())
    }

    fn add(&mut self, gradients: &mut Gradients) {
        for (leaf, sum) in &mut self.0 {
            *sum = added(sum.take(), leaf.gradient(gradients));
        }
    }

    fn merge(&mut self, other: Self) {
        for ((_, sum), (_, gradient)) in self.0.iter_mut().zip(other.0) {
            *sum = added(sum.take(), gradient);
        }
    }
}

fn added(sum: Option<Value>, gradient: Option<Value>) -> Option<Value> {
    match (sum, gradient) {
        (Some(sum), Some(gradient)) => Some(sum.binary(gradient)),
        (sum, gradient) => sum.or(gradient),
    }
}

impl Workload<'_> {
    /// The memory of an update.
    pub(super) fn estimate(&self, batch: Batch) -> MemoryEstimate {
        let model = Model::new(self.computes, self.on_gpu, self.plan, self.manifest);
        let meter = Rc::clone(model.tape.meter());
        // At step 0 the expressions of one adapter are computed after those of another.
        drop(meter.buffer(self.plan.peak_elements().saturating_mul(F32)));
        let held = meter.live();
        let leaves = model.leaves();
        let trained: u64 = leaves.iter().map(Tensor::elements).sum();
        let moments = leaves.iter().flat_map(|leaf| [leaf.elements(); 2]);
        let moments: Vec<_> = moments.map(|count| meter.buffer(count.saturating_mul(F32))).collect();
        let gradient = leaves.iter().map(Tensor::elements).max().unwrap_or(0);
        meter.begin_pages(F32.saturating_mul(gradient).max(self.logits(batch)));
        let mut sums = Sums::new(leaves.iter());
        // A third pass takes no more than the second, whose gradients are added to those of the first.
        for _ in 0..batch.accumulation.min(2) {
            self.pass(&model, batch, &mut sums);
        }
        self.step(sums);
        drop(moments);
        let adapters = F32
            * self
                .plan
                .adapters()
                .iter()
                .flat_map(|a| &a.tensors)
                .chain(self.plan.shared())
                .map(|t| t.shape.elements())
                .sum::<u64>();
        let (weights, optimizer) = (held.saturating_sub(adapters), trained.saturating_mul(2 * F32));
        let update = meter.peak().saturating_sub(held + optimizer);
        let total = meter.peak().saturating_add(self.program);
        MemoryEstimate { weights, adapters, optimizer, update, program: self.program, total }
    }

    fn pass(&self, model: &Model<'_>, batch: Batch, sums: &mut Sums) {
        let Batch { rows, length, .. } = batch;
        let needs_mask = self.sketch.causal && self.computes == Computes::Operations && length > 1;
        let mask = needs_mask.then(|| model.tape.constant(length * length, F32));
        let forward = Forward { sketch: &self.sketch, dimensions: &self.dimensions, rows, length, mask };
        if batch.recompute { self.recomputed(model, &forward, sums) } else { self.whole(model, &forward, sums) }
    }

    fn whole(&self, model: &Model<'_>, forward: &Forward<'_>, sums: &mut Sums) {
        let x = forward.begin(model);
        let x = self.sketch.blocks.iter().fold(x, |x, block| forward.block(model, block, x));
        let roots = self.loss(model, forward, forward.finish(model, x));
        sums.add(&mut self.back(model, roots));
    }

    fn recomputed(&self, model: &Model<'_>, forward: &Forward<'_>, all: &mut Sums) {
        let mut sums = Sums::new(all.0.iter().map(|(leaf, _)| leaf));
        let untracked = model.detached();
        let embedded = forward.begin(model);
        let mut x = embedded.clone().detached();
        let mut kept = Vec::new();
        for block in &self.sketch.blocks {
            kept.push(x.clone());
            x = forward.block(&untracked, block, x);
        }
        let last = x.leaf();
        let roots = self.loss(model, forward, forward.finish(model, last.clone()));
        let mut gradients = self.back(model, roots);
        sums.add(&mut gradients);
        let mut gradient = last.gradient(&mut gradients);
        drop((last, gradients));
        for (block, x) in self.sketch.blocks.iter().zip(kept).rev() {
            let Some(known) = gradient else { return };
            let x = x.leaf();
            let y = forward.block(model, block, x.clone());
            let mut gradients = self.back(model, vec![(y, known)]);
            sums.add(&mut gradients);
            gradient = x.gradient(&mut gradients);
        }
        if let Some(known) = gradient.filter(|_| embedded.is_tracked()) {
            sums.add(&mut self.back(model, vec![(embedded, known)]));
        }
        all.merge(sums);
    }

    fn back(&self, model: &Model<'_>, roots: Vec<(Tensor, Value)>) -> Gradients {
        match self.computes {
            Computes::Operations => model.tape.backward_from_number(roots),
            Computes::Kernels => Tape::backward(roots),
        }
    }

    /// The loss, where every token is a target: of what it was computed from the gradients.
    fn loss(&self, model: &Model<'_>, forward: &Forward<'_>, hidden: Tensor) -> Vec<(Tensor, Value)> {
        let [classes, width] = model.dims(self.head.weight);
        let tokens = match self.task {
            // One of each row.
            Task::SequenceClassification { .. } => forward.rows,
            Task::CausalLm | Task::MaskedLm => forward.tokens(),
        };
        let hidden = match self.task {
            Task::SequenceClassification { .. } if self.sketch.causal => hidden.rows(tokens * width),
            _ => hidden,
        };
        let Some(weight) = model.plain(self.head.weight) else {
            // With an adapter on it all logits are there at once, and their gradient beside them.
            let head = Linear { weight: self.head.weight, bias: self.head.bias };
            let logits = model.linear(head, hidden, tokens);
            let gradient = logits.value().like(tokens * classes);
            return vec![(logits, gradient)];
        };
        let bias = self.head.bias.map(|bias| model.value(bias));
        self.linear_cross_entropy([hidden, weight], bias, [tokens, classes, width])
    }

    /// Tokens that make logits at a time.
    fn chunk(&self, tokens: u64, classes: u64) -> u64 {
        let elements = if self.on_gpu { GPU_CHUNK_ELEMENTS } else { CHUNK_ELEMENTS };
        chunk_within(elements, tokens as usize, classes as usize).max(1) as u64
    }

    /// Bytes of the logits that `graftwork_train` makes a GPU's pages for.
    fn logits(&self, batch: Batch) -> u64 {
        let (tokens, vocabulary) = (batch.rows * batch.length, self.dimensions.vocabulary);
        self.chunk(tokens, vocabulary).saturating_mul(vocabulary).saturating_mul(BF16)
    }

    /// `kernels::loss::linear_cross_entropy`.
    fn linear_cross_entropy(
        &self,
        [hidden, mut weight]: [Tensor; 2],
        bias: Option<Tensor>,
        [tokens, classes, width]: [u64; 3],
    ) -> Vec<(Tensor, Value)> {
        let chunk = self.chunk(tokens, classes);
        let (mut of_hidden, mut of_weight) = (Vec::new(), None);
        for start in (0..tokens).step_by(chunk as usize) {
            let count = chunk.min(tokens - start);
            // The gradient takes the place of the logits; the slope of a bound lies beside them.
            let logits = hidden.value().product(count * classes);
            let slope = self.head.cap.map(|_| logits.like(count * classes));
            drop(slope);
            if hidden.is_tracked() {
                of_hidden.push(hidden.value().product(count * width));
            }
            if weight.is_tracked() {
                // A GPU comes to it when the weight that was computed with has been dropped, where no more logits are made of that.
                if self.on_gpu && start + chunk >= tokens {
                    weight = weight.without_value();
                }
                let part = weight.value().product(classes * width);
                // The logits are turned for it.
                drop((!self.on_gpu).then(|| logits.like(count * classes)));
                of_weight = added(of_weight, Some(part));
            }
        }
        let of_hidden = hidden.is_tracked().then(|| {
            let whole = hidden.value().like(tokens * width);
            drop(of_hidden);
            whole
        });
        let of_bias = bias.as_ref().filter(|bias| bias.is_tracked()).map(|bias| bias.value().like(classes));
        let pairs = [(Some(hidden), of_hidden), (Some(weight), of_weight), (bias, of_bias)];
        pairs.into_iter().filter_map(|(tensor, gradient)| Some((tensor?, gradient?))).collect()
    }

    /// The norm of the gradients, and AdamW tensor by tensor.
    fn step(&self, sums: Sums) {
        let gradients = sums.0.into_iter().filter_map(|(_, sum)| sum);
        if self.computes == Computes::Kernels {
            // In place.
            return drop(gradients.collect::<Vec<_>>());
        }
        let gradients: Vec<_> = gradients.collect();
        for gradient in &gradients {
            drop(gradient.clone().binary(gradient.clone()));
        }
        // Tensors that an adapter keeps are computed from the clipped gradients after the update.
        let clipped: Vec<_> = match Adapted::keeps_tensors(self.plan) {
            true => gradients.iter().map(|gradient| gradient.clone().unary()).collect(),
            false => Vec::new(),
        };
        for gradient in gradients {
            let cut = gradient.unary();
            // What is added to the first moment, then to the second; then the root of that.
            drop(cut.clone().unary());
            let squared = cut.clone().binary(cut);
            let _root = squared.unary();
        }
        drop(clipped);
    }
}
