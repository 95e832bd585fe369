//! What goes into the file, each choice with the number that it rests on.

use graftwork_model::TaskKind;
use graftwork_report::number::count;
use serde_json::json;

use super::method::{Choice, MethodFound};
use super::rows::{self, Found};
use super::text::{Chosen, Strategy, counted, size};
use super::{DataFound, InitRequest, ModelFound};
use crate::estimate::USABLE;
use crate::host::Prepared;
use crate::memory::gibibytes;
use crate::{Error, Host, Way};

/// What was looked at, at the head of the file.
pub(super) fn head(model: &ModelFound, data: &DataFound, choice: &Choice, request: &InitRequest) -> String {
    let mut formats: Vec<_> = data.sources.iter().map(|source| source.format.to_string()).collect();
    formats.dedup();
    let lengths = data.lengths.map_or_else(String::new, |l| {
        format!(
            "; half of the records have up to {} tokens, 90 % up to {}, 99 % up to {}, the longest {}",
            l.median, l.p90, l.p99, l.longest
        )
    });
    let mut lines = vec![
        "A run of Graftwork, written by `host init` for what it found:".to_owned(),
        String::new(),
        format!(
            "  model: {}, {}, {} weights in {}, made for rows of up to {} tokens, for {}",
            model.path.display(),
            model.family,
            count(model.parameters),
            model.dtype.name(),
            count(model.positions),
            model.task
        ),
        format!(
            "  data: {} ({}), {} tokens to train on, of which the loss counts {}{lengths}",
            counted(data.records, "record"),
            formats.join(", "),
            count(data.tokens as u64),
            count(data.target_tokens as u64)
        ),
        format!("  device: {}, {}", request.device, memory(choice)),
    ];
    for candidate in &choice.candidates {
        let (weights, percent) = (count(candidate.trainable_parameters), candidate.trainable_percent);
        lines.push(format!("  method: {} trains {weights} weights ({percent:.2} %)", candidate.name()));
        let ways = candidate.too_large.iter().chain([&candidate.way]);
        lines.extend(ways.map(|way| format!("    {}{}", described(way), if way.fits { "" } else { ": too much" })));
    }
    lines.extend([
        String::new(),
        "A key with # right before it has the value that it would have anyway, or an example where it would have none."
            .to_owned(),
        format!("`host check --config {0}` shows the run, `host run --config {0}` trains.", request.out.display()),
    ]);
    lines.join("\n")
}

/// What there is of memory.
fn memory(choice: &Choice) -> String {
    choice.available.map_or_else(
        || "it does not say how much memory it has".to_owned(),
        |bytes| format!("it has {} of memory, of which {:.0} % are planned with", gibibytes(bytes), 100.0 * USABLE),
    )
}

/// A way to do an update, for a person.
fn described(way: &Way) -> String {
    let again = if way.recompute { ", with blocks computed again" } else { "" };
    let passes = match way.gradient_accumulation {
        1 => "at once".to_owned(),
        passes => format!("in each of {passes} passes"),
    };
    let rows = counted(way.batch_size as usize, "row");
    format!("{rows} of up to {} tokens {passes}{again}: about {}", way.max_length, size(way.bytes))
}

/// Every choice with its reason.
pub(super) fn all(
    host: &Host,
    request: &InitRequest,
    prepared: &Prepared,
    found: &Found,
    choice: &Choice,
) -> Result<Chosen, Error> {
    let (mut chosen, candidate) = (Chosen::default(), choice.chosen());
    for path in &candidate.strategy {
        let plugin = host.inspect_plugin(path)?;
        let why = if candidate.strategy.len() > 1 { plugin.summary.as_str() } else { choice.reason.as_str() };
        let (path, why) = (path.display().to_string(), why.trim_end_matches('.').to_owned());
        chosen.strategies.push(Strategy { path, why, settings: plugin.config_schema });
    }
    if let Some(model) = &request.model {
        chosen.set("model", model.display().to_string(), "as given");
    }
    chosen.set("device", request.device.to_string(), memory(choice));
    of_data(&mut chosen, request, prepared, found, &candidate.way);
    of_training(&mut chosen, prepared, found, candidate);
    Ok(chosen)
}

