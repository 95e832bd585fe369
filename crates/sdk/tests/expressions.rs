//! Expressions of any form cross to the host as operands before users, each shared part once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use graftwork_sdk::Expr;
use proptest::prelude::*;

/// One more node over earlier ones: the operation, and two places to take operands from.
type Step = (u8, prop::sample::Index, prop::sample::Index);

/// Builds nodes one upon the other. Beside each stands the number of steps that it depends on, itself among them.
fn build(steps: &[Step]) -> (Expr, usize) {
    let mut nodes = vec![Expr::base()];
    let mut uses: Vec<Vec<bool>> = vec![vec![true]];
    for (op, left, right) in steps {
        let (l, r) = (left.index(nodes.len()), right.index(nodes.len()));
        let (a, b) = (nodes[l].clone(), nodes[r].clone());
        let (node, operands) = match op % 4 {
            0 => (a + b, vec![l, r]),
            1 => (a.matmul(&b), vec![l, r]),
            2 => (a.scale(2.0), vec![l]),
            _ => (Expr::tensor(0), vec![]),
        };
        let mut used = vec![false; nodes.len() + 1];
        used[nodes.len()] = true;
        for operand in operands {
            uses[operand].iter().enumerate().for_each(|(i, u)| used[i] |= u);
        }
        nodes.push(node);
        uses.push(used);
    }
    let count = uses.last().unwrap().iter().filter(|u| **u).count();
    (nodes.last().unwrap().clone(), count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operands_come_first_and_shared_parts_once(steps in prop::collection::vec(any::<Step>(), 0..40)) {
        let (expr, distinct) = build(&steps);
        let graph = expr.graph();
        prop_assert_eq!(graph.nodes.len(), distinct);
        prop_assert_eq!(graph.root as usize, distinct - 1);
        for (place, node) in graph.nodes.iter().enumerate() {
            prop_assert!(node.inputs.iter().all(|&input| (input as usize) < place));
        }
    }
}

#[test]
fn operators_read_as_they_are_written() {
    let update = Expr::tensor(1).matmul(&Expr::tensor(0));
    let graph = (Expr::base() + 2.0 * update).graph();
    let nodes: Vec<_> = graph.nodes.iter().map(|n| (n.op.as_str(), n.inputs.as_slice())).collect();
    let expected: [(&str, &[u32]); 6] =
        [("base", &[]), ("tensor", &[]), ("tensor", &[]), ("matmul", &[1, 2]), ("scale", &[3]), ("add", &[0, 4])];
    assert_eq!(nodes, expected);
}
