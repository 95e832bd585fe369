//! Every op: from its wire form to its type and back, and what is said of attributes that are not its own.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

mod common;

use common::{node, shape};
use graftwork_plan::{Arity, Attribute, Op, RawNode, Shape, vocabulary};
use proptest::prelude::*;

/// Every op in its wire form, with its attributes and so many inputs.
fn every_op() -> Vec<(RawNode, usize)> {
    let (int, float) = (Attribute::Integer, Attribute::Float);
    let dims = || ("shape", Attribute::Integers(vec![2, 3]));
    let no_inputs = vec![
        node("base", &[], &[]),
        node("tensor", &[], &[("index", int(3))]),
        node("delta", &[], &[("index", int(1))]),
        node("gradient", &[], &[("index", int(2))]),
        node("shared", &[], &[("name", Attribute::Text("vera_A".into()))]),
        node("constant", &[], &[("value", float(-0.5)), dims()]),
        node("identity", &[], &[("size", int(7))]),
        node("normal", &[], &[("std", float(0.02)), dims()]),
        node("uniform", &[], &[("bound", float(0.1)), dims()]),
        node("bernoulli", &[], &[("p", float(0.9)), dims()]),
    ];
    let two = ["add", "sub", "mul", "div", "matmul", "kron", "maximum", "minimum"];
    let plain = [
        "neg",
        "transpose",
        "diagonal",
        "block_diagonal",
        "inverse",
        "abs",
        "sign",
        "sqrt",
        "exp",
        "tanh",
        "sin",
        "cos",
        "acos",
        "sigmoid",
        "detach",
        "qr_q",
        "qr_r",
    ];
    let one = vec![
        node("scale", &[0], &[("factor", float(2.0))]),
        node("reshape", &[0], &[dims()]),
        node("concat", &[0], &[("axis", int(1))]),
        node("slice", &[0], &[("axis", int(1)), ("start", int(2)), ("length", int(3))]),
        node("upper_triangle", &[0], &[("size", int(4))]),
        node("norm", &[0], &[("axis", int(1))]),
        node("sum", &[0], &[("axis", int(0))]),
        node("mean", &[0], &[("axis", int(3))]),
        node("dropout", &[0], &[("p", float(0.25))]),
        node("svd_u", &[0], &[("rank", int(4))]),
        node("svd_s", &[0], &[("rank", int(5))]),
        node("svd_vt", &[0], &[("rank", int(6))]),
        node("top_k_magnitude", &[0], &[("density", float(0.2))]),
    ];
    let no_inputs = no_inputs.into_iter().map(|n| (n, 0));
    let one = one.into_iter().chain(plain.map(|name| node(name, &[0], &[]))).map(|n| (n, 1));
    no_inputs.chain(one).chain(two.map(|name| (node(name, &[0, 0], &[]), 2))).collect()
}

fn error(node: &RawNode) -> String {
    Op::parse(node).expect_err("it should be refused")
}

#[test]
fn every_op_goes_there_and_back() {
    let all = every_op();
    let mut names: Vec<_> = all.iter().map(|(n, _)| n.op.as_str()).collect();
    let mut known = vocabulary().to_vec();
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known, "each op stands in the list above once");
    for (raw, inputs) in all {
        let op = Op::parse(&raw).expect("an op");
        assert_eq!(op.name(), raw.op);
        assert!(op.arity().admits(inputs) && !op.arity().admits(3) || raw.op == "concat", "{}", raw.op);
        assert_eq!(op.to_raw(raw.inputs.clone()), raw);
    }
    let concat = Op::Concat { axis: 0 }.arity();
    assert_eq!(concat, Arity::AtLeastOne);
    assert!(!concat.admits(0) && concat.admits(1) && concat.admits(100));
}

#[test]
fn each_attribute_is_needed_typed_and_the_only_one() {
    for (raw, _) in every_op() {
        let op = &raw.op;
        for (i, (name, value)) in raw.attributes.iter().enumerate() {
            let with = |value: Option<Attribute>| {
                let mut changed = raw.clone();
                match value {
                    Some(value) => changed.attributes[i].1 = value,
                    None => drop(changed.attributes.remove(i)),
                }
                error(&changed)
            };
            assert_eq!(with(None), format!("`{op}` needs the attribute `{name}`"));
            let text = Attribute::Text("2".into());
            match value {
                Attribute::Text(_) => {
                    let integer = with(Some(Attribute::Integer(2)));
                    assert_eq!(integer, format!("`{name}` of `{op}` must be text, not an integer"));
                }
                Attribute::Integer(_) => {
                    assert_eq!(with(Some(text)), format!("`{name}` of `{op}` must be an integer, not text"));
                    let float = with(Some(Attribute::Float(1.0)));
                    assert_eq!(float, format!("`{name}` of `{op}` must be an integer, not a float"));
                    let negative = with(Some(Attribute::Integer(-1)));
                    assert_eq!(negative, format!("`{name}` of `{op}` is -1; it must not be negative"));
                }
                Attribute::Float(_) => {
                    assert_eq!(with(Some(text)), format!("`{name}` of `{op}` must be a number, not text"));
                    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                        let message = with(Some(Attribute::Float(bad)));
                        assert_eq!(message, format!("`{name}` of `{op}` is {bad}; it must be finite"));
                    }
                }
                _ => {
                    assert_eq!(with(Some(text)), format!("`{name}` of `{op}` must be a list of integers"));
                    let shaped = |dims: &[i64]| with(Some(Attribute::Integers(dims.into())));
                    assert_eq!(shaped(&[2, -1]), format!("`shape` of `{op}` has a negative size"));
                    assert_eq!(shaped(&[2, 0]), format!("`shape` of `{op}`: axis 1 of [2, 0] has size 0"));
                    assert_eq!(shaped(&[]), format!("`shape` of `{op}`: a tensor has 1 to 4 axes, not 0"));
                    assert_eq!(shaped(&[1; 5]), format!("`shape` of `{op}`: a tensor has 1 to 4 axes, not 5"));
                    assert!(shaped(&[i64::MAX; 4]).ends_with("has more than 68719476736 elements"));
                    assert!(shaped(&[1 << 36, 2]).ends_with("has more than 68719476736 elements"));
                }
            }
        }
        let mut more = raw.clone();
        more.attributes.push(("colour".into(), Attribute::Integer(1)));
        assert_eq!(error(&more), format!("`{op}` has no attribute `colour`"));
        if let Some(first) = raw.attributes.first().cloned() {
            let mut twice = raw.clone();
            twice.attributes.push(first.clone());
            assert_eq!(error(&twice), format!("`{op}` has no attribute `{}`", first.0), "it has one, not two");
        }
    }
}

