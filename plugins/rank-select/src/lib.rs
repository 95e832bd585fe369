//! Chooses target modules and ranks under a budget of trainable parameters, from the weights' singular values.
//!
//! One unit of rank on a weight `[out, in]` costs `out + in` parameters and is credited with the share of the weight's
//! energy, `σ²/‖W‖²`, that its next singular direction holds. Units are bought in the order of credit per parameter until
//! the budget is spent. So a weight whose energy lies in few directions gets a low rank, and one with a flat spectrum, of
//! which a low rank would capture little, waits until the others are served.
//!
//! This is a heuristic on the frozen weights. It has the budgeted allocation of AdaLoRA (Q. Zhang et al., arXiv 2303.10512),
//! which scores directions by their effect on the loss while training, but not that score: no gradient is seen here.

use graftwork_sdk::{Choice, Error, Layers, Model, Names, Param, Plugin, Selector, Targets, export_selector};
use serde::Deserialize;

struct RankSelect;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    budget: Option<u64>,
    budget_percent: Option<f64>,
    min_rank: u32,
    max_rank: u32,
    rank_multiple: u32,
    target_modules: Names,
    exclude_modules: Option<Names>,
    layers: Option<Layers>,
    alpha: Option<f64>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            budget: None,
            budget_percent: None,
            min_rank: 1,
            max_rank: 64,
            rank_multiple: 1,
            target_modules: Names::all_linear(),
            exclude_modules: None,
            layers: None,
            alpha: None,
        }
    }
}

/// Of the model's parameters, where the settings name no budget.
const DEFAULT_PERCENT: f64 = 1.0;

impl Plugin for RankSelect {
    const NAME: &'static str = "rank-select";
    const SUMMARY: &'static str = "Chooses target modules and ranks under a parameter budget, from singular values.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Selector for RankSelect {
    fn select(config: Config, model: &Model) -> Result<Vec<Choice>, Error> {
        let ranks = ranks_for_sale(&config)?;
        let budget = match (config.budget, config.budget_percent) {
            (Some(_), Some(_)) => return Err(Error::config("budget", "give either `budget` or `budget_percent`")),
            (Some(budget), None) => budget,
            (None, percent) => (model.total_parameters() as f64 * percent.unwrap_or(DEFAULT_PERCENT) / 100.0) as u64,
        };
        let (include, exclude) = (&config.target_modules, config.exclude_modules.as_ref());
        let targets = Targets { include, exclude, layers: config.layers.as_ref() }.choose(model)?;
        let mut lots = Vec::new();
        for (place, param) in targets.iter().enumerate() {
            lots.extend(offer(place, param, &ranks, model)?);
        }
        let bought = buy(lots, targets.len(), budget)?;
        let chosen = targets.iter().zip(bought).filter(|(_, rank)| *rank > 0);
        let alpha = |rank: u32| config.alpha.unwrap_or(2.0 * f64::from(rank));
        Ok(chosen.map(|(p, rank)| Choice { param: p.id, rank: Some(rank), alpha: Some(alpha(rank)) }).collect())
    }
}

/// The ranks that an adapter may have, in ascending order; never empty.
fn ranks_for_sale(config: &Config) -> Result<Vec<u32>, Error> {
    if config.rank_multiple == 0 {
        return Err(Error::config("rank_multiple", "must be at least 1"));
    }
    let admitted = |rank: &u32| rank.is_multiple_of(config.rank_multiple);
    let ranks: Vec<u32> = (config.min_rank.max(1)..=config.max_rank).filter(admitted).collect();
    if ranks.is_empty() {
        let Config { min_rank, max_rank, rank_multiple, .. } = config;
        let message = format!("no rank from {min_rank} to {max_rank} is a multiple of {rank_multiple}");
        return Err(Error::config("max_rank", message));
    }
    Ok(ranks)
}

/// A step from one rank of a weight to the next.
struct Lot {
    /// Place of the weight among the targets.
    place: usize,
    from: u32,
    to: u32,
    /// Parameters.
    price: u64,
    /// Share of the weight's energy for each parameter.
    worth: f64,
}

/// The lots of one weight, dearest ranks last.
fn offer(place: usize, param: &Param, ranks: &[u32], model: &Model) -> Result<Vec<Lot>, Error> {
    let [out, inner] = param.matrix()?;
    let most = ranks.last().copied().unwrap_or(0).min(out).min(inner);
    let energy = model.norm(param)?.powi(2).max(f64::MIN_POSITIVE);
    let values = model.singular_values(param, most)?;
    let (mut lots, mut from, mut worth) = (Vec::new(), 0, f64::INFINITY);
    for &to in ranks {
        let Some(directions) = values.get(from as usize..to as usize) else { break };
        let price = u64::from(to - from) * (u64::from(out) + u64::from(inner));
        let share = directions.iter().map(|s| s * s / energy).sum::<f64>();
        // Never more than the lot before, which has to be bought first: rounding must not turn the two around.
        worth = worth.min(share / price as f64);
        lots.push(Lot { place, from, to, price, worth });
        from = to;
    }
    Ok(lots)
}

/// Buys lots in the order of their worth; of equals, the first parameter of the model. Gives the rank of each target.
fn buy(mut lots: Vec<Lot>, targets: usize, budget: u64) -> Result<Vec<u32>, Error> {
    // Stable, so that equals stay in the model's order, and within a weight in that of its ranks.
    lots.sort_by(|a, b| b.worth.total_cmp(&a.worth));
    let (mut ranks, mut left) = (vec![0; targets], budget);
    for lot in &lots {
        if ranks[lot.place] == lot.from && lot.price <= left {
            ranks[lot.place] = lot.to;
            left -= lot.price;
        }
    }
    if left == budget {
        let message = match lots.iter().filter(|lot| lot.from == 0).map(|lot| lot.price).min() {
            Some(least) => format!("{budget} parameters buy no adapter; the least is {least}"),
            None => "no target is large enough for the least rank; lower `min_rank` or `rank_multiple`".to_owned(),
        };
        return Err(Error::config("budget", message));
    }
    Ok(ranks)
}

export_selector!(RankSelect);

#[cfg(test)]
mod tests;
