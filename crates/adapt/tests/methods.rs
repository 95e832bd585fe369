//! Known methods as expressions, against their formulas written out by hand.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use burn::tensor::{Device, Tensor};
use common::{Builder, difference, draw, from, key, scope, values};
use graftwork_adapt::{apply, materialize};
use graftwork_plan::{Reading, Readings};

const OUT: u64 = 6;
const IN: u64 = 8;

/// The value of an expression over a random base and tensors of these shapes, and what it does to activations, beside the
/// formula's.
fn check(
    tensors: &[Vec<u64>],
    build: impl Fn(&mut Builder) -> u32,
    formula: impl Fn(Tensor<2>, &[Tensor<2>]) -> Tensor<2>,
) {
    let mut builder = Builder::default();
    let root = build(&mut builder);
    let graph = builder.graph(root, [OUT, IN], tensors);
    let base = draw(&key(7), &[OUT, IN]);
    let drawn: Vec<_> = tensors.iter().enumerate().map(|(i, d)| draw(&key(9).number(i as u64), d)).collect();
    let found = values(materialize(&graph, graph.root(), &scope(&base, &drawn)));
    let weight = formula(base.clone(), &drawn);
    assert!(difference(&found, &values(weight.clone())) < 1e-12);
    let x = draw(&key(8), &[3, IN]);
    let expected = values(x.clone().matmul(weight.transpose()));
    for tokens in [1, 4096] {
        let applied = apply(&graph, &Readings::new(&graph, tokens), &scope(&base, &drawn), x.clone());
        assert!(difference(&values(applied), &expected) < 1e-12);
    }
    let moved = difference(&found, &values(base));
    assert!(moved > 1e-3, "the method does something");
}

/// `base + factor · (tensor 1 @ tensor 0)`.
fn lora(b: &mut Builder, factor: f64) -> u32 {
    let (base, a, up) = (b.op("base", &[]), b.tensor(0), b.tensor(1));
    let product = b.op("matmul", &[up, a]);
    let update = b.with("scale", &[product], "factor", factor);
    b.op("add", &[base, update])
}

#[test]
fn lora_and_dora() {
    let factors = vec![vec![2, IN], vec![OUT, 2]];
    let low = |w: Tensor<2>, t: &[Tensor<2>]| w + t[1].clone().matmul(t[0].clone()).mul_scalar(2.0);
    check(&factors, |b| lora(b, 2.0), low);
    // DoRA, arXiv 2402.09353: m ⊙ V / ‖V‖ by rows, V = W + s·BA.
    let with_magnitude = [factors, vec![vec![OUT]]].concat();
    let build = |b: &mut Builder| {
        let v = lora(b, 2.0);
        let norm = b.axis("norm", v, 1);
        let norm = b.op("detach", &[norm]);
        let m = b.tensor(2);
        let m = b.reshape(m, &[OUT as i64, 1]);
        let ratio = b.op("div", &[m, norm]);
        b.op("mul", &[ratio, v])
    };
    check(&with_magnitude, build, |w, t| {
        let v = low(w, t);
        let norm = v.clone().square().sum_dim(1).sqrt();
        v * t[2].clone().reshape([OUT as usize, 1]) / norm
    });
}