fn of_data(chosen: &mut Chosen, request: &InitRequest, prepared: &Prepared, found: &Found, way: &Way) {
    let (config, task) = (&prepared.config, &prepared.base.task);
    if !request.data.is_empty() {
        chosen.set("data.files", json!(request.data), "as given");
    }
    if task.kind == TaskKind::SequenceClassification {
        let classes = task.labels.len();
        chosen.set("task", task.kind.name(), format!("the records have labels, of {classes} classes"));
        chosen.set("data.labels", json!(task.labels), format!("the {classes} classes that were found, in their order"));
    } else {
        chosen.set("task", task.kind.name(), "what the model was saved for");
    }
    if let Some(sample) = &config.sample {
        chosen.set("sample", sample.as_str(), "to see what changes");
    }
    let shortened = way.fits && (way.max_length as usize) < found.longest;
    let max_length = if shortened { way.max_length as usize } else { found.max_length };
    let why = match found.lengths {
        _ if shortened => "longer rows do not fit into memory, however few".to_owned(),
        None => "a text has no ends, so that rows are as long as usual".to_owned(),
        Some(_) if max_length == rows::longest_row(prepared) => {
            format!("the model reads no more, which is {:.1} % of the records whole", 100.0 * found.whole)
        }
        Some(lengths) => format!(
            "99 % of the records have up to {} tokens; rows of this length hold {:.1} % of them whole",
            lengths.p99,
            100.0 * found.whole
        ),
    };
    chosen.set("data.max_length", max_length, why);
    if found.packing {
        let why = format!("a record has {:.0} tokens on average, so that rows would be mostly padding", found.mean);
        chosen.set("data.packing", true, why);
    }
}

fn of_training(chosen: &mut Chosen, prepared: &Prepared, found: &Found, candidate: &MethodFound) {
    let (config, way) = (&prepared.config, &candidate.way);
    let update = way.batch_size * way.gradient_accumulation;
    let rows = found.rows_per_epoch as u64;
    let steps = match config.train.steps {
        Some(steps) => {
            let part = 100.0 * (steps * update) as f64 / rows.max(1) as f64;
            chosen.set("train.steps", steps, format!("{update} of {} rows each, {part:.0} % of an epoch", count(rows)));
            steps
        }
        None => {
            let epochs = config.train.epochs.unwrap_or(3.0);
            let steps = (epochs * rows.div_ceil(update) as f64).ceil() as u64;
            let why = format!("{} rows an epoch, {update} in an update: about {} updates", count(rows), count(steps));
            chosen.set("train.epochs", epochs, why);
            steps
        }
    };
    let why = if way.fits { described(way) } else { format!("even this is more than there is: {}", described(way)) };
    chosen.set("train.batch_size", way.batch_size, why);
    if way.gradient_accumulation > 1 {
        let why = format!("with it an update has {update} rows, of which so many do not fit at once");
        chosen.set("train.gradient_accumulation", way.gradient_accumulation, why);
    }
    if way.recompute {
        chosen.set("train.recompute", "block", "without it an update does not fit into memory");
    }
    let what = if candidate.whole_model { "the model itself trains" } else { "adapters train" };
    chosen.set("train.learning_rate", candidate.learning_rate, format!("usual for this model where {what}"));
    let eval_every = config.train.eval_every.unwrap_or_else(|| steps.div_ceil(10));
    if found.stats.eval.rows > 0 {
        let why = format!("{} times in the run, on {} rows", steps / eval_every.max(1), found.stats.eval.rows);
        chosen.set("train.eval_every", eval_every, why);
    }
}
