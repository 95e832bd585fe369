//! Known methods as expressions, against their formulas written out by hand; and models under a plan.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::Arc;

use burn::tensor::{Device, Int, Tensor, TensorData};
use common::{Builder, difference, draw, key, scope, shape, values};
use graftwork_adapt::{Adapted, Mode, materialize};
use graftwork_kernels::random::Key;
use graftwork_model::Parameters;
use graftwork_plan::{
    Attribute, Dtype, Manifest, Param, ParamId, Plan, RawAdapter, RawGraph, RawPlan, RawTensor, RawTrainable, Reading,
    Readings, Role,
};

const OUT: u64 = 6;
const IN: u64 = 8;

/// The value of an expression over a random base and tensors of these shapes, beside the formula's.
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
    let expected = values(formula(base.clone(), &drawn));
    assert!(difference(&found, &expected) < 1e-12);
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
        w + common::from((0..(OUT * IN) as usize).map(entry).collect(), [OUT as usize, IN as usize])
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
        let identity = b.push("identity", &[], &[("size", Attribute::Integer(size))]);
        let mut blocks = Vec::new();
        for i in 0..2 {
            let s = b.tensor(i);
            let turned = b.op("transpose", &[s]);
            let q = b.op("sub", &[s, turned]);
            let (minus, plus) = (b.op("sub", &[identity, q]), b.op("add", &[identity, q]));
            let inverse = b.op("inverse", &[plus]);
            let r = b.op("matmul", &[minus, inverse]);
            let base = b.op("base", &[]);
            let integer = Attribute::Integer;
            let part = [("axis", integer(0)), ("start", integer(i * size)), ("length", integer(size))];
            let rows = b.push("slice", &[base], &part);
            blocks.push(b.op("matmul", &[r, rows]));
        }
        b.push("concat", &blocks, &[("axis", Attribute::Integer(0))])
    };
    check(&[vec![3, 3], vec![3, 3]], oft, |w, t| {
        let block = |s: &Tensor<2>, rows: Tensor<2>| {
            let q = s.clone() - s.clone().transpose();
            let identity = Tensor::<2>::eye(3, &Device::flex()).cast(q.dtype());
            // R (I + Q) = I - Q: with X = (I + Q)⁻¹ rows, R W = (I - Q) X, X by Neumann-free Cramer's rule on 3 × 3.
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
    common::from(solved, [3, n])
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

fn manifest() -> Arc<Manifest> {
    let param = |name: &str, dims: &[u64], role, tied_to| Param {
        name: name.to_owned(),
        shape: shape(dims),
        dtype: Dtype::F32,
        role,
        layer: None,
        tied_to,
    };
    let params = vec![
        param("embed.weight", &[16, IN], Role::Embedding, None),
        param("layer.weight", &[OUT, IN], Role::Linear, None),
        param("norm.weight", &[IN], Role::Norm, None),
        param("head.weight", &[16, IN], Role::Head, Some(ParamId(0))),
    ];
    Arc::new(Manifest { architecture: "test".into(), config: serde_json::Value::Null, params })
}

fn weights() -> Vec<Tensor<2>> {
    let device = Device::flex();
    let draw = |i: u64, dims: [usize; 2]| {
        Tensor::<2>::from_data(TensorData::new(key(5).number(i).normal(dims[0] * dims[1], 1.0), dims), &device)
    };
    let embedding = draw(0, [16, IN as usize]);
    vec![embedding.clone(), draw(1, [OUT as usize, IN as usize]), draw(2, [1, IN as usize]), embedding]
}

fn drawn(op: &str, name: &str, value: f64, dims: &[u64]) -> RawGraph {
    let mut b = Builder::default();
    let dims = Attribute::Integers(dims.iter().map(|&d| d as i64).collect());
    let root = b.push(op, &[], &[(name, Attribute::Float(value)), ("shape", dims)]);
    b.raw(root)
}

fn tensor(name: &str, dims: &[u64], init: RawGraph) -> RawTensor {
    let shape = dims.iter().map(|&d| d as u32).collect();
    RawTensor { name: name.into(), shape, trainable: true, group: None, init }
}

/// LoRA on one parameter, with dropout and a standard deviation for B.
fn plan(target: u32, sides: [u64; 2], dropout: f64, b_std: f64) -> RawPlan {
    let mut b = Builder::default();
    let (base, a, up) = (b.op("base", &[]), b.tensor(0), b.tensor(1));
    let a = if dropout > 0.0 { b.with("dropout", &[a], "p", dropout) } else { a };
    let product = b.op("matmul", &[up, a]);
    let root = b.op("add", &[base, product]);
    let tensors = vec![
        tensor("lora_A", &[2, sides[1]], drawn("uniform", "bound", 1.0, &[2, sides[1]])),
        tensor("lora_B", &[sides[0], 2], drawn("normal", "std", b_std, &[sides[0], 2])),
    ];
    let adapter = RawAdapter { target, kind: "lora".into(), tensors, base: None, effective: b.raw(root) };
    RawPlan { adapters: vec![adapter], ..RawPlan::default() }
}

fn adapted(raw: &RawPlan, seed: u64) -> Adapted {
    let plan = Plan::validate(raw, &manifest()).expect("a valid plan");
    Adapted::new(manifest(), Arc::new(plan), weights(), seed).expect("an adapted model")
}

fn f32s(t: Tensor<2>) -> Vec<f32> {
    t.inner().into_data().try_to_vec().expect("f32")
}

fn x(tokens: usize) -> Tensor<2> {
    let values = key(11).normal(tokens * IN as usize, 1.0);
    Tensor::from_data(TensorData::new(values, [tokens, IN as usize]), &Device::flex())
}

const LAYER: ParamId = ParamId(1);

#[test]
fn a_new_adapter_changes_nothing_and_a_trained_one_merges() {
    let plain = f32s(x(5).matmul(weights()[1].clone().transpose()));
    let fresh = adapted(&plan(1, [OUT, IN], 0.0, 0.0), 1);
    assert_eq!(f32s(fresh.session(&Mode::Evaluation).linear(LAYER, None, x(5))), plain);
    let trained = adapted(&plan(1, [OUT, IN], 0.3, 1.0), 1);
    let applied = f32s(trained.session(&Mode::Evaluation).linear(LAYER, None, x(5)));
    let merged = f32s(x(5).matmul(trained.merged(LAYER).expect("finite").transpose()));
    let worst = applied.iter().zip(&merged).fold(0.0f32, |m, (a, b)| m.max((a - b).abs()));
    assert!(worst < 1e-5 && applied != plain, "{worst:e}");
}

#[test]
fn initial_values_depend_on_seed_and_name_alone() {
    let a = |seed| f32s(adapted(&plan(1, [OUT, IN], 0.0, 0.0), seed).tensor(0));
    assert_eq!(a(1), a(1));
    assert_ne!(a(1), a(2));
    let mut more = plan(1, [OUT, IN], 0.0, 0.0);
    more.adapters.insert(0, plan(0, [16, IN], 0.0, 0.0).adapters.remove(0));
    assert_eq!(f32s(adapted(&more, 1).tensor(2)), a(1), "another adapter before it draws from its own stream");
}

#[test]
fn dropout_is_seeded_keeps_the_mean_and_ends_with_training() {
    let model = adapted(&plan(1, [OUT, IN], 0.4, 1.0), 1);
    let pass = |key: Key| f32s(model.session(&Mode::Training { key }).linear(LAYER, None, x(3)));
    assert_eq!(pass(key(1)), pass(key(1)));
    assert_ne!(pass(key(1)), pass(key(2)));
    let calm = f32s(model.session(&Mode::Evaluation).linear(LAYER, None, x(3)));
    let count = 4000;
    let mut mean = vec![0.0f64; calm.len()];
    for n in 0..count {
        pass(key(3).number(n)).iter().zip(&mut mean).for_each(|(v, m)| *m += f64::from(*v) / count as f64);
    }
    let expected: Vec<f64> = calm.iter().map(|&v| f64::from(v)).collect();
    assert!(difference(&mean, &expected) < 0.05);
}

#[test]
fn gradients_reach_what_trains_and_nothing_else() {
    let mut raw = plan(1, [OUT, IN], 0.0, 1.0);
    raw.trainable.push(RawTrainable { param: 2, group: None });
    let model = adapted(&raw, 1);
    let session = model.session(&Mode::Training { key: key(1) });
    let y = session.linear(LAYER, None, x(4) * session.value(ParamId(2)));
    let gradients = y.square().sum().backward();
    assert_eq!(model.slots().len(), 3);
    for slot in 0..3 {
        let gradient = session.leaf(slot).grad(&gradients).expect("a gradient");
        assert!(f32s(gradient).iter().any(|&g| g != 0.0), "{}", model.slots()[slot].name);
    }
    assert_eq!(model.slots()[2].name, "norm.weight");
    assert_eq!(model.slots()[0].name, "layer.lora_A");
}

#[test]
fn a_tied_head_sees_the_embeddings_adapter() {
    let model = adapted(&plan(0, [16, IN], 0.0, 1.0), 1);
    let session = model.session(&Mode::Evaluation);
    let merged = model.merged(ParamId(0)).expect("finite");
    assert_eq!(f32s(session.value(ParamId(3))), f32s(merged.clone()));
    let ids = Tensor::<1, Int>::from_data(TensorData::new(vec![3i32, 0], [2]), &Device::flex());
    let found = f32s(session.embedding(ParamId(0), ids.clone()));
    let expected = f32s(merged.select(0, ids));
    assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn a_changed_base_keeps_the_weight_at_step_0() {
    // PiSSA, arXiv 2404.02948: B and A are the weight's leading part, which the base gives up.
    let svd = |op: &str| {
        let mut b = Builder::default();
        let base = b.op("base", &[]);
        let vectors = b.push(op, &[base], &[("rank", Attribute::Integer(2))]);
        let s = b.push("svd_s", &[base], &[("rank", Attribute::Integer(2))]);
        let root = s_times(&mut b, op, vectors, s);
        b.raw(root)
    };
    let mut raw = plan(1, [OUT, IN], 0.0, 0.0);
    raw.adapters[0].tensors[0].init = svd("svd_vt");
    raw.adapters[0].tensors[1].init = svd("svd_u");
    let mut b = Builder::default();
    let (base, a, up) = (b.op("base", &[]), b.tensor(0), b.tensor(1));
    let product = b.op("matmul", &[up, a]);
    let root = b.op("sub", &[base, product]);
    raw.adapters[0].base = Some(b.raw(root));
    let model = adapted(&raw, 1);
    let (merged, original) = (f32s(model.merged(LAYER).expect("finite")), f32s(weights()[1].clone()));
    assert!(merged.iter().zip(&original).all(|(a, b)| (a - b).abs() < 1e-5));
    assert!(f32s(model.tensor(0)).iter().any(|v| v.abs() > 0.1), "the factors hold something");
}

/// Square roots of the singular values, on the side of the vectors that they belong to.
fn s_times(b: &mut Builder, op: &str, vectors: u32, s: u32) -> u32 {
    let root = b.op("sqrt", &[s]);
    let dims: &[i64] = if op == "svd_u" { &[1, 2] } else { &[2, 1] };
    let root = b.reshape(root, dims);
    b.op("mul", &[vectors, root])
}

#[test]
fn values_that_are_no_numbers_are_errors() {
    let mut raw = plan(1, [OUT, IN], 0.0, 0.0);
    raw.adapters[0].tensors[0].init = {
        let mut b = Builder::default();
        let (one, zero) = (b.constant(1.0, &[2, IN as i64]), b.constant(0.0, &[1, 1]));
        let root = b.op("div", &[one, zero]);
        b.raw(root)
    };
    let plan = Plan::validate(&raw, &manifest()).expect("valid as a plan");
    let error = Adapted::new(manifest(), Arc::new(plan), weights(), 1).err().expect("refused").to_string();
    assert!(error.contains("`lora_A`") && error.contains("`layer.weight`"), "{error}");
}
