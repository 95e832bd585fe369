//! Runs that requests ask for, one at a time, each on a thread of its own. What is trained can be used at once.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use graftwork::{Control, DataSource, Event, Host, RunConfig, RunReport, StrategyConfig};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::models::Models;

/// What a client wants trained.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    /// The adapter's name.
    name: String,
    /// Records as a JSONL file has them: `{"text": …}`, `{"prompt": …, "completion": …}`, …
    records: Vec<Value>,
    steps: u64,
    #[serde(default = "rank")]
    rank: u32,
    learning_rate: Option<f64>,
}

fn rank() -> u32 {
    8
}

/// Why no run begins.
pub(crate) enum Refusal {
    /// The order cannot be carried out.
    Order(String),
    /// Another run is on.
    Busy,
    /// This machine does not let it.
    Own(String),
}

/// What trains.
pub(crate) struct Training {
    folder: PathBuf,
    models: Models,
    busy: Arc<AtomicBool>,
}

/// Lets the next run begin, whatever became of this one.
struct Turn(Arc<AtomicBool>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Training {
    pub(crate) fn new(folder: PathBuf, models: Models) -> Self {
        Self { folder, models, busy: Arc::default() }
    }

    /// Begins a run; its events come as JSON, the last of them `ready` or `failed`. Dropping the receiver stops the run.
    pub(crate) fn start(&self, order: Order) -> Result<Receiver<Value>, Refusal> {
        // The name becomes a folder's.
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if order.name.is_empty() || order.name.len() > 64 || !order.name.chars().all(fits) {
            return Err(Refusal::Order("`name` is not one to 64 of a-z, 0-9 and -".to_owned()));
        }
        if self.models.names().map_err(Refusal::Own)?.contains(&order.name) {
            return Err(Refusal::Order(format!("an adapter is called `{}` already", order.name)));
        }
        if self.busy.swap(true, Ordering::Acquire) {
            return Err(Refusal::Busy);
        }
        let turn = Turn(Arc::clone(&self.busy));
        let config = self.config(&order).map_err(|error| Refusal::Own(error.to_string()))?;
        let (to, events) = channel();
        let models = self.models.clone();
        thread::spawn(move || {
            let last = train(&config, &order.name, &models, &to);
            drop(turn);
            // The client may have gone; the adapter is there all the same.
            to.send(last).ok();
        });
        Ok(events)
    }

    /// The records in a file, and the run over them.
    fn config(&self, order: &Order) -> std::io::Result<RunConfig> {
        std::fs::create_dir_all(&self.folder)?;
        let data = self.folder.join(format!("{}.jsonl", order.name));
        let lines: String = order.records.iter().map(|record| format!("{record}\n")).collect();
        std::fs::write(&data, lines)?;
        let mut lora = StrategyConfig::new("builtin:lora");
        lora.config.insert("rank".to_owned(), order.rank.into());
        let out = Some(self.folder.join(&order.name));
        let mut config = RunConfig { out, overwrite: true, strategy: vec![lora], ..RunConfig::default() };
        config.data.files.push(DataSource::from(data));
        config.data.max_length = Some(128);
        config.train.steps = Some(order.steps);
        config.train.learning_rate = order.learning_rate;
        config.train.batch_size = NonZeroUsize::MIN.saturating_add(3);
        Ok(config)
    }
}

/// Trains and puts the adapter beside the others; gives the last event.
fn train(config: &RunConfig, name: &str, models: &Models, to: &Sender<Value>) -> Value {
    let control = Control::new();
    let run = || -> Result<RunReport, String> {
        let report = Host::new()
            .and_then(|host| {
                host.run(config, &control, &mut |event| {
                    if is_progress(&event) && to.send(json!(event)).is_err() {
                        control.stop();
                    }
                })
            })
            .map_err(|error| error.to_string())?;
        if !report.finished {
            return Err("stopped".to_owned());
        }
        models.add(name, report.out.clone())?;
        Ok(report)
    };
    match run() {
        Ok(report) => json!({ "event": "ready", "adapter": name, "eval_loss": report.eval_loss }),
        Err(message) => json!({ "event": "failed", "message": message }),
    }
}

/// What a client follows a run by; paths of this machine are not its affair.
fn is_progress(event: &Event) -> bool {
    matches!(event, Event::Step(_) | Event::Spike(_) | Event::Evaluation(_))
}
