//! Single operations, where random expressions do not lead: at kinks and zeros, over leading axes, on the host.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use common::{Builder, difference, draw, from, gradient_error, key, scope, values};
use graftwork_adapt::{Scope, apply, materialize, rows};
use graftwork_plan::{Attribute, Graph, Reading, Readings};

const OUT: u64 = 4;
const IN: u64 = 6;

fn base() -> Tensor<2> {
    draw(&key(1), &[OUT, IN])
}

fn value(graph: &Graph, tensors: &[Tensor<2>]) -> Tensor<2> {
    materialize(graph, graph.root(), &scope(&base(), tensors))
}

/// An expression of initial values over the base.
fn initial(build: impl Fn(&mut Builder, u32) -> u32) -> Graph {
    let mut b = Builder::default();
    let base = b.op("base", &[]);
    let root = build(&mut b, base);
    b.initial(root, [OUT, IN])
}

/// Checks the gradient of an expression over one tensor of the base's shape, at random values.
fn check_gradient(what: &str, build: impl Fn(&mut Builder, u32) -> u32) {
    let mut b = Builder::default();
    let tensor = b.tensor(0);
    let root = build(&mut b, tensor);
    let graph = b.graph(root, [OUT, IN], &[vec![OUT, IN]]);
    let weights = draw(&key(3), &[OUT, IN]);
    let error = gradient_error(&[draw(&key(2), &[OUT, IN])], |at| (value(&graph, at) * weights.clone()).sum());
    assert!(error < 1e-7, "{what}: {error:e}");
}

#[test]
fn gradients_on_both_sides_of_a_kink() {
    check_gradient("abs", |b, t| b.op("abs", &[t]));
    check_gradient("sign", |b, t| {
        let sign = b.op("sign", &[t]);
        b.op("mul", &[sign, t])
    });
    for op in ["maximum", "minimum"] {
        check_gradient(op, |b, t| {
            let base = b.op("base", &[]);
            b.op(op, &[t, base])
        });
        // Broadcast, and of a value with itself.
        check_gradient(op, |b, t| {
            let mean = b.axis("mean", t, 1);
            b.op(op, &[mean, t])
        });
        check_gradient(op, |b, t| b.op(op, &[t, t]));
    }
}

#[test]
fn gradients_over_leading_axes() {
    // Blocks of 2 × 2, each inverted and multiplied with its own.
    check_gradient("inverse", |b, t| {
        let blocks = b.reshape(t, &[6, 2, 2]);
        let (small, identity) = (b.with("scale", &[blocks], "factor", 0.2), b.integer("identity", &[], "size", 2));
        let sum = b.op("add", &[small, identity]);
        let inverse = b.op("inverse", &[sum]);
        let product = b.op("matmul", &[inverse, blocks]);
        b.reshape(product, &[OUT as i64, IN as i64])
    });
}

#[test]
fn gradients_of_blocks_triangles_and_circles() {
    // Two 2 × 2 matrices along the diagonal of one, times the weight's rows.
    check_gradient("block_diagonal", |b, t| {
        let blocks = b.reshape(t, &[6, 2, 2]);
        let blocks = b.slice(blocks, 0, 1, 2);
        let (whole, base) = (b.op("block_diagonal", &[blocks]), b.op("base", &[]));
        b.op("matmul", &[whole, base])
    });
    // 6 entries over the diagonal of a 4 × 4 matrix, less their mirror image.
    check_gradient("upper_triangle", |b, t| {
        let entries = b.reshape(t, &[24]);
        let entries = b.slice(entries, 0, 5, 6);
        let upper = b.integer("upper_triangle", &[entries], "size", 4);
        let turned = b.op("transpose", &[upper]);
        let (skew, base) = (b.op("sub", &[upper, turned]), b.op("base", &[]));
        b.op("matmul", &[skew, base])
    });
    check_gradient("sin, cos and acos", |b, t| {
        let (sin, cos) = (b.op("sin", &[t]), b.op("cos", &[t]));
        let small = b.with("scale", &[t], "factor", 0.5);
        let angle = b.op("acos", &[small]);
        let sum = b.op("add", &[sin, cos]);
        b.op("add", &[sum, angle])
    });
}

#[test]
fn blocks_and_triangles_lie_where_they_belong() {
    let blocks = initial(|b, base| {
        let blocks = b.reshape(base, &[6, 2, 2]);
        b.op("block_diagonal", &[blocks])
    });
    let (found, base) = (values(value(&blocks, &[])), values(base()));
    for (at, &entry) in found.iter().enumerate() {
        let (row, column) = (at / 12, at % 12);
        let expected = if row / 2 == column / 2 { base[row / 2 * 4 + row % 2 * 2 + column % 2] } else { 0.0 };
        assert_eq!(entry, expected, "{row}, {column}");
    }
    let triangles = initial(|b, base| {
        let entries = b.reshape(base, &[8, 3]);
        b.integer("upper_triangle", &[entries], "size", 3)
    });
    let found = values(value(&triangles, &[]));
    let expected: Vec<f64> = base.chunks(3).flat_map(|e| [0.0, e[0], e[1], 0.0, 0.0, e[2], 0.0, 0.0, 0.0]).collect();
    assert_eq!(found, expected);
    let over = initial(|b, base| {
        let large = b.with("scale", &[base], "factor", 1e9);
        b.op("acos", &[large])
    });
    assert!(values(value(&over, &[])).iter().all(|v| *v == 0.0 || *v == std::f64::consts::PI));
}

