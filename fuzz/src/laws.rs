//! What has to be true of every expression that was accepted.

use graftwork_plan::{Graph, Reading, Readings};

/// Longer than any formula may be, in bytes.
const LONG: usize = 512;

/// Formula, readings and counts of an expression, for few rows and for more than there will ever be.
pub(crate) fn expression(graph: &Graph, names: &[&str]) {
    let formula = graph.formula(names);
    assert!(!formula.is_empty() && formula.len() < LONG, "a formula of {} bytes: {formula}", formula.len());
    let all: u64 = graph.nodes().iter().map(|node| node.shape.elements()).sum();
    assert!(graph.peak_elements() <= all, "more at once than there is");
    for rows in [1, 4096, u64::MAX] {
        let readings = Readings::new(graph, rows);
        assert!(readings.built_elements(graph) <= all, "more is built than there is");
        work_is_bounded(graph, &readings);
    }
}

/// What is shared is applied once for each use: the steps of that may not be more than the operations that were counted.
fn work_is_bounded(graph: &Graph, readings: &Readings) {
    let mut steps: Vec<u64> = Vec::with_capacity(graph.nodes().len());
    for index in 0..graph.nodes().len() {
        let below = match readings.of(index) {
            Reading::Dense | Reading::Identity | Reading::Blocks(_) => 0,
            Reading::Add(a, b)
            | Reading::Sub(a, b)
            | Reading::Compose { outer: a, inner: b }
            | Reading::Kron { left: a, right: b } => steps[a].saturating_add(steps[b]),
            Reading::Scale(_, map) | Reading::Dropout(_, map) => steps[map],
            Reading::Rows { map, .. } | Reading::Columns { map, .. } => steps[map],
        };
        steps.push(below.saturating_add(1));
        let counted = readings.cost(index).total(1);
        assert!(steps[index] / 2 <= counted, "node {index} takes {} steps, {counted} operations", steps[index]);
    }
}
