//! The options that a person sets about data.

use std::path::PathBuf;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::value::{Error as NameError, StrDeserializer};
use serde::de::{self, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{DataError, Format};

/// How data files become batches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataOptions {
    /// The records' format; found from the file's name and first record if not given.
    pub format: Option<Format>,
    /// The longest row, in tokens; at least 2.
    pub max_length: usize,
    /// Whether short samples share rows.
    pub packing: bool,
    /// Which tokens the loss counts.
    pub loss_on: LossOn,
    /// What the model learns from a sample.
    pub objective: Objective,
    /// What to evaluate on.
    pub eval: EvalSplit,
    /// The seed of the order, of the evaluation split and of masked tokens.
    pub seed: u64,
    /// The order of rows in an epoch.
    pub order: Order,
}

impl Default for DataOptions {
    fn default() -> Self {
        Self {
            format: None,
            max_length: 512,
            packing: false,
            loss_on: LossOn::Auto,
            objective: Objective::NextToken,
            eval: EvalSplit::default(),
            seed: 0,
            order: Order::Shuffled,
        }
    }
}

impl DataOptions {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// [`DataError::Option`] when `max_length` is below 2 (one token has no next token to predict), when the objective
    /// cannot be, or when another option does not go with it.
    pub fn validate(&self) -> Result<(), DataError> {
        let wrong = |key, problem| Err(DataError::Option { key, problem });
        if self.max_length < 2 {
            return wrong("max_length", format!("must be at least 2 tokens, is {}", self.max_length));
        }
        if self.objective != Objective::NextToken && self.loss_on != LossOn::Auto {
            return wrong("loss_on", "only the objective next-token has a choice; leave it at \"auto\"".to_owned());
        }
        match &self.objective {
            Objective::NextToken => Ok(()),
            Objective::Masked { probability } if *probability > 0.0 && *probability <= 1.0 => Ok(()),
            Objective::Masked { probability } => wrong(
                "objective",
                format!("the probability of masking must be above 0 and at most 1, is {probability}"),
            ),
            Objective::Label { .. } if self.packing => {
                wrong("packing", "a row has one label, so it holds one sample; turn packing off".to_owned())
            }
            Objective::Label { labels } => match repeated(labels) {
                Some(label) => wrong("objective", format!("the label {label:?} is listed twice")),
                None if labels.len() < 2 => {
                    wrong("objective", format!("needs at least two labels to choose from, has {}", labels.len()))
                }
                None => Ok(()),
            },
        }
    }
}

/// An entry that stands there once more before it.
fn repeated(labels: &[String]) -> Option<&String> {
    labels.iter().enumerate().find(|(index, label)| labels[..*index].contains(label)).map(|(_, label)| label)
}

/// What the model learns from a sample.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Objective {
    /// The token that follows (causal language modelling).
    #[default]
    NextToken,
    /// The tokens that were masked (masked language modelling: Devlin et al., "BERT", 2019, section 3.1). Of the tokens
    /// that are not special each is chosen with this probability; of the chosen, 80 % are shown as the mask token, 10 %
    /// as a random one, 10 % as they are. Every epoch masks anew, every evaluation masks alike.
    Masked {
        /// Above 0 and at most 1; 0.15 in the paper.
        probability: f32,
    },
    /// The class of a text, or of a pair of texts.
    Label {
        /// The names of the classes, in their order; [`labels_of`](crate::labels_of) collects them from the data.
        labels: Vec<String>,
    },
}

/// Which tokens the loss counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LossOn {
    /// Completions of prompt/completion and alpaca records, assistant turns of chats, all of a text.
    #[default]
    Auto,
    /// Every token.
    All,
    /// The completion of prompt/completion and alpaca records.
    Completion,
    /// The assistant's turns of a chat.
    Assistant,
}

/// The order of rows in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Another permutation every epoch, a pure function of seed and epoch.
    #[default]
    Shuffled,
    /// The files' order, every epoch.
    Sequential,
}

/// `FromStr` by the names that serde knows, so that a file and a flag spell them alike.
macro_rules! from_str_by_serde {
    ($($key:literal => $type:ty),+ $(,)?) => {$(
        impl FromStr for $type {
            type Err = DataError;

            fn from_str(name: &str) -> Result<Self, DataError> {
                let name: StrDeserializer<'_, NameError> = name.into_deserializer();
                Self::deserialize(name).map_err(|e| DataError::Option { key: $key, problem: e.to_string() })
            }
        }
    )+};
}
from_str_by_serde!("format" => Format, "loss_on" => LossOn, "order" => Order);

/// What to evaluate on: `eval = 0.05`, or `eval = ["held-out.jsonl"]`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum EvalSplit {
    /// This part of the training files' samples; 0 for none.
    Fraction(Fraction),
    /// These files.
    Files(Vec<PathBuf>),
}

impl EvalSplit {
    /// No evaluation.
    pub const NONE: Self = Self::Fraction(Fraction(0.0));

    /// This part of the training data.
    ///
    /// # Errors
    /// The number is not in `[0, 1)`.
    pub fn fraction(part: f64) -> Result<Self, DataError> {
        Fraction::try_from(part).map(Self::Fraction)
    }
}

impl Default for EvalSplit {
    fn default() -> Self {
        Self::Fraction(Fraction(0.05))
    }
}

/// A number from 0 up to, and without, 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("minimum" = 0, "exclusiveMaximum" = 1))]
pub struct Fraction(f64);

impl Fraction {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Fraction {
    type Error = DataError;

    fn try_from(value: f64) -> Result<Self, DataError> {
        if (0.0..1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(DataError::Option { key: "eval", problem: format!("a fraction from 0 up to (not with) 1, is {value}") })
        }
    }
}

impl<'de> Deserialize<'de> for EvalSplit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EvalSplitVisitor)
    }
}

/// By hand, since the error of an untagged enum says nothing of what is wrong.
struct EvalSplitVisitor;

impl<'de> Visitor<'de> for EvalSplitVisitor {
    type Value = EvalSplit;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a fraction from 0 up to 1, or a list of files")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<EvalSplit, E> {
        Fraction::try_from(value).map(EvalSplit::Fraction).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<EvalSplit, E> {
        // Exact for 0, the only whole number that is in range.
        self.visit_f64(value as f64)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<EvalSplit, E> {
        self.visit_f64(value as f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<EvalSplit, A::Error> {
        let mut files = Vec::new();
        while let Some(file) = seq.next_element()? {
            files.push(file);
        }
        Ok(EvalSplit::Files(files))
    }
}
