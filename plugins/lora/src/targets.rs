//! Which weights are adapted, at which rank and alpha.

use graftwork_sdk::{Choice, Error, Model, Names, Param, Targets, log};

use crate::settings::Config;

/// A weight to adapt.
pub(crate) struct Target<'m> {
    pub(crate) param: &'m Param,
    pub(crate) rank: u32,
    pub(crate) alpha: f64,
}

/// The weights to adapt: what a selector chose, and where it says nothing, the settings.
pub(crate) fn choose<'m>(config: &Config, model: &'m Model) -> Result<Vec<Target<'m>>, Error> {
    let choices = match model.choices() {
        Some(choices) => {
            if config.target_modules.is_some() || config.exclude_modules.is_some() || config.layers.is_some() {
                log::warn(
                    "a selector chose the targets: `target_modules`, `exclude_modules` and `layers` are not used",
                );
            }
            choices.to_vec()
        }
        None => from_settings(config, model)?,
    };
    let missing = || Error::Internal("a selector chose a parameter that is not there".to_owned());
    let params: Vec<&Param> =
        choices.iter().map(|c| model.param(c.param).ok_or_else(missing)).collect::<Result<_, _>>()?;
    let ranks = config.rank_pattern.values("rank_pattern", &params)?;
    let alphas = config.alpha_pattern.values("alpha_pattern", &params)?;
    let mut targets = Vec::with_capacity(params.len());
    for (((choice, param), rank), alpha) in choices.iter().zip(params).zip(ranks).zip(alphas) {
        let rank = choice.rank.or(rank).unwrap_or(config.rank);
        if rank == 0 {
            return Err(Error::config("rank", format!("is 0 for `{}`; it must be at least 1", param.module())));
        }
        let alpha = choice.alpha.or(alpha).or(config.alpha).unwrap_or(2.0 * f64::from(rank));
        targets.push(Target { param, rank, alpha });
    }
    Ok(targets)
}

fn from_settings(config: &Config, model: &Model) -> Result<Vec<Choice>, Error> {
    let all = Names::all_linear();
    let include = config.target_modules.as_ref().unwrap_or(&all);
    let targets = Targets { include, exclude: config.exclude_modules.as_ref(), layers: config.layers.as_ref() };
    let chosen = targets.choose(model)?;
    Ok(chosen.into_iter().map(|p| Choice { param: p.id, rank: None, alpha: None }).collect())
}

/// PEFT allows a rank over that of the weight, so it is no error here.
pub(crate) fn warn_of_high_ranks(targets: &[Target<'_>]) {
    let over: Vec<_> = targets.iter().filter(|t| t.param.shape.iter().any(|&side| side < t.rank)).collect();
    if let Some(Target { param, rank, .. }) = over.first() {
        log::warn(&format!(
            "the rank is greater than a side of {} weights, e.g. {rank} for `{}` of shape {:?}: a lower one does the same",
            over.len(),
            param.module(),
            param.shape
        ));
    }
}
