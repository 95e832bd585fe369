//! The settings that methods share: which weights are adapted, and at which rank.
//!
//! A plugin flattens them into its own: `#[serde(flatten)] targets: TargetSettings`.

use serde::Deserialize;

use crate::{Choice, Error, Layers, Model, Names, Param, Patterns, Role, Targets, log};

/// Which weights a person wants adapted. None of it, and all linear layers are.
///
/// # Examples
/// ```
/// use graftwork_sdk::{RankSettings, TargetSettings, settings};
/// # use graftwork_sdk::{Mock, Model, Param, Role};
///
/// # fn main() -> Result<(), graftwork_sdk::Error> {
/// # let param = |id, name: &str, layer| {
/// #     let (name, dtype) = (name.to_owned(), "f32".to_owned());
/// #     Param { id, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(layer), tied_to: None }
/// # };
/// # let params = vec![param(0, "layers.0.q_proj.weight", 0), param(1, "layers.0.v_proj.weight", 0), param(2, "layers.1.q_proj.weight", 1)];
/// # let model = Model::from(Mock { params, ..Mock::default() });
/// #[derive(serde::Deserialize)]
/// struct Config {
///     #[serde(flatten)]
///     targets: TargetSettings,
///     #[serde(flatten)]
///     ranks: RankSettings,
/// }
///
/// let text = r#"{"target_modules": ["q_proj"], "rank": 4, "rank_pattern": {"layers.1.q_proj": 2}}"#;
/// let config: Config = settings(text)?;
/// let targets = config.ranks.of(&config.targets.choose(&model)?, |rank| 2.0 * f64::from(rank))?;
/// let chosen: Vec<_> = targets.iter().map(|target| (target.param.id, target.rank, target.alpha)).collect();
/// assert_eq!(chosen, [(0, 4, 8.0), (2, 2, 4.0)]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TargetSettings {
    /// The modules to adapt.
    pub target_modules: Option<Names>,
    /// Modules to leave out of them.
    pub exclude_modules: Option<Names>,
    /// The only layers to adapt.
    #[serde(deserialize_with = "crate::layers::flattened")]
    pub layers: Option<Layers>,
}

/// A weight to adapt, and what a selector says of it.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'m> {
    /// The weight.
    pub param: &'m Param,
    /// Rank that a selector gave it.
    pub rank: Option<u32>,
    /// Alpha that a selector gave it.
    pub alpha: Option<f64>,
}

impl TargetSettings {
    /// The weights to adapt: what a selector chose, and where none did, what these settings say.
    ///
    /// # Errors
    /// As of [`Targets::choose`].
    pub fn choose<'m>(&self, model: &'m Model) -> Result<Vec<Chosen<'m>>, Error> {
        let Some(choices) = model.choices() else {
            let all = Names::all_linear();
            let include = self.target_modules.as_ref().unwrap_or(&all);
            let targets = Targets { include, exclude: self.exclude_modules.as_ref(), layers: self.layers.as_ref() };
            let chosen = targets.choose(model)?.into_iter();
            return Ok(chosen.map(|param| Chosen { param, rank: None, alpha: None }).collect());
        };
        if self.target_modules.is_some() || self.exclude_modules.is_some() || self.layers.is_some() {
            log::warn("a selector chose the targets: `target_modules`, `exclude_modules` and `layers` are not used");
        }
        let missing = || Error::Internal("a selector chose a parameter that is not there".to_owned());
        let chosen = |c: &Choice| {
            let param = model.param(c.param).ok_or_else(missing)?;
            Ok(Chosen { param, rank: c.rank, alpha: c.alpha })
        };
        choices.iter().map(chosen).collect()
    }

    /// The same for a method that adapts no embeddings.
    ///
    /// # Errors
    /// As of [`choose`](Self::choose), or an embedding is among the weights.
    pub fn choose_linear<'m>(&self, model: &'m Model) -> Result<Vec<Chosen<'m>>, Error> {
        let chosen = self.choose(model)?;
        match chosen.iter().find(|c| c.param.role == Role::Embedding) {
            Some(Chosen { param, .. }) => {
                let module = param.module();
                let message = format!("`{module}` is an embedding, but this method is for linear layers");
                Err(Error::config("target_modules", message))
            }
            None => Ok(chosen),
        }
    }
}

/// Ranks and alphas, and those of single modules.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct RankSettings {
    /// Rank of every module that nothing else is said of; 8 if not given.
    pub rank: u32,
    /// Alpha of every module that nothing else is said of; each method has its own default.
    pub alpha: Option<f64>,
    /// Ranks of single modules.
    pub rank_pattern: Patterns<u32>,
    /// Alphas of single modules.
    pub alpha_pattern: Patterns<f64>,
}

impl Default for RankSettings {
    fn default() -> Self {
        Self { rank: 8, alpha: None, rank_pattern: Patterns::default(), alpha_pattern: Patterns::default() }
    }
}

/// A weight to adapt, at which rank and alpha.
#[derive(Clone, Copy, Debug)]
pub struct Target<'m> {
    /// The weight.
    pub param: &'m Param,
    /// At least 1.
    pub rank: u32,
    /// What `alpha / rank` is made of.
    pub alpha: f64,
}

impl RankSettings {
    /// Gives each weight its rank and alpha: a selector's, else that of a pattern, else the settings'. `default_alpha` is
    /// alpha for a rank, where nothing says it.
    ///
    /// # Errors
    /// A rank is 0, or a pattern cannot be read or matches none of the modules.
    pub fn of<'m>(&self, chosen: &[Chosen<'m>], default_alpha: impl Fn(u32) -> f64) -> Result<Vec<Target<'m>>, Error> {
        let params: Vec<&Param> = chosen.iter().map(|c| c.param).collect();
        let ranks = self.rank_pattern.values("rank_pattern", &params)?;
        let alphas = self.alpha_pattern.values("alpha_pattern", &params)?;
        let mut targets = Vec::with_capacity(chosen.len());
        for ((&Chosen { param, rank, alpha }, of_rank), of_alpha) in chosen.iter().zip(ranks).zip(alphas) {
            let rank = rank.or(of_rank).unwrap_or(self.rank);
            if rank == 0 {
                return Err(Error::config("rank", format!("is 0 for `{}`; it must be at least 1", param.module())));
            }
            let alpha = alpha.or(of_alpha).or(self.alpha).unwrap_or_else(|| default_alpha(rank));
            targets.push(Target { param, rank, alpha });
        }
        Ok(targets)
    }
}
