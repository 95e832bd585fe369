//! Plans, checked against a small model.

use std::hint::black_box;

use arbitrary::Unstructured;
use graftwork_plan::{Dtype, LowRank, Manifest, Param, ParamId, Plan, RawPlan, Role, Shape};

use crate::generate::Bytes;
use crate::{Verdict, laws};

/// Longer than the message about any plan.
const LONG: usize = 1 << 15;

/// A plan as JSON, or else one out of bytes. What is accepted comes back from its stored form as the same plan with the same
/// hash, and everything that is counted of it can be counted.
pub fn plan(data: &[u8]) -> Verdict {
    let raw = match data.first() {
        Some(b'{') => serde_json::from_slice(data).ok(),
        _ => Bytes(&mut Unstructured::new(data)).plan().ok(),
    };
    let Some(raw) = raw else { return Verdict::Refused };
    let model = model();
    match Plan::validate(&raw, &model) {
        Ok(plan) => {
            keeps_its_promises(&plan, &model);
            Verdict::Accepted
        }
        Err(problems) => {
            let message = problems.to_string();
            assert!(!problems.0.is_empty() && message.len() < LONG, "no message for a person: {message}");
            Verdict::Refused
        }
    }
}

fn keeps_its_promises(plan: &Plan, model: &Manifest) {
    let stored = serde_json::to_vec(&plan.to_raw()).expect("a plan is JSON");
    let read: RawPlan = serde_json::from_slice(&stored).expect("what was stored can be read");
    let again = Plan::validate(&read, model).expect("what was accepted is accepted again");
    assert_eq!(*plan, again, "the stored plan is another");
    assert_eq!(plan.hash(), again.hash());

    let summary = plan.summary(model);
    assert!(summary.trainable_parameters > 0, "nothing trains");
    assert!((0.0..=100.0).contains(&summary.trainable_percent), "{summary:?}");
    for rows in [1, 4096, u64::MAX] {
        black_box(plan.built_elements(rows));
    }
    black_box(plan.peak_elements());
    for adapter in plan.adapters() {
        black_box(LowRank::of(adapter));
        let names: Vec<_> = adapter.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        let of_tensors = adapter.tensors.iter().flat_map(|tensor| [Some(&tensor.init), tensor.update.as_ref()]);
        let own = [Some(&adapter.effective), adapter.base.as_ref(), adapter.penalty.as_ref()];
        of_tensors.chain(own).flatten().for_each(|graph| laws::expression(graph, &names));
    }
}

/// One of everything that a plan may be about, and a weight that is as large as weights may be.
fn model() -> Manifest {
    let param = |name: &str, dims: &[u64], role, tied_to| Param {
        name: name.to_owned(),
        shape: Shape::new(dims).expect("a shape"),
        dtype: Dtype::F32,
        role,
        layer: None,
        tied_to,
    };
    let params = vec![
        param("embed.weight", &[16, 8], Role::Embedding, None),
        param("q.weight", &[8, 4], Role::Linear, None),
        param("q.bias", &[8], Role::Bias, None),
        param("head.weight", &[16, 8], Role::Head, Some(ParamId(0))),
        param("vast.weight", &[1 << 18, 1 << 18], Role::Linear, None),
    ];
    Manifest { architecture: "fuzz".to_owned(), config: serde_json::Value::Null, params }
}
