//! Runs to report on.

use std::path::Path;

use graftwork_report::history::{Evaluation, Step};
use graftwork_report::{About, History, Measured, Run};

/// A run of the default model, as its folder was but for paths: `host run --strategy plugins/NAME.wasm --steps 80 --eval-every 10`, with
/// the samples that it told among its metrics, and `about.json` from `host check --json` of the same.
pub(crate) fn fixture(name: &str) -> Run {
    Run::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).expect("a run's folder")
}

/// A run of so many updates with made-up numbers, and an evaluation every thousandth part of it.
#[allow(dead_code, reason = "not every test has long runs")]
pub(crate) fn long(name: &str, updates: u64) -> Run {
    let step = |step: u64| Step {
        step,
        total_steps: updates,
        epoch: step as f64 / 1e4,
        loss: 3.0 + 2.0 / (step as f64).sqrt() + (step * 7919 % 1000) as f64 / 3000.0,
        grad_norm: 1.0 + (step * 104_729 % 1000) as f64 / 1000.0,
        learning_rate: 1e-4 * (1.0 - step as f64 / updates as f64),
        tokens: 4096,
        target_tokens: 4000,
        seconds: 0.25,
        tokens_per_second: 16_384.0,
    };
    let evaluation =
        |step: u64| Evaluation { step, loss: 3.2 + 1.0 / (1.0 + step as f64), accuracy: 0.3, ..Evaluation::default() };
    let evaluations = (0..=updates).step_by((updates / 1000).max(1) as usize).map(evaluation).collect();
    let history = History { steps: (1..=updates).map(step).collect(), evaluations, ..History::default() };
    let measured = Measured { finished: true, steps: updates, ..Measured::default() };
    Run { name: name.to_owned(), history, measured, about: About::default(), ..Run::default() }
}
