//! Scaling by learned vectors (H. Liu et al., (IA)³, arXiv 2205.05638): a layer behaves as `l ⊙ base` with a number for each
//! output, or in a feed-forward module with one for each input.
//!
//! A number for an output scales the layer's bias too. Then weight and bias are two adapters over one shared vector.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Names, Param, Peft, Plan, Plugin, Role, Strategy, TargetSettings, Tensor,
    export_strategy,
};
use serde::Deserialize;

struct Ia3;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    feedforward_modules: Option<Names>,
}

impl Plugin for Ia3 {
    const NAME: &'static str = "ia3";
    const SUMMARY: &'static str =
        "Learns one factor for each output, or in feed-forward modules each input, of a layer.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Ia3 {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        let Config { mut targets, feedforward_modules } = config;
        let defaults = defaults(&family(model)?);
        if targets.target_modules.is_none() && model.choices().is_none() {
            targets.target_modules = Some(names(defaults.ok_or_else(|| unknown("target_modules"))?));
        }
        let chosen: Vec<&Param> = targets.choose_linear(model)?.iter().map(|c| c.param).collect();
        let feedforward: Vec<&Param> = match feedforward_modules {
            Some(names) => {
                let found = names.find("feedforward_modules", model)?;
                let both: Vec<_> = chosen.iter().copied().filter(|p| found.contains(p)).collect();
                if both.is_empty() && model.choices().is_none() {
                    let message = "names none of the modules that are adapted; add them to `target_modules`";
                    return Err(Error::config("feedforward_modules", message));
                }
                both
            }
            None => {
                let name = defaults.and_then(<[_]>::last).ok_or_else(|| unknown("feedforward_modules"))?;
                chosen.iter().copied().filter(|p| p.is_called(name)).collect()
            }
        };
        let mut plan = Plan::default();
        for param in chosen {
            adapt(&mut plan, model, param, feedforward.contains(&param))?;
        }
        let modules: Vec<&str> = feedforward.iter().map(|p| p.module()).collect();
        Ok(plan.with_peft(Peft::new("IA3").with("feedforward_modules", modules)))
    }
}

fn adapt(plan: &mut Plan, model: &Model, param: &Param, feedforward: bool) -> Result<(), Error> {
    let [out, inner] = param.matrix()?;
    let shape = if feedforward { [1, inner] } else { [out, 1] };
    let ones = |name: &str| Tensor::new(name, &shape, Expr::constant(1.0, &shape));
    let of_module = |p: &&Param| p.role == Role::Bias && p.module() == param.module();
    match model.params().iter().find(of_module).filter(|_| !feedforward) {
        None => {
            let effective = Expr::base() * Expr::tensor(0);
            plan.adapters.push(Adapter::new(param.id, "ia3", vec![ones("ia3_l")], effective));
        }
        Some(bias) => {
            let name = format!("{}.ia3_l", param.module());
            let factors = Expr::shared(&name);
            plan.shared.push(ones(&name));
            plan.adapters.push(Adapter::new(param.id, "ia3", Vec::new(), Expr::base() * factors.clone()));
            plan.adapters.push(Adapter::new(bias.id, "ia3", Vec::new(), Expr::base() * factors.reshape(&[out])));
        }
    }
    Ok(())
}

/// `model_type` of the checkpoint.
fn family(model: &Model) -> Result<String, Error> {
    Ok(model.config()?.get("model_type").and_then(|name| name.as_str()).unwrap_or_default().to_owned())
}

/// The modules that PEFT adapts in a family, the feed-forward one last.
fn defaults(family: &str) -> Option<&'static [&'static str]> {
    Some(match family {
        "llama" | "mistral" => &["k_proj", "v_proj", "down_proj"],
        "gemma" | "gemma2" | "gemma3_text" | "qwen2" | "qwen3" => &["q_proj", "v_proj", "down_proj"],
        "bert" | "roberta" => &["key", "value", "output.dense"],
        "gpt2" => &["c_attn", "mlp.c_proj"],
        "gpt_neox" => &["query_key_value", "dense_4h_to_h"],
        _ => return None,
    })
}

fn names(modules: &[&str]) -> Names {
    Names::List(modules.iter().map(|&name| name.to_owned()).collect())
}

fn unknown(key: &str) -> Error {
    let message = "has no default in this family of models: name the modules to adapt in `target_modules`, and those of them \
                   whose inputs are scaled in `feedforward_modules`";
    Error::config(key, message)
}

export_strategy!(Ia3);

#[cfg(test)]
mod tests;
