//! Shape inference against rules written out the slow way.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{node, shape, tensor_node};
use graftwork_plan::{Attribute, Context, Graph, MAX_ELEMENTS, Op, RawGraph, RawNode, Shape};
use proptest::prelude::*;

/// What a node over operands of these shapes comes to.
fn inferred(op: &Op, operands: &[Shape]) -> Result<Vec<u64>, String> {
    let mut nodes: Vec<RawNode> = (0..operands.len()).map(|i| tensor_node(i as i64)).collect();
    nodes.push(op.to_raw((0..operands.len() as u32).collect()));
    let root = operands.len() as u32;
    let context = match op {
        Op::Dropout { .. } | Op::Detach => Context::Effective,
        _ => Context::Base,
    };
    let checked = Graph::check(&RawGraph { nodes, root }, context, &shape(&[1]), operands, 0);
    checked.map(|g| g.shape().dims().to_vec()).map_err(|problems| problems[0].1.clone())
}

/// The rules, axis by axis; none where the operands do not fit.
fn expected(op: &Op, operands: &[Shape]) -> Option<Vec<u64>> {
    let dims: Vec<Vec<u64>> = operands.iter().map(|s| s.dims().to_vec()).collect();
    let matrix = |i: usize| (dims[i].len() == 2).then(|| (dims[i][0], dims[i][1]));
    let along = |axis: u64| ((axis as usize) < dims[0].len()).then_some(axis as usize);
    let found = match op {
        Op::Constant { shape, .. }
        | Op::Normal { shape, .. }
        | Op::Uniform { shape, .. }
        | Op::Bernoulli { shape, .. } => shape.dims().to_vec(),
        Op::Identity { size } => vec![*size, *size],
        Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Maximum | Op::Minimum => {
            // Aligned at the last axis; a missing axis counts as 1.
            let (mut a, mut b) = (dims[0].clone(), dims[1].clone());
            while a.len() < b.len() {
                a.insert(0, 1);
            }
            while b.len() < a.len() {
                b.insert(0, 1);
            }
            let mut out = Vec::new();
            for i in 0..a.len() {
                if a[i] != b[i] && a[i] != 1 && b[i] != 1 {
                    return None;
                }
                out.push(a[i].max(b[i]));
            }
            out
        }
        Op::Matmul => {
            let (a, b) = (&dims[0], &dims[1]);
            if a.len() < 2 || a.len() != b.len() || a[a.len() - 1] != b[b.len() - 2] {
                return None;
            }
            for i in 0..a.len() - 2 {
                if a[i] != b[i] {
                    return None;
                }
            }
            let mut out = a.clone();
            out[a.len() - 1] = b[b.len() - 1];
            out
        }
        Op::Transpose => {
            let mut out = dims[0].clone();
            let n = out.len();
            (n >= 2).then(|| out.swap(n - 1, n - 2))?;
            out
        }
        Op::BlockDiagonal => (dims[0].len() == 3).then(|| vec![dims[0][0] * dims[0][1], dims[0][0] * dims[0][2]])?,
        Op::UpperTriangle { size } => {
            let (entries, leading) = dims[0].split_last()?;
            let pairs = (0..*size).map(|i| size - i - 1).sum::<u64>();
            let out = [leading, &[*size, *size]].concat();
            (pairs == *entries && out.len() <= 4).then_some(out)?
        }
        Op::Kron => {
            let ((m, n), (p, q)) = (matrix(0)?, matrix(1)?);
            vec![m * p, n * q]
        }
        Op::Reshape { shape } => {
            let count = |dims: &[u64]| dims.iter().product::<u64>();
            (count(shape.dims()) == count(&dims[0])).then(|| shape.dims().to_vec())?
        }
        Op::Concat { axis } => {
            let axis = along(*axis)?;
            let mut out = dims[0].clone();
            out[axis] = 0;
            for each in &dims {
                let mut others = each.clone();
                if each.len() != out.len() {
                    return None;
                }
                others[axis] = dims[0][axis];
                if others != dims[0] {
                    return None;
                }
                out[axis] += each[axis];
            }
            out
        }
        Op::Slice { axis, start, length } => {
            let axis = along(*axis)?;
            let kept: Vec<u64> = (0..dims[0][axis]).filter(|i| *i >= *start && *i < start + length).collect();
            if kept.is_empty() || kept.len() as u64 != *length {
                return None;
            }
            let mut out = dims[0].clone();
            out[axis] = *length;
            out
        }
        Op::Diagonal => (dims[0].len() == 1).then(|| vec![dims[0][0]; 2])?,
        Op::Inverse => {
            let n = dims[0].len();
            (n >= 2 && dims[0][n - 1] == dims[0][n - 2]).then(|| dims[0].clone())?
        }
        Op::Norm { axis } | Op::Sum { axis } | Op::Mean { axis } => {
            let axis = along(*axis)?;
            let mut out = dims[0].clone();
            out[axis] = 1;
            out
        }
        Op::SvdU { rank } | Op::SvdS { rank } | Op::SvdVt { rank } => {
            let (m, n) = matrix(0)?;
            if *rank < 1 || *rank > m || *rank > n {
                return None;
            }
            match op {
                Op::SvdU { .. } => vec![m, *rank],
                Op::SvdS { .. } => vec![*rank],
                _ => vec![*rank, n],
            }
        }
        Op::QrQ => matrix(0).map(|(m, n)| vec![m, if n < m { n } else { m }])?,
        Op::QrR => matrix(0).map(|(m, n)| vec![if n < m { n } else { m }, n])?,
        _ => dims[0].clone(),
    };
    Some(found)
}

