//! The model as the plugin sees it.

use std::collections::HashMap;

use serde_json::Value;

use crate::Error;
use crate::bindings::strategy::graftwork::strategy::{model, selection, stats};

/// What a parameter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Weight of a linear layer, `[out, in]`.
    Linear,
    /// Embedding, `[entries, hidden]`.
    Embedding,
    /// Normalisation.
    Norm,
    /// Bias.
    Bias,
    /// Output head.
    Head,
    /// Anything else, also roles that a later host may know.
    Other,
}

impl From<&str> for Role {
    fn from(name: &str) -> Self {
        match name {
            "linear" => Self::Linear,
            "embedding" => Self::Embedding,
            "norm" => Self::Norm,
            "bias" => Self::Bias,
            "head" => Self::Head,
            _ => Self::Other,
        }
    }
}

/// One parameter of the model.
///
/// # Examples
/// ```
/// use graftwork_sdk::Model;
/// # use graftwork_sdk::{Mock, Param, Role};
///
/// # fn main() -> Result<(), graftwork_sdk::Error> {
/// # let param = |id, name: &str, layer| {
/// #     let (name, dtype) = (name.to_owned(), "f32".to_owned());
/// #     Param { id, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(layer), tied_to: None }
/// # };
/// # let params = vec![param(0, "layers.0.q_proj.weight", 0), param(1, "layers.0.v_proj.weight", 0), param(2, "layers.1.q_proj.weight", 1)];
/// # let model = Model::from(Mock { params, ..Mock::default() });
/// let query = &model.params()[0];
/// assert_eq!(query.module(), "layers.0.q_proj");
/// assert!(query.is_called("q_proj") && !query.is_called("proj"));
/// assert_eq!(query.matrix()?, [8, 4]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its index, by which plans refer to it.
    pub id: u32,
    /// Name in the checkpoint.
    pub name: String,
    /// Sizes of its axes.
    pub shape: Vec<u32>,
    /// Element type in the checkpoint: `f64`, `f32`, `f16`, `bf16`.
    pub dtype: String,
    /// What it is for.
    pub role: Role,
    /// Its layer, counted from 0.
    pub layer: Option<u32>,
    /// The parameter that it is the same tensor as.
    pub tied_to: Option<u32>,
}

impl Param {
    /// The name without `.weight` or `.bias`.
    pub fn module(&self) -> &str {
        self.name.rsplit_once('.').map_or(self.name.as_str(), |(module, _)| module)
    }

    /// Whether a name is the module's path, or the end of it from a dot on, as PEFT reads the names of a list.
    pub fn is_called(&self, name: &str) -> bool {
        self.module().strip_suffix(name).is_some_and(|front| front.is_empty() || front.ends_with('.'))
    }

    /// `[out, in]`.
    ///
    /// # Errors
    /// It is no matrix.
    pub fn matrix(&self) -> Result<[u32; 2], Error> {
        let unsupported =
            || Error::UnsupportedModel(format!("`{}` has the shape {:?}, which is no matrix", self.name, self.shape));
        self.shape.as_slice().try_into().map_err(|_| unsupported())
    }

    /// Number of weights.
    pub fn elements(&self) -> u64 {
        self.shape.iter().map(|&d| u64::from(d)).product()
    }
}

/// What a selector chose for one parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// The parameter.
    pub param: u32,
    /// Rank of its adapter; none leaves it to the strategy.
    pub rank: Option<u32>,
    /// Alpha of its adapter; none leaves it to the strategy.
    pub alpha: Option<f64>,
}

/// The model: its parameters, numbers about its weights, and what selectors before chose.
#[derive(Clone, Debug)]
pub struct Model {
    params: Vec<Param>,
    choices: Option<Vec<Choice>>,
    source: Source,
}

/// Who answers what is asked only when a plugin needs it.
#[derive(Clone, Debug)]
enum Source {
    Host,
    Mock { architecture: String, config: Value, singular_values: HashMap<u32, Vec<f64>> },
}

