//! Orthogonal fine-tuning (Z. Qiu et al., arXiv 2306.07280; over inputs and with Neumann series as in OFTv2, Z. Qiu et al.,
//! arXiv 2506.19847): a layer behaves as `base @ Rᵀ` with a block-diagonal R. Each block is made orthogonal from a
//! skew-symmetric Q by Cayley's map, `(I - Q)(I + Q)⁻¹`, or nearly so by the beginning of a series. PEFT's series, which
//! is this one, is of the inverse, `(I + Q)(I - Q)⁻¹`: the two forms turn the other way round.

use graftwork_sdk::{
    Adapter, Error, Expr, Model, Param, Peft, Plan, Plugin, Strategy, TargetSettings, Tensor, export_strategy, log,
};
use serde::Deserialize;

struct Oft;

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    #[serde(flatten)]
    targets: TargetSettings,
    r: Option<u32>,
    oft_block_size: Option<u32>,
    use_cayley_neumann: bool,
    num_cayley_neumann_terms: u32,
    block_share: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            targets: TargetSettings::default(),
            r: None,
            oft_block_size: None,
            use_cayley_neumann: true,
            num_cayley_neumann_terms: 5,
            block_share: false,
        }
    }
}

/// Size of a block, where the settings say neither that nor how many there are.
const DEFAULT_BLOCK_SIZE: u32 = 32;

impl Plugin for Oft {
    const NAME: &'static str = "oft";
    const SUMMARY: &'static str = "Orthogonal fine-tuning: rotates a layer's inputs, block by block.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Strategy for Oft {
    fn plan(config: Config, model: &Model) -> Result<Plan, Error> {
        if config.r.is_some() && config.oft_block_size.is_some() {
            return Err(Error::config("r", "give either `r`, the number of blocks, or `oft_block_size`"));
        }
        if config.use_cayley_neumann && config.num_cayley_neumann_terms < 2 {
            let message = "must be at least 2: the first term is the identity, and has nothing to learn";
            return Err(Error::config("num_cayley_neumann_terms", message));
        }
        let chosen = config.targets.choose_linear(model)?;
        let adapters = chosen.iter().map(|c| adapter(&config, c.param)).collect::<Result<_, _>>()?;
        let peft = Peft::new("OFT")
            .with("r", config.r.unwrap_or(0))
            .with(
                "oft_block_size",
                config.oft_block_size.unwrap_or(if config.r.is_some() { 0 } else { DEFAULT_BLOCK_SIZE }),
            )
            .with("use_cayley_neumann", config.use_cayley_neumann)
            .with("num_cayley_neumann_terms", config.num_cayley_neumann_terms)
            .with("block_share", config.block_share)
            .key("oft_R", "oft_R.weight");
        Ok(Plan { adapters, ..Plan::default() }.with_peft(peft))
    }
}

fn adapter(config: &Config, param: &Param) -> Result<Adapter, Error> {
    let [_, inner] = param.matrix()?;
    let (blocks, size) = match config.r {
        Some(r) => (divisor("r", r, inner, param)?, 0),
        None => (0, divisor("oft_block_size", config.oft_block_size.unwrap_or(DEFAULT_BLOCK_SIZE), inner, param)?),
    };
    let (blocks, size) = if blocks > 0 { (blocks, inner / blocks) } else { (inner / size, size) };
    if size < 2 {
        let key = if config.r.is_some() { "r" } else { "oft_block_size" };
        return Err(Error::config(
            key,
            format!("leaves blocks of size 1 in `{}`, which do not rotate", param.module()),
        ));
    }
    let shape = [if config.block_share { 1 } else { blocks }, size * (size - 1) / 2];
    let tensor = Tensor::new("oft_R", &shape, Expr::zeros(&shape));
    let upper = Expr::tensor(0).upper_triangle(size);
    let rotations = cayley(config, size, &(upper.clone() - upper.transpose())).transpose();
    let rotation = if config.block_share {
        Expr::identity(blocks).kron(&rotations.reshape(&[size, size]))
    } else {
        rotations.block_diagonal()
    };
    Ok(Adapter::new(param.id, "oft", vec![tensor], Expr::base().matmul(&rotation)))
}

/// `(I - Q)(I + Q)⁻¹`, or the series `I + 2Q + 2Q² + …`, as PEFT cuts it: with the last power single, and with three terms the
/// same as with four.
fn cayley(config: &Config, size: u32, q: &Expr) -> Expr {
    let identity = Expr::identity(size);
    if !config.use_cayley_neumann {
        return (identity.clone() - q.clone()).matmul(&(identity + q.clone()).inverse());
    }
    let terms = config.num_cayley_neumann_terms;
    let mut sum = identity + 2.0 * q.clone();
    if terms > 2 {
        let mut power = q.matmul(q);
        sum = sum + 2.0 * power.clone();
        for _ in 3..terms - 1 {
            power = power.matmul(q);
            sum = sum + 2.0 * power.clone();
        }
        sum = sum + power.matmul(q);
    }
    sum
}

/// The divisor of `size` that is nearest to the setting, the smaller of two; as PEFT has it.
fn divisor(key: &str, wanted: u32, size: u32, param: &Param) -> Result<u32, Error> {
    if wanted == 0 {
        return Err(Error::config(key, "is 0; it must be at least 1"));
    }
    let divides = |n: &u32| size.is_multiple_of(*n);
    let below = (1..=wanted.min(size)).rev().find(divides).unwrap_or(1);
    let above = (wanted..=size).find(divides).unwrap_or(size);
    let nearest = if wanted >= size || above - wanted < wanted - below { above } else { below };
    if nearest != wanted {
        log::warn(&format!(
            "`{key}` is {nearest} for `{}`: {wanted} does not divide its {size} inputs",
            param.module()
        ));
    }
    Ok(nearest)
}

export_strategy!(Oft);

#[cfg(test)]
mod tests;
