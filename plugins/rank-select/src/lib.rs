//! Chooses target modules and ranks under a budget of trainable parameters, from the weights' singular values.
//!
//! One unit of rank on a weight `[out, in]` costs `out + in` parameters and is credited with the share of the weight's
//! energy, `σ²/‖W‖²`, that its next singular direction holds. Units are bought in the order of credit per parameter until
//! the budget is spent. So a weight whose energy lies in few directions gets a low rank, and one with a flat spectrum, of
//! which a low rank would capture little, waits until the others are served.
//!
//! This is a heuristic on the frozen weights. It has the budgeted allocation of AdaLoRA (Q. Zhang et al., arXiv 2303.10512),
//! which scores directions by their effect on the loss while training, but not that score: no gradient is seen here.

use graftwork_sdk::{Choice, Error, Model, Names, Param, Selector, Targets, export_selector};
use serde::Deserialize;

struct RankSelect;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    budget: Option<u64>,
    budget_percent: Option<f64>,
    min_rank: u32,
    max_rank: u32,
    target_modules: Names,
    exclude_modules: Option<Names>,
    alpha: Option<f64>,
}

impl Default for Config {
    fn default() -> Self {
        let target_modules = Names::Pattern("all-linear".to_owned());
        Self {
            budget: None,
            budget_percent: None,
            min_rank: 1,
            max_rank: 64,
            target_modules,
            exclude_modules: None,
            alpha: None,
        }
    }
}

impl Selector for RankSelect {
    const NAME: &'static str = "rank-select";
    const SUMMARY: &'static str = "Chooses target modules and ranks under a parameter budget, from singular values.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;

    fn select(config: Config, model: &Model) -> Result<Vec<Choice>, Error> {
        if config.min_rank > config.max_rank {
            return Err(Error::config("min_rank", format!("is greater than max_rank, {}", config.max_rank)));
        }
        let budget = match (config.budget, config.budget_percent) {
            (Some(_), Some(_)) => return Err(Error::config("budget", "give either `budget` or `budget_percent`")),
            (Some(budget), None) => budget,
            (None, percent) => (model.total_parameters() as f64 * percent.unwrap_or(1.0) / 100.0) as u64,
        };
        let (include, exclude) = (&config.target_modules, config.exclude_modules.as_ref());
        let targets = Targets { include, exclude, layers: None }.choose(model)?;
        let candidates =
            targets.into_iter().map(|p| Candidate::measure(p, &config, model)).collect::<Result<Vec<_>, _>>()?;
        let ranks = allocate(&candidates, config.min_rank, budget)?;
        let chosen = candidates.iter().zip(ranks).filter(|(_, rank)| *rank > 0);
        let choice = |(c, rank): (&Candidate<'_>, u32)| {
            let alpha = Some(config.alpha.unwrap_or(2.0 * f64::from(rank)));
            Choice { param: c.param.id, rank: Some(rank), alpha }
        };
        Ok(chosen.map(choice).collect())
    }
}

/// A weight that may be adapted.
struct Candidate<'m> {
    param: &'m Param,
    /// Parameters of one unit of rank.
    unit: u64,
    /// Share of the weight's energy in each of its leading directions, largest first.
    energy: Vec<f64>,
}

impl<'m> Candidate<'m> {
    fn measure(param: &'m Param, config: &Config, model: &Model) -> Result<Self, Error> {
        let [out, inner] = param.matrix()?;
        let total = model.norm(param)?.powi(2).max(f64::MIN_POSITIVE);
        let values = model.singular_values(param, config.max_rank.min(out).min(inner))?;
        let energy = values.into_iter().map(|s| s * s / total).collect();
        Ok(Self { param, unit: u64::from(out) + u64::from(inner), energy })
    }
}

/// Ranks for the candidates: 0, or at least `min_rank`. What is bought next is what has the most energy per parameter;
/// of equals, the first parameter of the model.
fn allocate(candidates: &[Candidate<'_>], min_rank: u32, budget: u64) -> Result<Vec<u32>, Error> {
    let first = min_rank.max(1);
    let mut ranks = vec![0u32; candidates.len()];
    let mut left = budget;
    loop {
        let next = candidates.iter().enumerate().filter_map(|(i, c)| {
            // The first purchase of a weight is its least rank, as one lot.
            let (from, to) = (ranks[i], if ranks[i] == 0 { first } else { ranks[i] + 1 });
            let lot = c.energy.get(from as usize..to as usize)?;
            let price = u64::from(to - from) * c.unit;
            (price <= left).then(|| (i, to, price, lot.iter().sum::<f64>() / price as f64))
        });
        let best = next.reduce(|best, other| if other.3 > best.3 { other } else { best });
        let Some((i, rank, price, _)) = best else { break };
        ranks[i] = rank;
        left -= price;
    }
    if ranks.iter().all(|&r| r == 0) {
        let least = candidates.iter().map(|c| u64::from(first) * c.unit).min().unwrap_or(0);
        return Err(Error::config("budget", format!("{budget} parameters buy no adapter; the least is {least}")));
    }
    Ok(ranks)
}

export_selector!(RankSelect);

#[cfg(test)]
mod tests;
