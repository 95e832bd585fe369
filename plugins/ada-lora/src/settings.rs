//! The settings, as `schema.json` describes them, and the weights that they choose.

use graftwork_sdk::{Choice, Error, Layers, Model, Names, Peft, Role, Targets};
use serde::Deserialize;

/// Settings of AdaLoRA.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) init_r: u32,
    pub(crate) target_r: u32,
    pub(crate) tinit: u64,
    pub(crate) tfinal: u64,
    pub(crate) delta_t: u64,
    pub(crate) beta1: f64,
    pub(crate) beta2: f64,
    pub(crate) orth_reg_weight: f64,
    pub(crate) alpha: Option<f64>,
    pub(crate) dropout: f64,
    pub(crate) target_modules: Names,
    pub(crate) exclude_modules: Option<Names>,
    pub(crate) layers: Option<Layers>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            init_r: 12,
            target_r: 8,
            tinit: 0,
            tfinal: 0,
            delta_t: 1,
            beta1: 0.85,
            beta2: 0.85,
            orth_reg_weight: 0.5,
            alpha: None,
            dropout: 0.0,
            target_modules: Names::all_linear(),
            exclude_modules: None,
            layers: None,
        }
    }
}

impl Config {
    /// The fields of PEFT's configuration. It asks for the length of the run, which a plan does not know: any that its schedule fits in.
    pub(crate) fn peft(&self) -> Peft {
        Peft::new("ADALORA")
            .with("init_r", self.init_r)
            .with("target_r", self.target_r)
            .with("tinit", self.tinit)
            .with("tfinal", self.tfinal)
            .with("deltaT", self.delta_t)
            .with("beta1", self.beta1)
            .with("beta2", self.beta2)
            .with("orth_reg_weight", self.orth_reg_weight)
            .with("lora_alpha", self.alpha.unwrap_or(2.0 * f64::from(self.init_r)))
            .with("lora_dropout", self.dropout)
            .with("total_step", self.tinit + self.tfinal + self.delta_t + 1)
    }
}

/// A weight to adapt.
pub(crate) struct Target {
    pub(crate) param: u32,
    pub(crate) shape: [u32; 2],
    /// Triplets at the beginning.
    pub(crate) rank: u32,
    pub(crate) alpha: f64,
}

/// The weights to adapt: what a selector chose, and where there was none, the settings.
pub(crate) fn choose(config: &Config, model: &Model) -> Result<Vec<Target>, Error> {
    let Config { target_modules: include, exclude_modules, layers, .. } = config;
    let choices = match model.choices() {
        Some(choices) => choices.to_vec(),
        None => {
            let chosen =
                Targets { include, exclude: exclude_modules.as_ref(), layers: layers.as_ref() }.choose(model)?;
            chosen.iter().map(|p| Choice { param: p.id, rank: None, alpha: None }).collect()
        }
    };
    let missing = || Error::Internal("a selector chose a parameter that is not there".to_owned());
    let target = |choice: Choice| {
        let param = model.param(choice.param).ok_or_else(missing)?;
        if param.role == Role::Embedding {
            let message = format!("`{}` is an embedding; AdaLoRA is for linear layers", param.module());
            return Err(Error::config("target_modules", message));
        }
        let rank = choice.rank.unwrap_or(config.init_r);
        let alpha = choice.alpha.or(config.alpha).unwrap_or(2.0 * f64::from(rank));
        Ok(Target { param: param.id, shape: param.matrix()?, rank, alpha })
    };
    choices.into_iter().map(target).collect()
}
