//! What an evaluation measures.

use graftwork_model::Task;
use serde::Serialize;

/// What an evaluation measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Mean loss over the predictions that count, in nats.
    pub loss: f64,
    /// `exp(loss)`, where tokens are predicted. Of masked tokens it is not that of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perplexity: Option<f64>,
    /// Share of the predictions whose likeliest token or class is the right one.
    pub accuracy: f64,
    /// F1, where classes are predicted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f1: Option<F1>,
    /// Predictions that count: tokens, or rows that have a class.
    pub target_tokens: u64,
}

/// Harmonic mean of precision and recall, as scikit-learn's `f1_score`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct F1 {
    /// Mean over the classes that are the right one or predicted somewhere.
    pub macro_mean: f64,
    /// Of each class; 0 where it is never predicted rightly.
    pub by_class: Vec<f64>,
}

/// Counts of predictions of one class.
#[derive(Clone, Copy, Debug, Default)]
struct Class {
    right: u64,
    predicted: u64,
    actual: u64,
}

/// Sums over batches.
#[derive(Debug)]
pub(crate) struct Tally {
    loss: f64,
    predictions: u64,
    right: u64,
    /// Empty where tokens are predicted.
    classes: Vec<Class>,
}

impl Tally {
    pub(crate) fn new(task: Task) -> Self {
        let classes = match task {
            Task::SequenceClassification { labels } => vec![Class::default(); labels as usize],
            Task::CausalLm | Task::MaskedLm => Vec::new(),
        };
        Self { loss: 0.0, predictions: 0, right: 0, classes }
    }

    /// Adds the summed loss of some predictions, and each with what would have been right, which comes first.
    pub(crate) fn add(&mut self, loss: f64, predictions: impl Iterator<Item = (u32, u32)>) {
        self.loss += loss;
        for (actual, predicted) in predictions {
            let right = u64::from(actual == predicted);
            self.predictions += 1;
            self.right += right;
            if let Some(class) = self.classes.get_mut(actual as usize) {
                class.actual += 1;
                class.right += right;
            }
            if let Some(class) = self.classes.get_mut(predicted as usize) {
                class.predicted += 1;
            }
        }
    }

    /// None where nothing was predicted.
    pub(crate) fn finish(self) -> Option<Evaluation> {
        if self.predictions == 0 {
            return None;
        }
        let loss = self.loss / self.predictions as f64;
        Some(Evaluation {
            loss,
            perplexity: self.classes.is_empty().then(|| loss.exp()),
            accuracy: self.right as f64 / self.predictions as f64,
            f1: (!self.classes.is_empty()).then(|| F1::of(&self.classes)),
            target_tokens: self.predictions,
        })
    }
}

impl F1 {
    fn of(classes: &[Class]) -> Self {
        let f1 = |class: &Class| match class.predicted + class.actual {
            0 => 0.0,
            both => 2.0 * class.right as f64 / both as f64,
        };
        let seen = classes.iter().filter(|class| class.predicted + class.actual > 0);
        let macro_mean = seen.clone().map(f1).sum::<f64>() / seen.count().max(1) as f64;
        Self { macro_mean, by_class: classes.iter().map(f1).collect() }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    /// `sklearn.metrics.f1_score([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0], average=None)`, and `average="macro"`.
    #[test]
    fn f1_is_scikit_learns() {
        let mut tally = Tally::new(Task::SequenceClassification { labels: 4 });
        tally.add(3.0, [(0, 0), (0, 1), (1, 1), (2, 2), (2, 2), (2, 0)].into_iter());
        let found = tally.finish().expect("predictions");
        let f1 = found.f1.expect("classes");
        assert_eq!(f1.by_class, [0.5, 2.0 / 3.0, 0.8, 0.0]);
        assert!(
            (f1.macro_mean - (0.5 + 2.0 / 3.0 + 0.8) / 3.0).abs() < 1e-15,
            "the class that is nowhere does not count"
        );
        assert_eq!((found.loss, found.accuracy, found.perplexity, found.target_tokens), (0.5, 4.0 / 6.0, None, 6));
    }

    #[test]
    fn tokens_have_a_perplexity_and_no_f1() {
        let mut tally = Tally::new(Task::CausalLm);
        tally.add(2.0, [(7, 7), (9, 3)].into_iter());
        let found = tally.finish().expect("predictions");
        assert_eq!((found.perplexity, found.accuracy, found.f1), (Some(1f64.exp()), 0.5, None));
        assert_eq!(Tally::new(Task::CausalLm).finish(), None);
    }
}
