//! How much each triplet matters for the loss, kept beside the adapter.

use graftwork_sdk::{Expr, Tensor};

use crate::{A, B, E};

/// The tensor of the adapter that has the importance of each triplet, `[r, 1]`.
pub(crate) const SCORE: &str = "score";

/// For each of the three trained tensors, averages over the updates of its sensitivity `|w · gradient|` and of how
/// uncertain that is; last, the score of each triplet.
pub(crate) fn kept(trained: &[Tensor], beta1: f64, beta2: f64) -> Vec<Tensor> {
    let [first, rank] = [trained.len() as u32, trained[E as usize].shape[0]];
    let averages = |of: u32| [first + 2 * of, first + 2 * of + 1];
    let mut kept = Vec::new();
    for (of, tensor) in (0..).zip(trained) {
        let [ipt, unc] = averages(of).map(Expr::tensor);
        let sensitivity = (Expr::tensor(of) * Expr::gradient(of)).abs();
        // The sensitivity's average is updated first, and this is its new value.
        let uncertainty = (sensitivity.clone() - ipt.clone()).abs();
        let name = tensor.name.trim_start_matches("lora_");
        let average = |name: String, update| Tensor::kept(name, &tensor.shape, Expr::zeros(&tensor.shape), update);
        kept.push(average(format!("exp_avg_ipt_{name}"), beta1 * ipt + (1.0 - beta1) * sensitivity));
        kept.push(average(format!("exp_avg_unc_{name}"), beta2 * unc + (1.0 - beta2) * uncertainty));
    }
    let importance = |of: u32| {
        let [ipt, unc] = averages(of).map(Expr::tensor);
        ipt * unc
    };
    let score = importance(E) + (importance(A).mean(1) + importance(B).mean(0).transpose());
    kept.push(Tensor::kept(SCORE, &[rank, 1], Expr::zeros(&[rank, 1]), score));
    kept
}