/// Small sizes, so that shapes often fit.
fn any_shape() -> impl Strategy<Value = Shape> {
    prop::collection::vec(1u64..4, 1..5).prop_map(|dims| shape(&dims))
}

fn any_op() -> impl Strategy<Value = Op> {
    let small = || 0u64..5;
    prop_oneof![
        3 => prop::sample::select(vec![Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Maximum, Op::Minimum, Op::Kron]),
        3 => Just(Op::Matmul),
        2 => (0u64..5).prop_map(|size| Op::UpperTriangle { size }),
        2 => prop::sample::select(vec![Op::Transpose, Op::Diagonal, Op::BlockDiagonal, Op::Inverse, Op::QrQ, Op::QrR, Op::Neg, Op::Detach]),
        1 => prop::sample::select(vec![Op::Abs, Op::Sign, Op::Sqrt, Op::Exp, Op::Tanh, Op::Acos, Op::Sigmoid]),
        1 => any_shape().prop_map(|shape| Op::Constant { value: 1.0, shape }),
        1 => any_shape().prop_map(|shape| Op::Bernoulli { p: 0.5, shape }),
        1 => (1u64..5).prop_map(|size| Op::Identity { size }),
        1 => Just(Op::Dropout { p: 0.5 }),
        1 => Just(Op::TopKMagnitude { density: 0.5 }),
        2 => any_shape().prop_map(|shape| Op::Reshape { shape }),
        3 => small().prop_map(|axis| Op::Concat { axis }),
        2 => (small(), small(), small()).prop_map(|(axis, start, length)| Op::Slice { axis, start, length }),
        1 => small().prop_map(|axis| Op::Norm { axis }),
        1 => small().prop_map(|axis| Op::Sum { axis }),
        1 => small().prop_map(|rank| Op::SvdU { rank }),
        1 => small().prop_map(|rank| Op::SvdS { rank }),
        1 => small().prop_map(|rank| Op::SvdVt { rank }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn inference_follows_the_rules(op in any_op(), pool in prop::collection::vec(any_shape(), 3), alike: bool, n in 1usize..4) {
        // Operands of one shape are what most expressions have, and what chance seldom gives.
        let pool = if alike { vec![pool[0].clone(); 3] } else { pool };
        let count = (0..=3).find(|&c| op.arity().admits(c) && (c == n || !op.arity().admits(n))).expect("an arity");
        let found = inferred(&op, &pool[..count]);
        prop_assert_eq!(found.clone().ok(), expected(&op, &pool[..count]), "{} of {:?}: {:?}", op.name(), &pool[..count], found);
    }
}

#[test]
fn no_tensor_grows_past_the_limit() {
    let row = shape(&[1, MAX_ELEMENTS]);
    let column = shape(&[MAX_ELEMENTS, 1]);
    let pair = [column.clone(), row.clone()];
    for op in [Op::Add, Op::Matmul, Op::Kron] {
        let message = inferred(&op, &pair).expect_err("too large");
        assert_eq!(message, "[68719476736, 68719476736] has more than 68719476736 elements", "{}", op.name());
    }
    let message = inferred(&Op::Concat { axis: 1 }, &[row.clone(), row.clone()]).expect_err("too large");
    assert_eq!(message, "[1, 137438953472] has more than 68719476736 elements");
    let message = inferred(&Op::Kron, &[row.clone(), row]).expect_err("too large");
    assert_eq!(message, "cannot take the Kronecker product of [1, 68719476736] and [1, 68719476736]: it is too large");
    let message = inferred(&Op::Diagonal, &[shape(&[1 << 20])]).expect_err("too large");
    assert_eq!(message, "[1048576, 1048576] has more than 68719476736 elements");
    let size = Op::Identity { size: i64::MAX as u64 };
    assert!(inferred(&size, &[]).expect_err("too large").ends_with("has more than 68719476736 elements"));
    let size = Op::Identity { size: 0 };
    assert_eq!(inferred(&size, &[]), Err("axis 0 of [0, 0] has size 0".into()));
    let slice = Op::Slice { axis: 0, start: i64::MAX as u64, length: i64::MAX as u64 };
    assert!(inferred(&slice, &[column]).expect_err("outside").starts_with("cannot take 9223372036854775807 from"));
}

#[test]
fn what_does_not_fit_is_said_in_a_sentence() {
    let (matrix, vector, cube) = (shape(&[2, 3]), shape(&[3]), shape(&[2, 3, 4]));
    let cases = [
        (Op::Add, vec![matrix.clone(), shape(&[2])], "cannot broadcast [2, 3] with [2]: sizes must be equal or 1"),
        (
            Op::Matmul,
            vec![matrix.clone(), vector.clone()],
            "cannot multiply [2, 3] by [3]: both need at least two axes",
        ),
        (
            Op::Matmul,
            vec![cube.clone(), shape(&[5, 4, 1])],
            "cannot multiply [2, 3, 4] by [5, 4, 1]: leading axes differ",
        ),
        (Op::Transpose, vec![vector.clone()], "cannot transpose [3]: it takes at least two axes"),
        (
            Op::BlockDiagonal,
            vec![matrix.clone()],
            "cannot put the matrices of [2, 3] along a diagonal: it takes three axes",
        ),
        (
            Op::UpperTriangle { size: 4 },
            vec![matrix.clone()],
            "cannot fill the upper triangle of a 4 × 4 matrix with the 3 entries of [2, 3]",
        ),
        (Op::Kron, vec![matrix.clone(), vector.clone()], "cannot take the Kronecker product of [3]: it takes a matrix"),
        (Op::Diagonal, vec![matrix.clone()], "cannot make a diagonal matrix of [2, 3]: it takes a vector, one axis"),
        (Op::Inverse, vec![matrix.clone()], "cannot invert [2, 3]: the last two axes must be equal"),
        (Op::QrQ, vec![vector.clone()], "cannot decompose [3]: it takes a matrix, two axes"),
        (Op::SvdS { rank: 3 }, vec![matrix.clone()], "cannot take 3 singular values of [2, 3]: it has 2"),
        (Op::SvdS { rank: 1 }, vec![vector.clone()], "cannot take singular values of [3]: it takes a matrix"),
        (Op::Mean { axis: 1 }, vec![vector], "cannot take axis 1 of [3]: axes count from 0"),
        (
            Op::Concat { axis: 0 },
            vec![matrix.clone(), cube],
            "cannot concatenate [2, 3] and [2, 3, 4] along axis 0: the other axes must be equal",
        ),
        (
            Op::Slice { axis: 1, start: 1, length: 3 },
            vec![matrix.clone()],
            "cannot take 3 from 1 along axis 1 of [2, 3]: it ends at 3",
        ),
        (Op::Slice { axis: 1, start: 1, length: 0 }, vec![matrix], "axis 1 of [2, 0] has size 0"),
    ];
    for (op, operands, message) in cases {
        let found = inferred(&op, &operands).expect_err("it does not fit");
        assert!(found.starts_with(message), "{found}");
    }
}

#[test]
fn each_context_has_its_ops() {
    let draw = node("normal", &[], &[("std", Attribute::Float(1.0)), ("shape", Attribute::Integers(vec![2, 2]))]);
    let delta = node("delta", &[], &[("index", Attribute::Integer(0))]);
    let on_base = |op: &str, attributes: &[(&str, Attribute)]| vec![node("base", &[], &[]), node(op, &[0], attributes)];
    let svd = on_base("svd_u", &[("rank", Attribute::Integer(1))]);
    let top = on_base("top_k_magnitude", &[("density", Attribute::Float(0.5))]);
    let dropout = on_base("dropout", &[("p", Attribute::Float(0.5))]);
    let gradient = node("gradient", &[], &[("index", Attribute::Integer(0))]);
    let all = [
        Context::Shared,
        Context::Init,
        Context::Base,
        Context::Effective,
        Context::Penalty,
        Context::Update,
        Context::Compose,
    ];
    let cases = [
        (vec![node("base", &[], &[])], [false, true, true, true, true, true, true], "over nothing"),
        (vec![tensor_node(0)], [false, false, true, true, true, true, false], "over"),
        (vec![delta], [false, false, false, false, false, false, true], "`delta` belongs to compositions"),
        (vec![gradient], [false, false, false, false, false, true, false], "`gradient` belongs to updates"),
        (
            vec![draw],
            [true, true, true, false, false, false, true],
            "random draws belong to initial values and compositions",
        ),
        (
            svd,
            [false, true, true, false, false, false, true],
            "decompositions belong to initial values and compositions",
        ),
        (
            top,
            [false, true, true, false, false, false, true],
            "decompositions belong to initial values and compositions",
        ),
        (
            on_base("qr_r", &[]),
            [false, true, true, false, false, false, true],
            "decompositions belong to initial values and compositions",
        ),
        (
            dropout,
            [false, false, false, true, false, false, false],
            "it belongs to `effective`, through which activations go",
        ),
        (
            on_base("detach", &[]),
            [false, false, false, true, true, false, false],
            "it belongs to `effective` and `penalty`, which have a gradient",
        ),
    ];
    for (nodes, admitted, why) in cases {
        for (context, admitted) in all.into_iter().zip(admitted) {
            let raw = common::graph(nodes.clone());
            let found = Graph::check(&raw, context, &shape(&[2, 2]), &[shape(&[2, 2])], 1);
            match found {
                Ok(_) => assert!(admitted, "{context:?} {raw:?}"),
                Err(problems) => {
                    let said = problems[0].1.contains(why) || context == Context::Shared;
                    assert!(!admitted && said, "{context:?} {problems:?}");
                }
            }
        }
    }
}
