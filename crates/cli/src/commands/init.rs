//! `host init`.

use std::process::ExitCode;

use graftwork::{Control, Host, InitReport, InitRequest};

use super::{Done, quietly};
use crate::args::InitArgs;
use crate::output::{self, line};
use crate::signals::Signals;
use crate::text::{bytes, count};

pub(super) fn init(args: &InitArgs, json: bool) -> Done {
    let request = InitRequest {
        model: args.model.clone(),
        data: args.data.clone(),
        strategy: args.strategy.clone(),
        device: args.device,
        out: args.out.clone(),
        overwrite: args.overwrite,
    };
    let control = Control::new();
    let signals = Signals::listen(&control)?;
    let host = Host::new()?;
    let begun = quietly(json, |progress| host.init(&request, &control, &mut |event| progress.show(&event)));
    let report = begun.map_err(|error| signals.failure(error))?;
    if json {
        output::json(&report)?;
    } else {
        show(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(report: &InitReport) -> std::io::Result<()> {
    let InitReport { model, data, config, .. } = report;
    line(&format!("model     {}, {} weights, for {}", model.family, count(model.parameters), model.task))?;
    let (records, tokens) = (count(data.records as u64), count(data.tokens as u64));
    line(&format!("data      {records} records, {tokens} tokens to train on"))?;
    for (index, candidate) in report.candidates.iter().enumerate() {
        let names: Vec<_> = candidate.strategy.iter().map(|path| path.display().to_string()).collect();
        let mark = if index == report.chosen { ", chosen" } else { "" };
        let (weights, memory) = (count(candidate.trainable_parameters), bytes(candidate.way.bytes));
        line(&format!("method    {}: {weights} weights train, about {memory}{mark}", names.join(" + ")))?;
    }
    line(&format!("          {}", report.reason))?;
    let (train, length) = (&config.train, config.data.max_length.unwrap_or_default());
    let (rows, passes) = (train.batch_size, train.gradient_accumulation);
    line(&format!("update    {rows} × {passes} rows of up to {length} tokens"))?;
    line(&format!("written   {0}; next: host run --config {0}", report.out.display()))
}
