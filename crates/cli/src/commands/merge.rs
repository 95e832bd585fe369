//! `merge`: adapters folded into their base, or together.

use std::process::ExitCode;

use graftwork::{Error, Host, MergeOutput, MergeReport, MergeRequest, MergeSource, StrategyConfig};

use super::{Done, config, quietly};
use crate::args::{MergeArgs, MergeForm};
use crate::output;

pub(crate) fn merge(args: &MergeArgs, json: bool) -> Done {
    let host = Host::new()?;
    let request = request(&host, args)?;
    let report = quietly(json, |progress| host.merge(&request, &mut |event| progress.show(&event)))?;
    if json {
        output::json(&report)?;
    } else {
        show(&report)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn request(host: &Host, args: &MergeArgs) -> Result<MergeRequest, Error> {
    let setting = |key: &str, message: String| Error::Setting { key: key.to_owned(), message };
    if !args.weights.is_empty() && args.weights.len() != args.sources.len() {
        let message = format!("{} weights for {} sources; give one for each", args.weights.len(), args.sources.len());
        return Err(setting("weights", message));
    }
    let weights = args.weights.iter().copied().chain(std::iter::repeat(1.0));
    let sources = args.sources.iter().cloned().zip(weights).map(|(path, weight)| MergeSource { path, weight });
    let output = match args.form {
        MergeForm::Model if args.rank.is_none() => MergeOutput::Model {
            dtype: args.dtype.map(config::dtype),
            max_shard_bytes: args.max_shard_size.map(|gigabytes| (gigabytes * 1e9) as u64),
        },
        MergeForm::Adapter if args.rank.is_none() => MergeOutput::Adapter,
        MergeForm::Lora if args.rank != Some(0) => MergeOutput::Lora { rank: args.rank },
        MergeForm::Lora => return Err(setting("rank", "must be at least 1".to_owned())),
        MergeForm::Model | MergeForm::Adapter => {
            return Err(setting("rank", "belongs to a LoRA; add `--as lora`".to_owned()));
        }
    };
    let mut composer: Vec<StrategyConfig> = args.composer.iter().map(StrategyConfig::new).collect();
    host.assign_settings(&mut composer, args.settings.clone())?;
    Ok(MergeRequest {
        model: args.model.clone(),
        sources: sources.collect(),
        composer: composer.pop(),
        seed: args.seed,
        output,
        out: args.out.clone(),
        overwrite: args.overwrite,
        device: args.device,
    })
}

fn show(report: &MergeReport) -> std::io::Result<()> {
    let out = report.out.display();
    output::labelled(&format!("merged    {} parameters changed, saved in {out}", report.changed))?;
    if let Some(left_out) = &report.truncation {
        let (rank, error) = (left_out.rank, 100.0 * left_out.error);
        let (worst, module) = (100.0 * left_out.worst, &left_out.worst_module);
        output::labelled(&format!(
            "rank {rank}   leaves out {error:.3} % of what was composed; at most {worst:.3} %, in {module}"
        ))?;
    }
    Ok(())
}
