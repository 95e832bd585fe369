//! Allocation on made-up spectra.

use std::collections::HashMap;

use graftwork_sdk::{Mock, Role};

use super::*;

fn model() -> Model {
    let param = |id: u32, name: &str, shape: [u32; 2]| Param {
        id,
        name: format!("model.layers.0.{name}.weight"),
        shape: shape.to_vec(),
        dtype: "f32".to_owned(),
        role: Role::Linear,
        layer: Some(0),
        tied_to: None,
    };
    let params = vec![param(0, "steep", [10, 10]), param(1, "flat", [10, 10]), param(2, "wide", [10, 90])];
    let steep = vec![8.0, 2.0, 1.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    let singular_values = HashMap::from([(0, steep.clone()), (1, vec![1.0; 10]), (2, steep)]);
    Model::from(Mock { params, singular_values, ..Mock::default() })
}

fn ranks(config: Config) -> Result<Vec<(u32, u32)>, Error> {
    let choices = RankSelect::select(config, &model())?;
    Ok(choices.into_iter().map(|c| (c.param, c.rank.unwrap_or(0))).collect())
}

#[test]
fn energy_per_parameter_is_bought_first() {
    // One unit of the first two costs 20, of the third 100.
    assert_eq!(ranks(Config { budget: Some(20), ..Config::default() }).expect("ranks"), [(0, 1)]);
    assert_eq!(ranks(Config { budget: Some(60), ..Config::default() }).expect("ranks"), [(0, 1), (1, 2)]);
    let all = ranks(Config { budget: Some(10_000), ..Config::default() }).expect("ranks");
    assert_eq!(all, [(0, 10), (1, 10), (2, 10)]);
}

#[test]
fn the_budget_is_kept_and_spent() {
    let unit = [20, 20, 100];
    for budget in (20..2000).step_by(37) {
        let chosen = ranks(Config { budget: Some(budget), ..Config::default() }).expect("ranks");
        let spent: u64 = chosen.iter().map(|&(p, r)| u64::from(r) * unit[p as usize]).sum();
        assert!(spent <= budget, "{spent} of {budget}");
        let full = chosen.iter().all(|&(_, r)| r == 10) && chosen.len() == 3;
        assert!(full || budget - spent < 100, "{spent} of {budget}");
    }
}

#[test]
fn ranks_keep_their_bounds() {
    let chosen = ranks(Config { budget: Some(400), min_rank: 4, max_rank: 6, ..Config::default() }).expect("ranks");
    assert!(chosen.iter().all(|&(_, r)| (4..=6).contains(&r)), "{chosen:?}");
    let chosen = ranks(Config { budget: Some(400), rank_multiple: 4, ..Config::default() }).expect("ranks");
    assert!(!chosen.is_empty() && chosen.iter().all(|&(_, r)| r % 4 == 0), "{chosen:?}");
}

#[test]
fn alpha_follows_the_rank_or_the_settings() {
    let alphas = |config| -> Vec<_> {
        RankSelect::select(config, &model()).expect("choices").iter().map(|c| (c.rank, c.alpha)).collect()
    };
    assert_eq!(alphas(Config { budget: Some(60), ..Config::default() }), [(Some(1), Some(2.0)), (Some(2), Some(4.0))]);
    let fixed = Config { budget: Some(20), alpha: Some(16.0), ..Config::default() };
    assert_eq!(alphas(fixed), [(Some(1), Some(16.0))]);
}

#[test]
fn refuses_what_cannot_be_bought() {
    let message = |config| match ranks(config) {
        Err(Error::Config { key, message }) => format!("{key}: {message}"),
        other => format!("{other:?}"),
    };
    let small = Config { budget: Some(19), ..Config::default() };
    assert_eq!(message(small), "budget: 19 parameters buy no adapter; the least is 20");
    let lots = Config { budget: Some(19), min_rank: 3, ..Config::default() };
    assert_eq!(message(lots), "budget: 19 parameters buy no adapter; the least is 60");
    let both = Config { budget: Some(1), budget_percent: Some(1.0), ..Config::default() };
    assert!(message(both).starts_with("budget: give either"));
    let none = Config { min_rank: 5, max_rank: 7, rank_multiple: 8, ..Config::default() };
    assert_eq!(message(none), "max_rank: no rank from 5 to 7 is a multiple of 8");
    let large = Config { budget: Some(1000), min_rank: 11, ..Config::default() };
    assert!(message(large).contains("no target is large enough"));
}
