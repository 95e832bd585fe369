//! Several adapters over one base: rows of a batch with their own, and what comes of them together.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use burn::tensor::Tensor;
use common::key;
use common::model::{IN, OUT, adapted, close, f32s, plan, weights, x};
use graftwork_adapt::{Adapted, Mode, PerRow, Values, added, compose, delta};
use graftwork_model::Parameters;
use graftwork_plan::{Attribute, Context, Graph, ParamId, RawGraph, RawNode, RawTrainable, Shape};

const LAYER: ParamId = ParamId(1);

#[test]
fn each_row_has_its_own_adapter() {
    let (a, b) = (adapted(&plan(1, [OUT, IN], 0.0, 1.0), 1), adapted(&plan(1, [OUT, IN], 0.0, 1.0), 2));
    // Four rows of two tokens.
    let rows = PerRow::new(&[&a, &b], &[0, 1, 1, 0]).expect("they share a pass");
    let found = rows.linear(LAYER, None, x(8));
    for (row, model) in [&a, &b, &b, &a].into_iter().enumerate() {
        let alone = model.session(&Mode::Evaluation).linear(LAYER, None, x(8).narrow(0, 2 * row, 2));
        assert!(close(&f32s(found.clone().narrow(0, 2 * row, 2)), &f32s(alone), 1e-6), "row {row}");
    }
    assert!(rows.plain(LAYER).is_none());
    assert_eq!(f32s(rows.value(ParamId(2))), f32s(weights()[2].clone()));
}

#[test]
fn what_acts_on_all_rows_cannot_differ_between_them() {
    let mut raw = plan(1, [OUT, IN], 0.0, 1.0);
    raw.trainable.push(RawTrainable { param: 2, group: None });
    let (a, b) = (adapted(&plan(1, [OUT, IN], 0.0, 1.0), 1), adapted(&raw, 2));
    assert!(PerRow::new(&[&a, &b], &[0, 1]).is_none());
    assert!(PerRow::new(&[&b], &[0, 0]).is_some(), "alone it can");
}

fn values(model: &Adapted) -> Values<'_> {
    let adapter = &model.plan().adapters()[0];
    Values {
        adapter,
        tensors: (0..adapter.tensors.len()).map(|slot| model.tensor(slot)).collect(),
        shared: BTreeMap::new(),
        base: None,
    }
}

/// `base + Σ weight · delta`.
fn sum(weights: &[f64]) -> Graph {
    let node = |op: &str, inputs: &[u32], attribute: Option<(&str, Attribute)>| RawNode {
        op: op.to_owned(),
        inputs: inputs.to_vec(),
        attributes: attribute.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    let (mut nodes, mut root) = (vec![node("base", &[], None)], 0);
    for (index, &weight) in weights.iter().enumerate() {
        let at = nodes.len() as u32;
        nodes.push(node("delta", &[], Some(("index", Attribute::Integer(index as i64)))));
        nodes.push(node("scale", &[at], Some(("factor", Attribute::Float(weight)))));
        nodes.push(node("add", &[root, at + 1], None));
        root = at + 2;
    }
    let shape = Shape::new([OUT, IN]).expect("a shape");
    Graph::check(&RawGraph { nodes, root }, Context::Compose, &shape, &[], weights.len()).expect("a composition")
}

#[test]
fn deltas_add_up_to_the_merged_weight() {
    let (a, b) = (adapted(&plan(1, [OUT, IN], 0.0, 1.0), 1), adapted(&plan(1, [OUT, IN], 0.3, 1.0), 2));
    assert!(added(&a.plan().adapters()[0]).is_some());
    let weight = weights()[1].clone();
    let deltas = [&a, &b].map(|model| delta(&values(model), "layer.weight", &weight).expect("finite"));
    let composed = |weights: &[f64], deltas: &[Tensor<2>]| {
        f32s(compose(&sum(weights), "layer.weight", &weight, deltas, &key(0)).expect("finite"))
    };
    let merged = [&a, &b].map(|model| f32s(model.merged(LAYER).expect("finite")));
    assert_eq!(composed(&[1.0], &deltas[..1]), merged[0], "one source of weight 1 is what it is");
    assert_eq!(composed(&[0.0, 1.0], &deltas), composed(&[1.0], &deltas[1..]));
    let half = |i: usize| (merged[0][i] + merged[1][i]) / 2.0;
    let mean: Vec<f32> = (0..merged[0].len()).map(half).collect();
    assert!(close(&composed(&[0.5, 0.5], &deltas), &mean, 1e-5));
    let turned = [deltas[1].clone(), deltas[0].clone()];
    assert!(close(&composed(&[0.3, -0.2], &deltas), &composed(&[-0.2, 0.3], &turned), 1e-6), "in any order");
}