#[test]
fn kronecker_products_and_blocks_are_applied_without_being_built() {
    let mut b = Builder::default();
    let (left, up, down) = (b.tensor(0), b.tensor(1), b.tensor(2));
    let right = b.op("matmul", &[up, down]);
    let kron = b.op("kron", &[left, right]);
    let blocks = b.tensor(3);
    let rotated = b.op("block_diagonal", &[blocks]);
    let root = b.op("matmul", &[kron, rotated]);
    let shapes = [vec![8, 4], vec![16, 2], vec![2, 32], vec![16, 8, 8]];
    let graph = b.graph(root, [128, 128], &shapes);
    let readings = Readings::new(&graph, 256);
    let Reading::Compose { outer, inner } = readings.of(graph.root()) else {
        panic!("{:?}", readings.of(graph.root()))
    };
    assert!(matches!(readings.of(outer), Reading::Kron { .. }) && matches!(readings.of(inner), Reading::Blocks(_)));
    let tensors: Vec<_> = shapes.iter().enumerate().map(|(i, dims)| draw(&key(3).number(i as u64), dims)).collect();
    let (base, x) = (draw(&key(1), &[128, 128]), draw(&key(2), &[5, 128]));
    let applied = apply(&graph, &readings, &scope(&base, &tensors), x.clone());
    let built = materialize(&graph, graph.root(), &scope(&base, &tensors));
    assert!(difference(&values(applied), &values(x.matmul(built.transpose()))) < 1e-12);
}

#[test]
fn a_norm_has_a_gradient_at_zero() {
    let mut b = Builder::default();
    let tensor = b.tensor(0);
    let norm = b.axis("norm", tensor, 1);
    let root = b.op("mul", &[norm, tensor]);
    let graph = b.graph(root, [OUT, IN], &[vec![OUT, IN]]);
    let zero = from(vec![0.0; (OUT * IN) as usize], [OUT as usize, IN as usize]).autodiff().require_grad();
    let gradients = value(&graph, std::slice::from_ref(&zero)).sum().backward();
    let gradient = values(zero.grad(&gradients).expect("a gradient"));
    assert!(gradient.iter().all(|g| g.abs() < 1e-12), "{gradient:?}");
}

#[test]
fn a_norm_in_half_precision_neither_overflows_nor_divides_by_zero() {
    let graph = initial(|b, base| b.axis("norm", base, 0));
    let root = graph.root();
    for (entry, expected) in [(1000.0, 2000.0), (0.0, 0.0)] {
        let weight = Tensor::<2>::full([OUT as usize, IN as usize], entry, &Device::flex()).cast(DType::F16);
        let leaf = weight.autodiff().require_grad();
        let norm = materialize(&graph, root, &scope(&leaf, &[]));
        assert_eq!(norm.dtype(), DType::F16);
        let gradients = norm.clone().sum().backward();
        assert!(values(norm.cast(DType::F64)).iter().all(|&v| v == expected), "{entry}");
        let gradient = values(leaf.grad(&gradients).expect("a gradient").cast(DType::F64));
        assert!(gradient.iter().all(|&g| (g - expected / 4000.0).abs() < 1e-3), "{gradient:?}");
    }
}

#[test]
fn nothing_flows_through_a_detached_value() {
    let mut b = Builder::default();
    let tensor = b.tensor(0);
    let constant = b.op("detach", &[tensor]);
    let root = b.op("mul", &[constant, tensor]);
    let graph = b.graph(root, [OUT, IN], &[vec![OUT, IN]]);
    let at = draw(&key(2), &[OUT, IN]).autodiff().require_grad();
    let gradients = value(&graph, std::slice::from_ref(&at)).sum().backward();
    assert_eq!(values(at.grad(&gradients).expect("a gradient")), values(at), "d(c · t)/dt = c");
}

#[test]
fn decompositions_make_up_the_matrix() {
    let whole = initial(|b, base| {
        let [u, s, vt] = ["svd_u", "svd_s", "svd_vt"].map(|op| b.integer(op, &[base], "rank", OUT as i64));
        let scaled = b.op("mul", &[u, s]);
        b.op("matmul", &[scaled, vt])
    });
    assert!(difference(&values(value(&whole, &[])), &values(base())) < 1e-12);
    let product = initial(|b, base| {
        let (q, r) = (b.op("qr_q", &[base]), b.op("qr_r", &[base]));
        b.op("matmul", &[q, r])
    });
    assert!(difference(&values(value(&product, &[])), &values(base())) < 1e-12);
    let gram = initial(|b, base| {
        let q = b.op("qr_q", &[base]);
        let turned = b.op("transpose", &[q]);
        b.op("matmul", &[turned, q])
    });
    let identity = Tensor::<2>::eye(OUT as usize, &Device::flex()).cast(DType::F64);
    assert!(difference(&values(value(&gram, &[])), &values(identity)) < 1e-12);
}

