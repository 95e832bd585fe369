//! What happened in a run: `metrics.jsonl` in its folder.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize};

use crate::ReportError;

/// What a run has told, each kind in the order in which it was told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The updates.
    pub steps: Vec<Step>,
    /// The evaluations; the one before the first update has step 0.
    pub evaluations: Vec<Evaluation>,
    /// Losses and gradient norms that stood out.
    pub spikes: Vec<Spike>,
    /// Decisions of controllers.
    pub steered: Vec<Steered>,
    /// What the model wrote.
    pub samples: Vec<Sample>,
}

/// One update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Updates done, this one included.
    pub step: u64,
    /// Updates of the whole run.
    pub total_steps: u64,
    /// Passes over the data, with the fraction of the current one.
    #[serde(deserialize_with = "number")]
    pub epoch: f64,
    /// Mean loss over the update's target tokens, in nats.
    #[serde(deserialize_with = "number")]
    pub loss: f64,
    /// Global norm of the gradient, before it was cut.
    #[serde(deserialize_with = "number")]
    pub grad_norm: f64,
    /// Learning rate of the default group in this update.
    #[serde(deserialize_with = "number")]
    pub learning_rate: f64,
    /// Tokens of the update, padding not counted.
    pub tokens: u64,
    /// Tokens that the loss counts.
    pub target_tokens: u64,
    /// Seconds that the update took.
    #[serde(deserialize_with = "number")]
    pub seconds: f64,
    /// Tokens per second, over this update.
    #[serde(deserialize_with = "number")]
    pub tokens_per_second: f64,
}

/// One evaluation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Updates done before it.
    pub step: u64,
    /// Mean loss over the predictions that count, in nats.
    #[serde(deserialize_with = "number")]
    pub loss: f64,
    /// `exp(loss)`, where tokens are predicted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perplexity: Option<f64>,
    /// Share of the predictions whose likeliest token or class is the right one, 0 to 1.
    #[serde(deserialize_with = "number")]
    pub accuracy: f64,
    /// F1, where classes are predicted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f1: Option<F1>,
    /// Predictions that count.
    #[serde(default)]
    pub target_tokens: u64,
}

/// Harmonic mean of precision and recall.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct F1 {
    /// Mean over the classes, 0 to 1.
    #[serde(deserialize_with = "number")]
    pub macro_mean: f64,
    /// Of each class.
    #[serde(default)]
    pub by_class: Vec<f64>,
}

/// A value far above those before it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spike {
    /// Updates done, this one included.
    pub step: u64,
    /// What it is of: `loss` or `grad_norm`.
    pub what: String,
    /// The value.
    #[serde(deserialize_with = "number")]
    pub value: f64,
    /// The moving mean before it.
    #[serde(deserialize_with = "number")]
    pub expected: f64,
    /// The moving deviation before it.
    #[serde(deserialize_with = "number")]
    pub deviation: f64,
    /// The samples of the update, `FILE:LINE`.
    #[serde(default)]
    pub samples: Vec<String>,
}

/// A decision of a controller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steered {
    /// Updates done.
    pub step: u64,
    /// The plugin.
    pub plugin: String,
    /// What it wanted done.
    pub actions: String,
}

/// What the model wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Updates done before.
    pub step: u64,
    /// What it was given.
    pub prompt: String,
    /// How it went on.
    pub text: String,
}

/// A line of the file.
#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Line {
    Step(Step),
    Evaluation(Evaluation),
    Spike(Spike),
    Steered(Steered),
    Sample(Sample),
    #[serde(other)]
    Other,
}

impl History {
    /// Reads `metrics.jsonl`. Events that are not known are passed over, and so is a last line without its end: the process was
    /// stopped while it wrote it.
    ///
    /// # Errors
    /// If the file cannot be read, or another line is no event.
    pub fn read(path: &Path) -> Result<Self, ReportError> {
        let mut file = BufReader::new(File::open(path).map_err(ReportError::io(path))?);
        let (mut history, mut text) = (Self::default(), Vec::new());
        for line in 1.. {
            text.clear();
            if file.read_until(b'\n', &mut text).map_err(ReportError::io(path))? == 0 {
                break;
            }
            match serde_json::from_slice(&text) {
                Ok(event) => history.push(event),
                Err(_) if text.last() != Some(&b'\n') => break,
                Err(problem) => return Err(ReportError::Line { path: path.to_owned(), line, problem }),
            }
        }
        Ok(history)
    }

    fn push(&mut self, line: Line) {
        match line {
            Line::Step(step) => self.steps.push(step),
            Line::Evaluation(evaluation) => self.evaluations.push(evaluation),
            Line::Spike(spike) => self.spikes.push(spike),
            Line::Steered(steered) => self.steered.push(steered),
            Line::Sample(sample) => self.samples.push(sample),
            Line::Other => {}
        }
    }
}

/// JSON has no number for what is none, and `null` stands for it.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}
