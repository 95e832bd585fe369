//! The model as the plugin sees it.

use std::collections::HashMap;

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

/// One parameter of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its index, by which plans refer to it.
    pub id: u32,
    /// Name in the checkpoint.
    pub name: String,
    /// Sizes of its axes.
    pub shape: Vec<u32>,
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
    /// Spectra of a model that a test makes; none where the host answers.
    spectra: Option<HashMap<u32, Vec<f64>>>,
}

impl Model {
    /// The model that the host runs.
    pub fn of_host() -> Self {
        let role = |name: &str| match name {
            "linear" => Role::Linear,
            "embedding" => Role::Embedding,
            "norm" => Role::Norm,
            "bias" => Role::Bias,
            "head" => Role::Head,
            _ => Role::Other,
        };
        let params = model::params().into_iter().enumerate().map(|(id, p)| Param {
            id: id as u32,
            name: p.name,
            shape: p.shape,
            role: role(&p.role),
            layer: p.layer,
            tied_to: p.tied_to,
        });
        let choice = |c: selection::Choice| Choice { param: c.param, rank: c.rank, alpha: c.alpha };
        let choices = selection::choices().map(|all| all.into_iter().map(choice).collect());
        Self { params: params.collect(), choices, spectra: None }
    }

    /// A model for tests of a plugin outside a host, with what selectors chose and the singular values by parameter.
    pub fn for_tests(params: Vec<Param>, choices: Option<Vec<Choice>>, spectra: HashMap<u32, Vec<f64>>) -> Self {
        Self { params, choices, spectra: Some(spectra) }
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

    /// What selectors before chose; none where there was none.
    pub fn choices(&self) -> Option<&[Choice]> {
        self.choices.as_deref()
    }

    /// The `count` largest singular values of a weight, largest first.
    ///
    /// # Errors
    /// The host cannot say.
    pub fn singular_values(&self, param: &Param, count: u32) -> Result<Vec<f64>, Error> {
        match &self.spectra {
            Some(spectra) => {
                let known = spectra.get(&param.id).cloned().unwrap_or_default();
                Ok(known.into_iter().take(count as usize).collect())
            }
            None => stats::singular_values(param.id, count).map_err(Error::Internal),
        }
    }

    /// Frobenius norm of a weight.
    ///
    /// # Errors
    /// The host cannot say.
    pub fn norm(&self, param: &Param) -> Result<f64, Error> {
        match &self.spectra {
            Some(spectra) => {
                let known = spectra.get(&param.id).cloned().unwrap_or_default();
                Ok(known.iter().map(|s| s * s).sum::<f64>().sqrt())
            }
            None => stats::norm(param.id).map_err(Error::Internal),
        }
    }
}