#[test]
fn the_largest_entries_stay() {
    let kept = values(value(&initial(|b, base| b.with("top_k_magnitude", &[base], "density", 0.25)), &[]));
    let all = values(base());
    let mut magnitudes: Vec<f64> = all.iter().map(|v| v.abs()).collect();
    magnitudes.sort_by(f64::total_cmp);
    let least = magnitudes[all.len() - all.len() / 4];
    let expected: Vec<f64> = all.iter().map(|&v| if v.abs() >= least { v } else { 0.0 }).collect();
    assert_eq!(kept, expected);
}

#[test]
fn what_is_no_number_stays_so_and_comes_to_an_end() {
    // An iteration for singular values would never settle.
    let mut entries = values(base());
    entries[7] = f64::NAN;
    let broken = from(entries, [OUT as usize, IN as usize]);
    let decompositions: [(&str, Option<(&str, Attribute)>); 6] = [
        ("svd_u", Some(("rank", Attribute::Integer(3)))),
        ("svd_s", Some(("rank", Attribute::Integer(3)))),
        ("svd_vt", Some(("rank", Attribute::Integer(3)))),
        ("qr_q", None),
        ("qr_r", None),
        ("top_k_magnitude", Some(("density", Attribute::Float(0.5)))),
    ];
    for (op, attribute) in decompositions {
        let graph = initial(|b, base| b.push(op, &[base], attribute.as_slice()));
        let found = values(materialize(&graph, graph.root(), &scope(&broken, &[])));
        assert!(found.iter().all(|v| v.is_nan()), "{op}");
    }
}

#[test]
fn a_matrix_without_an_inverse_has_one_of_nan() {
    let graph = initial(|b, _| {
        let ones = b.constant(1.0, &[3, 3]);
        b.op("inverse", &[ones])
    });
    assert!(values(value(&graph, &[])).iter().all(|v| v.is_nan()));
}

#[test]
fn random_draws_follow_key_and_node() {
    let drawn = |op: &str, name: &str, amount: f64, seed: u64| {
        let attributes = [(name, Attribute::Float(amount)), ("shape", Attribute::Integers(vec![100, 50]))];
        let graph = initial(|b, _| b.push(op, &[], &attributes));
        let base = base();
        let scope = Scope { key: key(seed), ..scope(&base, &[]) };
        values(materialize(&graph, graph.root(), &scope))
    };
    for (op, name, amount, mean, variance) in
        [("normal", "std", 2.0, 0.0, 4.0), ("uniform", "bound", 3.0, 0.0, 3.0), ("bernoulli", "p", 0.3, 0.3, 0.21)]
    {
        let found = drawn(op, name, amount, 1);
        assert_eq!(found, drawn(op, name, amount, 1), "{op}");
        assert_ne!(found, drawn(op, name, amount, 2), "{op}");
        let count = found.len() as f64;
        let average = found.iter().sum::<f64>() / count;
        let spread = found.iter().map(|v| (v - average).powi(2)).sum::<f64>() / count;
        assert!((average - mean).abs() < 0.1 && (spread - variance).abs() < 0.05 * variance.max(1.0) * 2.0, "{op}");
    }
    let twice = initial(|b, _| {
        let shape = || ("shape", Attribute::Integers(vec![8, 8]));
        let [first, second] = [(); 2].map(|()| b.push("normal", &[], &[("std", Attribute::Float(1.0)), shape()]));
        b.op("sub", &[first, second])
    });
    assert!(values(value(&twice, &[])).iter().all(|v| v.abs() > 1e-9), "each node draws on its own");
}

#[test]
fn a_lookup_through_an_identity_never_builds_it() {
    // (I + U V) W, for a vocabulary that squared would not fit in memory.
    const ENTRIES: u64 = 1 << 17;
    let mut b = Builder::default();
    let (identity, u, v) = (b.integer("identity", &[], "size", ENTRIES as i64), b.tensor(0), b.tensor(1));
    let product = b.op("matmul", &[u, v]);
    let left = b.op("add", &[identity, product]);
    let base = b.op("base", &[]);
    let root = b.op("matmul", &[left, base]);
    let graph = b.graph(root, [ENTRIES, 2], &[vec![ENTRIES, 1], vec![1, ENTRIES]]);
    let readings = Readings::new(&graph, 1);
    assert_eq!(readings.of(identity as usize), Reading::Identity);
    let tensors = [draw(&key(5), &[ENTRIES, 1]), draw(&key(6), &[1, ENTRIES])];
    let table = draw(&key(4), &[ENTRIES, 2]);
    let ids = Tensor::<1, Int>::from_data(TensorData::new(vec![9i32, 131_071], [2]), &Device::flex());
    let found = values(rows(&graph, &readings, &scope(&table, &tensors), &ids));
    let [u, v] = tensors;
    let expected = table.clone().select(0, ids.clone()) + u.select(0, ids).matmul(v.matmul(table));
    assert!(difference(&found, &values(expected)) < 1e-10);
}
