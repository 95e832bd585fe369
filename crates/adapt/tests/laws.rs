//! Laws of the compiler, for random expressions: applying, looking up and materialising agree, and gradients are right.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use burn::tensor::{Device, Int, Tensor, TensorData};
use common::{Builder, difference, draw, gradient_error, key, random, scope, tensors, values};
use graftwork_adapt::{apply, materialize, rows};
use graftwork_plan::{Graph, Op, Reading, Readings};
use proptest::prelude::*;

fn expression(out: u64, inner: u64, choices: Vec<u8>) -> Graph {
    let mut builder = Builder::default();
    let root = random(&mut builder, out as i64, inner as i64, &mut choices.into_iter());
    builder.graph(root, [out, inner], &tensors(out, inner))
}

fn tensors_of(seed: u64, out: u64, inner: u64) -> (Tensor<2>, Vec<Tensor<2>>) {
    let drawn = tensors(out, inner).iter().enumerate().map(|(i, d)| draw(&key(seed).number(i as u64), d)).collect();
    (draw(&key(seed).child("base"), &[out, inner]), drawn)
}

/// The first and the last of so many rows, and one twice.
fn ids(out: u64) -> Tensor<1, Int> {
    Tensor::from_data(TensorData::new(vec![0, out as i32 - 1, 1, 1], [4]), &Device::flex())
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// `apply(e, x) = x · materialize(e)ᵀ`, whichever way the expression is read.
    #[test]
    fn applying_is_multiplying(out in 2u64..6, inner in 2u64..6, seed: u64, choices in prop::collection::vec(any::<u8>(), 40)) {
        let graph = expression(out, inner, choices);
        let (base, tensors) = tensors_of(seed, out, inner);
        let scope = scope(&base, &tensors);
        let x = draw(&key(seed).child("x"), &[3, inner]);
        let expected = values(x.clone().matmul(materialize(&graph, graph.root(), &scope).transpose()));
        for tokens in [1, 64, 1 << 20] {
            let found = values(apply(&graph, &Readings::new(&graph, tokens), &scope, x.clone()));
            prop_assert!(difference(&found, &expected) < 1e-10);
        }
    }

    /// `rows(e, ids)` are rows of the materialised weight.
    #[test]
    fn looking_up_is_selecting(out in 2u64..6, inner in 2u64..6, seed: u64, choices in prop::collection::vec(any::<u8>(), 40)) {
        let graph = expression(out, inner, choices);
        let (base, tensors) = tensors_of(seed, out, inner);
        let scope = scope(&base, &tensors);
        let expected = values(materialize(&graph, graph.root(), &scope).select(0, ids(out)));
        let found = values(rows(&graph, &Readings::new(&graph, 1), &scope, &ids(out)));
        prop_assert!(difference(&found, &expected) < 1e-10);
    }

    /// Gradients of `Σ apply(e, x) ⊙ g` with respect to the tensors and `x` match central differences.
    #[test]
    fn gradients_are_differences(out in 2u64..4, inner in 2u64..4, seed: u64, choices in prop::collection::vec(any::<u8>(), 40)) {
        let graph = expression(out, inner, choices);
        let (base, mut at) = tensors_of(seed, out, inner);
        at.push(draw(&key(seed).child("x"), &[2, inner]));
        let weights = draw(&key(seed).child("g"), &[2, out]);
        for tokens in [1, 1 << 20] {
            let readings = Readings::new(&graph, tokens);
            let error = gradient_error(&at, |at| {
                let (x, tensors) = at.split_last().expect("x");
                (apply(&graph, &readings, &scope(&base, tensors), x.clone()) * weights.clone()).sum()
            });
            prop_assert!(error < 1e-5, "{error:e}");
        }
    }

    /// So do those of `Σ rows(e, ids) ⊙ g`, where an id comes twice.
    #[test]
    fn gradients_of_a_lookup_are_differences(out in 2u64..4, inner in 2u64..4, seed: u64, choices in prop::collection::vec(any::<u8>(), 40)) {
        let graph = expression(out, inner, choices);
        let (base, at) = tensors_of(seed, out, inner);
        let weights = draw(&key(seed).child("g"), &[4, inner]);
        let readings = Readings::new(&graph, 1);
        let error = gradient_error(&at, |tensors| {
            (rows(&graph, &readings, &scope(&base, tensors), &ids(out)) * weights.clone()).sum()
        });
        prop_assert!(error < 1e-5, "{error:e}");
    }
}

/// Without this the laws might hold for want of cases: the expressions must lead both ways, and some the one way for few
/// rows and the other for many.
#[test]
fn random_expressions_are_read_both_ways() {
    let (mut built, mut factored, mut turned) = (0, 0, 0);
    for n in 0..200 {
        let choices = key(n).uniform(40, 128.0).into_iter().map(|v| (v + 128.0) as u8).collect();
        let graph = expression(4, 5, choices);
        let [few, many] = [1, 1 << 20].map(|tokens| Readings::new(&graph, tokens).of(graph.root()));
        // The root is a sum, which may be read either way.
        assert_eq!(graph.node(graph.root()).op, Op::Add);
        let dense = [few, many].map(|reading| reading == Reading::Dense);
        built += usize::from(dense == [true, true]);
        factored += usize::from(dense == [false, false]);
        turned += usize::from(dense[0] != dense[1]);
    }
    assert!(built > 0 && factored > 0 && turned > 0, "{built} built, {factored} factored, {turned} turned");
}

#[test]
fn deep_expressions_need_no_stack_and_little_time() {
    let worker = std::thread::Builder::new().stack_size(512 << 10).spawn(|| {
        let (base, x) = (draw(&key(1), &[4, 4]), draw(&key(2), &[3, 4]));
        let mut builder = Builder::default();
        let mut node = builder.op("base", &[]);
        for _ in 0..4000 {
            node = builder.op("neg", &[node]);
        }
        let graph = builder.graph(node, [4, 4], &[]);
        let found = values(apply(&graph, &Readings::new(&graph, 8), &scope(&base, &[]), x.clone()));
        assert!(difference(&found, &values(x.clone().matmul(base.clone().transpose()))) < 1e-12);

        let mut builder = Builder::default();
        let mut node = builder.op("base", &[]);
        for _ in 0..60 {
            let double = builder.op("add", &[node, node]);
            node = builder.with("scale", &[double], "factor", 0.5);
        }
        let graph = builder.graph(node, [4, 4], &[]);
        let found = values(apply(&graph, &Readings::new(&graph, 8), &scope(&base, &[]), x.clone()));
        assert!(difference(&found, &values(x.matmul(base.clone().transpose()))) < 1e-12);
    });
    worker.expect("a thread").join().expect("it ends well");
}
