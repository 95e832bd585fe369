//! Expressions, for every use that there is of one.

use arbitrary::Unstructured;
use graftwork_plan::{Context, Graph, RawGraph, Shape};

use crate::generate::Bytes;
use crate::{Verdict, laws};

const CONTEXTS: [Context; 7] = [
    Context::Shared,
    Context::Init,
    Context::Base,
    Context::Effective,
    Context::Penalty,
    Context::Update,
    Context::Compose,
];

/// A weight and tensors that go with it: sizes as in a test, and such that everything is nearly too large.
const SCOPES: [(&[u64], [&[u64]; 4]); 2] = [
    (&[8, 4], [&[2, 4], &[8, 2], &[8, 1], &[2, 4, 2]]),
    (&[1 << 18, 1 << 18], [&[1 << 17, 1 << 18], &[1 << 18, 1 << 17], &[1 << 36], &[1 << 9, 1 << 9, 1 << 18]]),
];

/// An expression as JSON, or else one out of bytes, checked in every context. What is accepted is the same when it is checked
/// again, can be written down in a line, and takes no more work than was counted.
pub fn expression(data: &[u8]) -> Verdict {
    let raw = match data.first() {
        Some(b'{') => serde_json::from_slice(data).ok(),
        _ => Bytes(&mut Unstructured::new(data)).graph().ok(),
    };
    let checked = raw.iter().flat_map(|raw| SCOPES.iter().map(move |scope| in_every_context(raw, scope)));
    checked.max().unwrap_or(Verdict::Refused)
}

fn in_every_context(raw: &RawGraph, (base, tensors): &(&[u64], [&[u64]; 4])) -> Verdict {
    let base = Shape::new(*base).expect("a shape");
    let tensors = tensors.map(|dims| Shape::new(dims).expect("a shape"));
    let mut verdict = Verdict::Refused;
    for context in CONTEXTS {
        match Graph::check(raw, context, &base, &tensors, 2) {
            Ok(graph) => {
                verdict = Verdict::Accepted;
                let again = Graph::check(&graph.to_raw(), context, &base, &tensors, 2);
                assert_eq!(again.as_ref(), Ok(&graph), "it is not the same when it is checked again");
                assert!(graph.fits(context));
                laws::expression(&graph, &["A", "B", "m", "T"]);
            }
            Err(problems) => assert!(!problems.is_empty(), "refused for no reason"),
        }
    }
    verdict
}
