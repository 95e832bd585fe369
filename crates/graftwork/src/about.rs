//! What a run is, as its report tells it: `about.json`, known before its first update.

use graftwork_data::Dataset;
use graftwork_report::{About, about};
use serde_json::{Map, Value};

use crate::chain::StrategyRecord;
use crate::check::{AdapterReport, adapters, trained, updates};
use crate::estimate::Memory;
use crate::host::Prepared;
use crate::{DeviceChoice, Error, doctor};

/// Its file.
pub(crate) const ABOUT: &str = "about.json";

/// `blake3` is the model's hash, for which all of it is read.
pub(crate) fn about(prepared: &Prepared, dataset: &Dataset, memory: &Memory<'_>, blake3: &str) -> Result<About, Error> {
    let Prepared { config, base, plan, chain, record, .. } = prepared;
    let options = config.train_options(plan.is_full())?;
    let (manifest, stats) = (&base.manifest, dataset.stats());
    let summary = plan.summary(manifest);
    Ok(About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device: config.device.to_string(),
        machine: machine(config.device),
        threads: doctor::threads(),
        model: about::Model {
            path: base.record.display().to_string(),
            architecture: manifest.architecture.clone(),
            parameters: manifest.total_parameters(),
            blake3: blake3.to_owned(),
        },
        strategy: about::Strategy { name: chain.name(), plugins: chain.records().into_iter().map(plugin).collect() },
        plan: about::Plan {
            hash: plan.hash(),
            trainable_parameters: summary.trainable_parameters,
            total_parameters: summary.total_parameters,
            adapter_parameters: summary.adapter_parameters,
            trainable_percent: summary.trainable_percent,
            trained: trained(plan, manifest),
            adapters: adapters(plan, manifest).into_iter().map(adapter).collect(),
        },
        data: about::Data {
            fingerprint: dataset.fingerprint().to_owned(),
            files: record.data.files.iter().map(ToString::to_string).collect(),
            training: about::TrainingData {
                rows: stats.train.rows as u64,
                tokens: stats.train.tokens as u64,
                target_tokens: stats.train.target_tokens as u64,
            },
            evaluation: about::EvaluationData {
                rows: stats.eval.rows as u64,
                target_tokens: stats.eval.target_tokens as u64,
            },
        },
        training: about::Training {
            updates: updates(&options, dataset),
            batch_size: options.batch_size.get() as u64,
            gradient_accumulation: options.gradient_accumulation.get() as u64,
            max_length: config.data_options(base)?.max_length as u64,
            learning_rate: options.learning_rate,
            seed: options.seed,
        },
        estimated_memory: memory.estimate.total,
        device_memory: memory.available,
    })
}

/// What the device is, as it calls itself.
fn machine(device: DeviceChoice) -> Option<String> {
    match device {
        DeviceChoice::Cpu => doctor::brand(),
        DeviceChoice::Cuda(index) => doctor::gpus().into_iter().nth(index).map(|gpu| gpu.name),
    }
}

fn plugin(record: StrategyRecord) -> about::Plugin {
    about::Plugin { name: record.name, version: record.version, settings: Value::Object(Map::from_iter(record.config)) }
}

fn adapter(report: AdapterReport) -> about::Adapter {
    let AdapterReport { target, kind, formula, tensors, parameters } = report;
    about::Adapter { target, kind, formula, tensors, parameters }
}