#[test]
fn loha_lokr_vera_ia3_oft() {
    // LoHa, arXiv 2108.06098: W + (B1 A1) ⊙ (B2 A2).
    let factors = vec![vec![2, IN], vec![OUT, 2], vec![2, IN], vec![OUT, 2]];
    let loha = |b: &mut Builder| {
        let t: Vec<u32> = (0..4).map(|i| b.tensor(i)).collect();
        let (one, two) = (b.op("matmul", &[t[1], t[0]]), b.op("matmul", &[t[3], t[2]]));
        let (base, product) = (b.op("base", &[]), b.op("mul", &[one, two]));
        b.op("add", &[base, product])
    };
    check(&factors, loha, |w, t| w + t[1].clone().matmul(t[0].clone()) * t[3].clone().matmul(t[2].clone()));

    // LoKr, arXiv 2309.14859: W + C ⊗ D.
    let kron = |b: &mut Builder| {
        let (base, c, d) = (b.op("base", &[]), b.tensor(0), b.tensor(1));
        let product = b.op("kron", &[c, d]);
        b.op("add", &[base, product])
    };
    check(&[vec![2, 4], vec![3, 2]], kron, |w, t| {
        let (c, d) = (values(t[0].clone()), values(t[1].clone()));
        let entry = |i: usize| {
            let (row, col) = (i / IN as usize, i % IN as usize);
            c[row / 3 * 4 + col / 2] * d[row % 3 * 2 + col % 2]
        };
        w + from((0..(OUT * IN) as usize).map(entry).collect(), [OUT as usize, IN as usize])
    });

    // VeRA, arXiv 2310.11454: W + diag(b) B diag(d) A.
    let vera = |b: &mut Builder| {
        let t: Vec<u32> = (0..4).map(|i| b.tensor(i)).collect();
        let d = b.reshape(t[2], &[2, 1]);
        let scaled = b.op("mul", &[d, t[0]]);
        let product = b.op("matmul", &[t[1], scaled]);
        let rows = b.reshape(t[3], &[OUT as i64, 1]);
        let update = b.op("mul", &[rows, product]);
        let base = b.op("base", &[]);
        b.op("add", &[base, update])
    };
    check(&[vec![2, IN], vec![OUT, 2], vec![2], vec![OUT]], vera, |w, t| {
        let d = t[2].clone().reshape([2, 1]);
        w + t[3].clone().reshape([OUT as usize, 1]) * t[1].clone().matmul(d * t[0].clone())
    });

    // IA3, arXiv 2205.05638: l ⊙ W by rows.
    let ia3 = |b: &mut Builder| {
        let (l, base) = (b.tensor(0), b.op("base", &[]));
        b.op("mul", &[l, base])
    };
    check(&[vec![OUT, 1]], ia3, |w, t| w * t[0].clone());

    // OFT, arXiv 2306.07280: R W with R = (I - Q)(I + Q)⁻¹ in blocks, Q = S - Sᵀ.
    let oft = |b: &mut Builder| {
        let size = OUT as i64 / 2;
        let identity = b.integer("identity", &[], "size", size);
        let mut blocks = Vec::new();
        for i in 0..2 {
            let s = b.tensor(i);
            let turned = b.op("transpose", &[s]);
            let q = b.op("sub", &[s, turned]);
            let (minus, plus) = (b.op("sub", &[identity, q]), b.op("add", &[identity, q]));
            let inverse = b.op("inverse", &[plus]);
            let r = b.op("matmul", &[minus, inverse]);
            let base = b.op("base", &[]);
            let rows = b.slice(base, 0, i * size, size);
            blocks.push(b.op("matmul", &[r, rows]));
        }
        b.integer("concat", &blocks, "axis", 0)
    };
    check(&[vec![3, 3], vec![3, 3]], oft, |w, t| {
        let block = |s: &Tensor<2>, rows: Tensor<2>| {
            let q = s.clone() - s.clone().transpose();
            let identity = Tensor::<2>::eye(3, &Device::flex()).cast(q.dtype());
            (identity.clone() - q.clone()).matmul(solve(identity + q, rows))
        };
        Tensor::cat(vec![block(&t[0], w.clone().narrow(0, 0, 3)), block(&t[1], w.narrow(0, 3, 3))], 0)
    });
}

/// `m⁻¹ · b` for a 3 × 3 matrix by elimination, in plain numbers.
fn solve(m: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    let (mut m, [_, n]) = (values(m), b.dims());
    let mut b = values(b);
    for p in 0..3 {
        for r in (0..3).filter(|&r| r != p) {
            let f = m[r * 3 + p] / m[p * 3 + p];
            (0..3).for_each(|c| m[r * 3 + c] -= f * m[p * 3 + c]);
            (0..n).for_each(|c| b[r * n + c] -= f * b[p * n + c]);
        }
    }
    let solved = (0..3 * n).map(|i| b[i] / m[i / n * 4]).collect();
    from(solved, [3, n])
}

#[test]
fn loras_forward_never_builds_the_weight() {
    let mut builder = Builder::default();
    let root = lora(&mut builder, 2.0);
    let graph = builder.graph(root, [512, 512], &[vec![8, 512], vec![512, 8]]);
    let readings = Readings::new(&graph, 256);
    let Reading::Add(base, update) = readings.of(graph.root()) else { panic!("{:?}", readings.of(graph.root())) };
    let Reading::Scale(_, product) = readings.of(update) else { panic!("{:?}", readings.of(update)) };
    assert!(matches!(readings.of(product), Reading::Compose { .. }));
    // A leaf is multiplied as it is: there is nothing to build.
    assert_eq!((readings.of(base), readings.cost(base).fixed), (Reading::Dense, 0));
    assert_eq!(readings.cost(graph.root()).fixed, 0);
}