/// A model for tests of a plugin outside of a host: `Model::from(Mock { params, ..Mock::default() })`.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Error, Mock, Model, Param, Role};
///
/// let (name, dtype) = ("layers.0.q_proj.weight".to_owned(), "f32".to_owned());
/// let weight = Param { id: 0, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(0), tied_to: None };
/// let singular_values = [(0, vec![4.0, 3.0, 0.0, 0.0])].into();
/// let model = Model::from(Mock { params: vec![weight.clone()], singular_values, ..Mock::default() });
/// assert_eq!(model.total_parameters(), 32);
/// assert_eq!(model.singular_values(&weight, 1)?, [4.0]);
/// assert_eq!(model.norm(&weight)?, 5.0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Mock {
    /// Name of the model's family.
    pub architecture: String,
    /// The checkpoint's `config.json`.
    pub config: Value,
    /// The parameters; their ids are their places.
    pub params: Vec<Param>,
    /// What selectors before chose.
    pub choices: Option<Vec<Choice>>,
    /// All singular values of a parameter, largest first. Norms follow from them.
    pub singular_values: HashMap<u32, Vec<f64>>,
}

impl From<Mock> for Model {
    fn from(mock: Mock) -> Self {
        let Mock { architecture, config, params, choices, singular_values } = mock;
        Self { params, choices, source: Source::Mock { architecture, config, singular_values } }
    }
}

impl Model {
    /// The model that the host runs.
    pub(crate) fn of_host() -> Self {
        let params = model::params().into_iter().zip(0..).map(|(p, id)| Param {
            id,
            name: p.name,
            shape: p.shape,
            dtype: p.dtype,
            role: p.role.as_str().into(),
            layer: p.layer,
            tied_to: p.tied_to,
        });
        let choice = |c: selection::Choice| Choice { param: c.param, rank: c.rank, alpha: c.alpha };
        let choices = selection::choices().map(|all| all.into_iter().map(choice).collect());
        Self { params: params.collect(), choices, source: Source::Host }
    }

    /// Every parameter.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// The parameter of that index.
    pub fn param(&self, id: u32) -> Option<&Param> {
        self.params.get(id as usize)
    }

    /// Weights of linear layers, without output head.
    pub fn linear_layers(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|p| p.role == Role::Linear)
    }

    /// Number of weights; a tied one is counted once.
    pub fn total_parameters(&self) -> u64 {
        self.params.iter().filter(|p| p.tied_to.is_none()).map(Param::elements).sum()
    }

    /// Name of the model's family, e.g. `llama`.
    pub fn architecture(&self) -> String {
        match &self.source {
            Source::Host => model::architecture(),
            Source::Mock { architecture, .. } => architecture.clone(),
        }
    }

    /// The checkpoint's `config.json`.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn config(&self) -> Result<Value, Error> {
        match &self.source {
            Source::Host => serde_json::from_str(&model::config())
                .map_err(|e| Error::UnsupportedModel(format!("its config.json is no JSON: {e}"))),
            Source::Mock { config, .. } => Ok(config.clone()),
        }
    }

    /// What selectors before chose; none where there was none.
    pub fn choices(&self) -> Option<&[Choice]> {
        self.choices.as_deref()
    }

    /// The `count` largest singular values of a weight, largest first; fewer where the matrix has fewer.
    ///
    /// # Errors
    /// The host cannot say.
    pub fn singular_values(&self, param: &Param, count: u32) -> Result<Vec<f64>, Error> {
        match &self.source {
            Source::Host => stats::singular_values(param.id, count).map_err(Error::Internal),
            Source::Mock { singular_values, .. } => {
                let all = mocked(singular_values, param)?;
                Ok(all.iter().copied().take(count as usize).collect())
            }
        }
    }

    /// Frobenius norm of a weight.
    ///
    /// # Errors
    /// The host cannot say.
    pub fn norm(&self, param: &Param) -> Result<f64, Error> {
        match &self.source {
            Source::Host => stats::norm(param.id).map_err(Error::Internal),
            Source::Mock { singular_values, .. } => {
                let all = mocked(singular_values, param)?;
                Ok(all.iter().map(|s| s * s).sum::<f64>().sqrt())
            }
        }
    }
}

fn mocked<'a>(all: &'a HashMap<u32, Vec<f64>>, param: &Param) -> Result<&'a [f64], Error> {
    let missing = || Error::Internal(format!("the mock has no singular values of `{}`", param.name));
    all.get(&param.id).map(Vec::as_slice).ok_or_else(missing)
}
