//! Another program that trains and merges with Graftwork inside, and decides itself what to show.
//!
//! ```text
//! cargo run --release --example embed
//! ```
//!
//! It trains LoRA on the model and text that come with Graftwork for a few steps, watches the loss through typed events,
//! stops early if it were to rise, merges the adapter into the base and evaluates the merged model.

#![allow(clippy::print_stdout, reason = "a program may print; the library does not")]

use std::num::NonZeroUsize;

use graftwork::{Control, EvalRequest, Event, Host, MergeOutput, MergeRequest, RunConfig, StrategyConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args_os().nth(1).map_or_else(|| std::env::temp_dir().join("graftwork-embed"), Into::into);
    let host = Host::new()?;

    let mut config = RunConfig { out: Some(out.join("run")), overwrite: true, ..RunConfig::default() };
    let mut lora = StrategyConfig::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/lora.wasm"));
    lora.config.insert("rank".to_owned(), 4.into());
    config.strategy.push(lora);
    config.train.steps = Some(12);
    config.train.batch_size = NonZeroUsize::MIN.saturating_add(1);

    let control = Control::new();
    let mut losses = Vec::new();
    let report = host.run(&config, &control, &mut |event| {
        if let Event::Step(step) = event {
            losses.push(step.loss);
            if step.loss > 2.0 * losses[0] {
                control.stop();
            }
        }
    })?;

    let merged = out.join("merged");
    let output = MergeOutput::Model { dtype: Some(graftwork::Dtype::F32), max_shard_bytes: None };
    let request = MergeRequest { output, overwrite: true, ..MergeRequest::new(&report.out, &merged) };
    host.merge(&request, &mut |_| {})?;

    let batch_size = NonZeroUsize::MIN.saturating_add(7);
    let request = EvalRequest { model: Some(merged), adapter: None, config: RunConfig::default(), batch_size };
    let evaluated = host.eval(&request, &control, &mut |_| {})?;

    // The library has said nothing so far; what a program prints is its own affair.
    println!(
        "{} of {} weights trained in {} steps; evaluation loss {:?} before, {:?} after, {:.4} merged",
        report.trainable_parameters,
        report.total_parameters,
        losses.len(),
        report.eval_loss.first,
        report.eval_loss.last,
        evaluated.evaluation.loss
    );
    Ok(())
}
