//! The forward and the backward pass of a batch.

use burn::tensor::{Device, Gradients, Tensor};
use graftwork_adapt::Session;
use graftwork_data::Batch;
use graftwork_kernels::roots::{Root, backward};
use graftwork_model::Architecture;

use crate::loss::{head_loss, input};

/// How to go through a model and back.
pub(crate) struct Pass<'a> {
    pub(crate) architecture: &'a dyn Architecture,
    pub(crate) session: &'a Session<'a>,
    pub(crate) device: &'a Device,
    /// Factor on the gradient of the loss.
    pub(crate) scale: f64,
}

/// Gradients of slots, summed over passes.
pub(crate) struct Sums<'a> {
    slots: &'a [usize],
    sums: Vec<Option<Tensor<2>>>,
}

impl<'a> Sums<'a> {
    /// Of these slots, before the first pass.
    pub(crate) fn new(slots: &'a [usize]) -> Self {
        Self { slots, sums: vec![None; slots.len()] }
    }

    fn add(&mut self, gradients: impl Iterator<Item = Option<Tensor<2>>>) {
        for (sum, gradient) in self.sums.iter_mut().zip(gradients) {
            *sum = match (sum.take(), gradient) {
                (Some(sum), Some(gradient)) => Some(sum + gradient),
                (sum, gradient) => sum.or(gradient),
            };
        }
    }

    /// The gradient of each slot, in order; none where nothing depends on it.
    pub(crate) fn finish(self) -> Vec<Option<Tensor<2>>> {
        self.sums
    }
}

impl Pass<'_> {
    /// The loss of a batch that has targets, summed over them; its gradients are added to `sums`. What the forward pass computes is
    /// kept for the backward pass.
    pub(crate) fn whole(&self, batch: &Batch, sums: &mut Sums<'_>) -> Tensor<1> {
        let hidden = self.architecture.forward(self.session, &input(batch, self.device), None);
        let entropy = head_loss(self.architecture, self.session, batch, hidden, self.scale);
        self.back(entropy.roots, sums);
        entropy.sum
    }

    /// The same, keeping the input of each block only: the backward pass goes forward through a block once more before it goes
    /// back. T. Chen et al., arXiv 1604.06174.
    pub(crate) fn recomputed(&self, batch: &Batch, all: &mut Sums<'_>) -> Tensor<1> {
        // A slot may have gradients from more than one place. They are added up before those of other passes come to them, as
        // in a backward pass in one piece.
        let sums = &mut Sums::new(all.slots);
        let (input, untracked) = (input(batch, self.device), self.session.detached());
        let (embedded, blocks) = self.architecture.begin(self.session, &input, 0);
        let mut x = embedded.clone().inner();
        let mut kept = Vec::with_capacity(blocks.count());
        for index in 0..blocks.count() {
            kept.push(x.clone());
            x = blocks.apply(index, &untracked, x, None);
        }
        let last = leaf(x);
        let hidden = blocks.finish(self.session, last.clone());
        let entropy = head_loss(self.architecture, self.session, batch, hidden, self.scale);
        let mut gradient = self.back_to(entropy.roots, &last, sums);
        drop(last);
        for (index, x) in kept.into_iter().enumerate().rev() {
            let x = leaf(x);
            let tensor = blocks.apply(index, self.session, x.clone(), None);
            gradient = gradient.and_then(|gradient| self.back_to(vec![Root { tensor, gradient }], &x, sums));
        }
        if let Some(gradient) = gradient.filter(|_| embedded.is_tracked()) {
            self.back(vec![Root { tensor: embedded, gradient }], sums);
        }
        all.add(sums.sums.drain(..));
        entropy.sum
    }

    fn back(&self, roots: Vec<Root>, sums: &mut Sums<'_>) -> Option<Gradients> {
        let mut gradients = backward(roots)?;
        sums.add(sums.slots.iter().map(|&slot| self.session.leaf(slot).grad_remove(&mut gradients)));
        Some(gradients)
    }

    /// Goes back to a leaf; gives its gradient.
    fn back_to(&self, roots: Vec<Root>, leaf: &Tensor<2>, sums: &mut Sums<'_>) -> Option<Tensor<2>> {
        leaf.grad_remove(&mut self.back(roots, sums)?)
    }
}

/// What adapters add to the loss; its gradients are added to `sums`.
pub(crate) fn penalty(session: &Session<'_>, sums: &mut Sums<'_>) -> Option<Tensor<1>> {
    let penalty = session.penalty()?;
    if penalty.is_tracked() {
        let mut gradients = penalty.backward();
        sums.add(sums.slots.iter().map(|&slot| session.leaf(slot).grad_remove(&mut gradients)));
    }
    Some(penalty.detach().inner())
}

/// Tracked from here on.
fn leaf(x: Tensor<2>) -> Tensor<2> {
    x.autodiff().require_grad()
}