#[test]
fn probabilities_lie_between_0_and_1() {
    let with = |op: &str, name: &str, value: f64| {
        let dims = ("shape", Attribute::Integers(vec![2]));
        let p = (name, Attribute::Float(value));
        let raw = if op == "bernoulli" { node(op, &[], &[p, dims]) } else { node(op, &[0], &[p]) };
        Op::parse(&raw).map(drop)
    };
    for (op, name) in [("dropout", "p"), ("bernoulli", "p"), ("top_k_magnitude", "density")] {
        for bad in [-0.1, 1.1] {
            assert_eq!(with(op, name, bad), Err(format!("`{name}` of `{op}` is {bad}; it must lie between 0 and 1")));
        }
        assert_eq!(with(op, name, 0.0), Ok(()));
    }
    assert_eq!(with("bernoulli", "p", 1.0), Ok(()));
    assert_eq!(with("top_k_magnitude", "density", 1.0), Ok(()));
    assert_eq!(with("dropout", "p", 1.0), Err("`p` of `dropout` must be less than 1".into()));
}

#[test]
fn an_integer_does_for_a_float() {
    let parsed = Op::parse(&node("scale", &[0], &[("factor", Attribute::Integer(2))]));
    assert_eq!(parsed, Ok(Op::Scale { factor: 2.0 }));
}

#[test]
fn an_unknown_op_is_answered_with_the_vocabulary() {
    let known = vocabulary().join(", ");
    assert_eq!(error(&node("teleport", &[], &[])), format!("no op is called `teleport`; there are: {known}"));
    let long = error(&node(&"x".repeat(1 << 20), &[], &[]));
    assert_eq!(long, format!("no op is called `{}…`; there are: {known}", "x".repeat(64)));
    let control = error(&node("a\u{1b}[2J\nb", &[], &[]));
    assert!(control.starts_with("no op is called `a\\u{1b}[2J\\nb`; "), "{control}");
    let left_over = error(&node("neg", &[0], &[("\u{7}\n", Attribute::Integer(1))]));
    assert_eq!(left_over, "`neg` has no attribute `\\u{7}\\n`");
}

fn any_shape() -> impl Strategy<Value = Shape> {
    prop::collection::vec(1u64..9, 1..5).prop_map(|dims| shape(&dims))
}

/// Any op that validation admits, with any attributes.
fn any_op() -> impl Strategy<Value = Op> {
    let float = || prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO;
    let count = || 0..=i64::MAX as u64;
    let plain = [
        Op::Base,
        Op::Add,
        Op::Sub,
        Op::Mul,
        Op::Div,
        Op::Neg,
        Op::Matmul,
        Op::Transpose,
        Op::Kron,
        Op::Diagonal,
        Op::Inverse,
        Op::Abs,
        Op::Sign,
        Op::Sqrt,
        Op::Exp,
        Op::Tanh,
        Op::Sigmoid,
        Op::Maximum,
        Op::Minimum,
        Op::Detach,
        Op::QrQ,
        Op::QrR,
    ];
    let counted = count().prop_flat_map(|n| {
        prop::sample::select(vec![
            Op::Tensor { index: n },
            Op::Delta { index: n },
            Op::Identity { size: n },
            Op::Concat { axis: n },
            Op::Norm { axis: n },
            Op::Sum { axis: n },
            Op::Mean { axis: n },
            Op::SvdU { rank: n },
            Op::SvdS { rank: n },
            Op::SvdVt { rank: n },
        ])
    });
    let drawn = (float(), 0.0..1.0, any_shape()).prop_flat_map(|(value, p, shape)| {
        prop::sample::select(vec![
            Op::Constant { value, shape: shape.clone() },
            Op::Normal { std: value, shape: shape.clone() },
            Op::Uniform { bound: value, shape: shape.clone() },
            Op::Bernoulli { p, shape: shape.clone() },
            Op::Reshape { shape },
            Op::Scale { factor: value },
            Op::Dropout { p },
            Op::TopKMagnitude { density: p },
        ])
    });
    let slice = (count(), count(), count()).prop_map(|(axis, start, length)| Op::Slice { axis, start, length });
    prop_oneof![prop::sample::select(plain.to_vec()), counted, drawn, slice]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn typed_to_raw_to_json_and_back(op in any_op(), inputs in prop::collection::vec(any::<u32>(), 0..4)) {
        let raw = op.to_raw(inputs);
        let json = serde_json::to_string(&raw).expect("JSON");
        let read: RawNode = serde_json::from_str(&json).expect("the same JSON");
        prop_assert_eq!(&read, &raw);
        prop_assert_eq!(Op::parse(&read), Ok(op));
    }
}
