//! Low-rank adaptation (E. Hu et al., arXiv 2106.09685): a layer behaves as `base + alpha/rank · (B @ A)`.
//!
//! Names and meanings of the settings are PEFT's, so that results compare.

mod settings;

use graftwork_sdk::{
    Adapter, Error, Expr, Group, Model, Param, Plan, Role, Strategy, Targets, Tensor, Trainable, export_strategy,
};
use settings::{Bias, Config, Init};

struct Lora;

/// Optimizer group of the B factors, where they learn at a rate of their own.
const B_GROUP: &str = "lora_B";

impl Strategy for Lora {
    const NAME: &'static str = "lora";
    const SUMMARY: &'static str =
        "Low-rank adaptation: two thin matrices beside each chosen weight, which stays frozen.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;

    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let chosen = choose(&config, model)?;
        let targets: Vec<&Param> = chosen.iter().map(|(param, ..)| *param).collect();
        config.rank_pattern.check_used("rank_pattern", &targets)?;
        config.alpha_pattern.check_used("alpha_pattern", &targets)?;
        let mut plan = Plan::default();
        if let Some(ratio) = config.loraplus_ratio {
            plan.groups.push(Group { name: B_GROUP.to_owned(), learning_rate_scale: ratio, weight_decay: None });
        }
        for (param, rank, alpha) in &chosen {
            plan.adapters.push(adapter(&config, param, *rank, *alpha)?);
        }
        plan.trainable = in_place(&config, model, &targets)?;
        Ok(plan)
    }
}

/// The weights to adapt, each with rank and alpha: what a selector chose, or what the settings say.
fn choose<'m>(config: &Config, model: &'m Model) -> Result<Vec<(&'m Param, u32, f64)>, Error> {
    let chosen: Vec<(&Param, Option<u32>, Option<f64>)> = match model.choices() {
        Some(choices) => {
            let known = choices.iter().map(|c| model.param(c.param).map(|p| (p, c.rank, c.alpha)));
            known
                .collect::<Option<_>>()
                .ok_or_else(|| Error::Internal("a selector chose a parameter that is not there".into()))?
        }
        None => {
            let (include, exclude) = (&config.target_modules, config.exclude_modules.as_ref());
            let targets = Targets { include, exclude, layers: config.layers.as_deref() }.choose(model)?;
            targets.into_iter().map(|p| (p, None, None)).collect()
        }
    };
    let settle = |(param, rank, alpha): (&'m Param, Option<u32>, Option<f64>)| {
        let rank = match rank {
            Some(rank) => rank,
            None => config.rank_pattern.get("rank_pattern", param.module())?.unwrap_or(config.rank),
        };
        if rank == 0 {
            return Err(Error::config("rank", format!("is 0 for `{}`; it must be at least 1", param.module())));
        }
        let given = match alpha {
            Some(alpha) => Some(alpha),
            None => config.alpha_pattern.get("alpha_pattern", param.module())?.or(config.alpha),
        };
        Ok((param, rank, given.unwrap_or(2.0 * f64::from(rank))))
    };
    chosen.into_iter().map(settle).collect()
}

fn adapter(config: &Config, param: &Param, rank: u32, alpha: f64) -> Result<Adapter, Error> {
    let [out, inner] = param.matrix()?;
    let rate = f64::from(rank);
    // D. Kalajdzievski, arXiv 2312.03732.
    let scale = alpha / if config.rslora { rate.sqrt() } else { rate };
    // LoRA+ (S. Hayou et al., arXiv 2402.12354): B learns faster than A.
    let b_group = config.loraplus_ratio.map(|_| B_GROUP);
    if param.role == Role::Embedding {
        // The table is [entries, hidden]: its factors stand the other way round, and begin at zero on A's side.
        let a = Tensor::new("lora_embedding_A", &[rank, out], Expr::zeros(&[rank, out]));
        let b = Tensor::new("lora_embedding_B", &[inner, rank], Expr::normal(1.0, &[inner, rank])).in_group(b_group);
        let product = Expr::tensor(0).transpose().matmul(&Expr::tensor(1).transpose());
        return Ok(Adapter::new(param.id, "lora", vec![a, b], Expr::base() + scale * product));
    }
    let init = match config.init {
        // kaiming_uniform with a = √5 comes to a bound of 1/√in.
        Init::Kaiming => Expr::uniform(1.0 / f64::from(inner).sqrt(), &[rank, inner]),
        Init::Gaussian => Expr::normal(1.0 / rate, &[rank, inner]),
    };
    let a = Tensor::new("lora_A", &[rank, inner], init);
    let b = Tensor::new("lora_B", &[out, rank], Expr::zeros(&[out, rank])).in_group(b_group);
    let down = if config.dropout > 0.0 { Expr::tensor(0).dropout(config.dropout) } else { Expr::tensor(0) };
    let effective = Expr::base() + scale * Expr::tensor(1).matmul(&down);
    Ok(Adapter::new(param.id, "lora", vec![a, b], effective))
}

/// Parameters of the model that train beside the adapters: biases, norms, whole modules.
fn in_place(config: &Config, model: &Model, targets: &[&Param]) -> Result<Vec<Trainable>, Error> {
    let names = |name: &String, p: &Param| p.module() == name || p.module().ends_with(&format!(".{name}"));
    for name in &config.modules_to_save {
        if !model.params().iter().any(|p| names(name, p)) {
            return Err(Error::config("modules_to_save", format!("`{name}` is no module of this model")));
        }
        if let Some(both) = targets.iter().find(|p| names(name, p)) {
            let message =
                format!("`{}` is adapted and trained whole; choose one (see `exclude_modules`)", both.module());
            return Err(Error::config("modules_to_save", message));
        }
    }
    let trains = |p: &&Param| {
        let bias = match config.bias {
            Bias::None => false,
            Bias::All => p.role == Role::Bias,
            Bias::LoraOnly => p.role == Role::Bias && targets.iter().any(|t| t.module() == p.module()),
        };
        let saved = config.modules_to_save.iter().any(|name| names(name, p));
        bias || saved || (config.train_norms && p.role == Role::Norm)
    };
    // A tied parameter trains as the one that it is tied to.
    let mut ids: Vec<u32> = model.params().iter().filter(trains).map(|p| p.tied_to.unwrap_or(p.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    if config.bias != Bias::None && !model.params().iter().any(|p| p.role == Role::Bias) {
        return Err(Error::config("bias", "this model has no biases"));
    }
    Ok(ids.into_iter().map(|param| Trainable { param, group: None }).collect())
}

export_strategy!(Lora);

#[cfg(test)]
mod tests;
