//! From flags to the configuration of a run.

use std::path::PathBuf;

use graftwork::{
    Dtype, Error, EvalSplit, ExportFormat, ExportRequest, Host, Order, Precision, Recompute, ResultChoice, RunConfig,
    Schedule, StrategyConfig, Vocabulary, Warmup,
};

use crate::args::{
    DataArgs, DtypeName, ExportArgs, ExportName, PrecisionName, RecomputeName, ResultName, RunArgs, ScheduleName,
    TrainArgs,
};

/// The file given by `--config` or the defaults, with `--set` over it, and the flags over both.
pub(crate) fn resolve(host: &Host, args: &RunArgs) -> Result<RunConfig, Error> {
    let mut config = file(args)?;
    if !args.strategy.is_empty() {
        config.strategy = args.strategy.iter().map(StrategyConfig::new).collect();
    }
    host.configure(&mut config, args.settings.clone())?;
    flags(config, args)
}

/// The file given by `--config`, or the defaults.
pub(crate) fn file(args: &RunArgs) -> Result<RunConfig, Error> {
    args.config.as_deref().map_or_else(|| Ok(RunConfig::default()), RunConfig::from_file)
}

/// The flags over a configuration, but for strategies and their settings.
pub(crate) fn flags(mut config: RunConfig, args: &RunArgs) -> Result<RunConfig, Error> {
    replace(&mut config.model, &args.model);
    replace(&mut config.task, &args.task);
    replace(&mut config.adapter, &args.adapter);
    replace(&mut config.out, &args.out);
    replace(&mut config.sample, &args.sample);
    config.overwrite |= args.overwrite;
    config.device = args.device.unwrap_or(config.device);
    config.seed = args.seed.unwrap_or(config.seed);
    data(&mut config, &args.data)?;
    train(&mut config, &args.train);
    Ok(config)
}

fn replace<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
    if from.is_some() {
        to.clone_from(from);
    }
}

fn data(config: &mut RunConfig, args: &DataArgs) -> Result<(), Error> {
    let d = &mut config.data;
    if !args.data.is_empty() {
        d.files.clone_from(&args.data);
    }
    replace(&mut d.format, &args.format);
    replace(&mut d.max_length, &args.max_length);
    replace(&mut d.masked, &args.masked);
    if !args.labels.is_empty() {
        d.labels = Some(args.labels.clone());
    }
    d.packing |= args.packing;
    d.loss_on = args.loss_on.unwrap_or(d.loss_on);
    if args.no_shuffle {
        d.order = Order::Sequential;
    }
    match args.eval.as_slice() {
        [] => {}
        [one] if let Ok(part) = one.parse() => d.eval = Some(EvalSplit::fraction(part).map_err(Error::from)?),
        files => d.eval = Some(EvalSplit::Files(files.iter().map(PathBuf::from).collect())),
    }
    Ok(())
}

fn train(config: &mut RunConfig, args: &TrainArgs) {
    let t = &mut config.train;
    // A length on the command line replaces that of the file, whichever way either is given.
    if args.steps.is_some() || args.epochs.is_some() {
        (t.steps, t.epochs) = (args.steps, args.epochs);
    }
    t.batch_size = args.batch_size.unwrap_or(t.batch_size);
    t.gradient_accumulation = args.gradient_accumulation.unwrap_or(t.gradient_accumulation);
    replace(&mut t.learning_rate, &args.learning_rate);
    t.schedule = args.schedule.map_or(t.schedule, |schedule| match schedule {
        ScheduleName::Constant => Schedule::Constant,
        ScheduleName::Linear => Schedule::Linear,
        ScheduleName::Cosine => Schedule::Cosine,
    });
    t.warmup = match (args.warmup_steps, args.warmup_ratio) {
        (Some(steps), _) => Warmup::Steps(steps),
        (None, Some(ratio)) => Warmup::Ratio(ratio),
        (None, None) => t.warmup,
    };
    t.weight_decay = args.weight_decay.unwrap_or(t.weight_decay);
    t.max_grad_norm = args.max_grad_norm.unwrap_or(t.max_grad_norm);
    replace(&mut t.eval_every, &args.eval_every);
    replace(&mut t.checkpoint_every, &args.checkpoint_every);
    replace(&mut t.keep_last, &args.keep_last);
    replace(&mut t.keep_best, &args.keep_best);
    replace(&mut t.early_stopping, &args.early_stopping);
    t.result = args.result.map_or(t.result, |name| match name {
        ResultName::Last => ResultChoice::Last,
        ResultName::Best => ResultChoice::Best,
    });
    t.deterministic |= args.deterministic;
    t.recompute = args.recompute.map_or(t.recompute, |name| match name {
        RecomputeName::None => Recompute::None,
        RecomputeName::Block => Recompute::Block,
        RecomputeName::Auto => Recompute::Auto,
    });
}

pub(crate) fn dtype(name: DtypeName) -> Dtype {
    match name {
        DtypeName::F32 => Dtype::F32,
        DtypeName::F16 => Dtype::F16,
        DtypeName::Bf16 => Dtype::Bf16,
    }
}

/// What `export` is asked for; flags of another form are refused.
pub(crate) fn export(args: &ExportArgs) -> Result<ExportRequest, Error> {
    let refuse = |flag: &str, form: &str| {
        Err(Error::Setting { key: flag.to_owned(), message: format!("is for `--format {form}`") })
    };
    if args.folded && args.format != ExportName::Peft {
        return refuse("--folded", "peft");
    }
    if (args.no_vocab || args.split_as.is_some()) && args.format != ExportName::Gguf {
        return refuse("--no-vocab and --split-as", "gguf");
    }
    let vocabulary = match &args.split_as {
        Some(name) => Vocabulary::SplitAs(name.clone()),
        None if args.no_vocab => Vocabulary::Omitted,
        None => Vocabulary::Written,
    };
    let precision = match args.precision {
        PrecisionName::F32 => Precision::F32,
        PrecisionName::F16 => Precision::F16,
        PrecisionName::Bf16 => Precision::Bf16,
        PrecisionName::Q8_0 => Precision::Q8_0,
    };
    Ok(ExportRequest {
        model: args.model.clone(),
        adapter: args.adapter.clone(),
        out: args.out.clone(),
        overwrite: args.overwrite,
        format: match args.format {
            ExportName::Peft => ExportFormat::Peft { folded: args.folded },
            ExportName::Gguf => ExportFormat::Gguf { precision, vocabulary },
            ExportName::GgufLora => ExportFormat::GgufLora,
        },
    })
}
