//! The weighted sum of what adapters change, cut to a rank: the leading singular triples of the sum, which no matrix of
//! that rank is nearer to (C. Eckart and G. Young, 1936). PEFT's `svd`.

use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
use merging::{changes, sum, weighted};
use serde::Deserialize;

struct Svd;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    rank: u32,
}

impl Plugin for Svd {
    const NAME: &'static str = "svd";
    const SUMMARY: &'static str = "Cuts the weighted sum of what adapters change to a rank.";
    const SCHEMA: &'static str = include_str!("schema.json");
    type Config = Config;
}

impl Composer for Svd {
    fn compose(Config { rank }: Config, _: &Model, target: &Param, sources: &[Source]) -> Result<Expr, Error> {
        let change = sum(weighted(sources, changes(sources)));
        let cut = match target.shape[..] {
            [out, inner] if rank < out.min(inner) => {
                let columns = change.svd_u(rank) * change.svd_s(rank).reshape(&[1, rank]);
                columns.matmul(&change.svd_vt(rank))
            }
            // There is nothing to cut.
            _ => change,
        };
        Ok(Expr::base() + cut)
    }
}

export_composer!(Svd);

#[cfg(test)]
mod tests;
