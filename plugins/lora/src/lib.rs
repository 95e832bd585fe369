//! Low-rank adaptation (E. Hu et al., arXiv 2106.09685): a layer behaves as `base + alpha/rank · (B @ A)`.
//!
//! Where `init` takes the factors out of the weight, `base` is what is left of it.
//!
//! Names and meanings of the settings are PEFT's, so that results compare.

mod settings;
mod start;

use graftwork_sdk::{
    Adapter, Error, Expr, Group, Model, Param, Plan, Plugin, Role, Strategy, Target, Tensor, Trainable,
    export_strategy, log,
};
use settings::{Bias, Config};
use start::Start;

struct Lora;

/// Optimizer group of the B factors, where they learn at a rate of their own.
const B_GROUP: &str = "lora_B";

impl Plugin for Lora {
    const NAME: &'static str = "lora";
    const SUMMARY: &'static str =
        "Low-rank adaptation: two thin matrices beside each chosen weight, which stays frozen.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Lora {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let targets = config.ranks.of(&config.targets.choose(model)?, |rank| 2.0 * f64::from(rank))?;
        warn_of_high_ranks(&targets);
        let mut plan = Plan::default();
        if let Some(ratio) = config.loraplus_ratio {
            plan.groups.push(Group { name: B_GROUP.to_owned(), learning_rate_scale: ratio, weight_decay: None });
        }
        plan.adapters = targets.iter().map(|target| adapter(&config, target)).collect::<Result<_, _>>()?;
        plan.trainable = in_place(&config, model, &targets)?;
        Ok(plan)
    }
}

fn adapter(config: &Config, target: &Target<'_>) -> Result<Adapter, Error> {
    let Target { param, rank, alpha } = *target;
    let [out, inner] = param.matrix()?;
    let r = f64::from(rank);
    // D. Kalajdzievski, arXiv 2312.03732.
    let scale = alpha / if config.rslora { r.sqrt() } else { r };
    start::check(config.init, target, scale)?;
    // LoRA+ (S. Hayou et al., arXiv 2402.12354): B learns faster than A.
    let b_group = config.loraplus_ratio.map(|_| B_GROUP);
    if param.role == Role::Embedding {
        // The table is [entries, hidden]: its factors stand the other way round, and begin at zero on A's side.
        let a = Tensor::new("lora_embedding_A", &[rank, out], Expr::zeros(&[rank, out]));
        let b = Tensor::new("lora_embedding_B", &[inner, rank], Expr::normal(1.0, &[inner, rank])).in_group(b_group);
        let product = Expr::tensor(0).transpose().matmul(&Expr::tensor(1).transpose());
        return Ok(Adapter::new(param.id, "lora", vec![a, b], Expr::base() + scale * product));
    }
    let start = Start::new(config.init, [out, inner], rank, scale);
    let a = Tensor::new("lora_A", &[rank, inner], start.a);
    let b = Tensor::new("lora_B", &[out, rank], start.b).in_group(b_group);
    let down = if config.dropout > 0.0 { Expr::tensor(0).dropout(config.dropout) } else { Expr::tensor(0) };
    let effective = Expr::base() + scale * Expr::tensor(1).matmul(&down);
    Ok(Adapter { base: start.base, ..Adapter::new(param.id, "lora", vec![a, b], effective) })
}

/// PEFT allows a rank over that of the weight, so it is no error here.
fn warn_of_high_ranks(targets: &[Target<'_>]) {
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

/// Parameters of the model that train beside the adapters: biases, norms, whole modules.
fn in_place(config: &Config, model: &Model, targets: &[Target<'_>]) -> Result<Vec<Trainable>, Error> {
    if config.bias != Bias::None && !model.params().iter().any(|p| p.role == Role::Bias) {
        return Err(Error::config("bias", "this model has no biases"));
    }
    // A tied parameter trains as the one that it is tied to.
    let owner = |p: &Param| p.tied_to.unwrap_or(p.id);
    for name in &config.modules_to_save {
        let saved: Vec<u32> = model.params().iter().filter(|p| p.is_called(name)).map(owner).collect();
        if saved.is_empty() {
            return Err(Error::config("modules_to_save", format!("`{name}` is no module of this model")));
        }
        if let Some(both) = targets.iter().find(|t| saved.contains(&t.param.id)) {
            let module = both.param.module();
            let message = format!("`{module}` is adapted and would train whole; choose one (see `exclude_modules`)");
            return Err(Error::config("modules_to_save", message));
        }
    }
    let trains = |p: &&Param| {
        let bias = p.role == Role::Bias
            && match config.bias {
                Bias::None => false,
                Bias::All => true,
                Bias::LoraOnly => targets.iter().any(|t| t.param.module() == p.module()),
            };
        let saved = config.modules_to_save.iter().any(|name| p.is_called(name));
        bias || saved || (config.train_norms && p.role == Role::Norm)
    };
    let mut ids: Vec<u32> = model.params().iter().filter(trains).map(owner).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(|param| Trainable { param, group: None }).collect())
}

export_strategy!(Lora);

#[cfg(test)]
mod tests;
