//! Reports for people.

use std::io;

use graftwork::{
    AdapterReport, BuildReport, BuiltIn, CheckReport, EvalResult, PlanReport, PluginReport, Summary, VerifyReport,
};

use crate::output::{labelled as line, line as text};
use crate::text::{bytes, count, measured, rate};

/// Adapters shown of a plan before the rest is only counted.
const SHOWN: usize = 8;

pub(crate) fn check(report: &CheckReport) -> io::Result<()> {
    line(&format!("model     {}", report.model.display()))?;
    plan(report)?;
    let (train, eval) = (&report.data.train, &report.data.eval);
    line(&format!(
        "data      {} rows of at most {} tokens, {} tokens ({} counted); {} rows to evaluate on",
        count(train.rows as u64),
        train.longest,
        count(train.tokens as u64),
        count(train.target_tokens as u64),
        count(eval.rows as u64),
    ))?;
    sources(report)?;
    if report.data.truncated + report.data.dropped > 0 {
        let (truncated, dropped) = (count(report.data.truncated as u64), count(report.data.dropped as u64));
        line(&format!(
            "          {truncated} samples cut to the longest length, {dropped} left out since none of their tokens counts"
        ))?;
    }
    line(&format!("run       {} steps, peak learning rate {}", count(report.steps), rate(report.learning_rate)))?;
    let m = &report.memory;
    let device = report.device_memory.map(|n| format!(", of the device's {}", bytes(n))).unwrap_or_default();
    let recompute = if report.recompute { ", with blocks computed again in the backward pass" } else { "" };
    line(&format!("memory    about {}{device}{recompute}", bytes(m.total)))?;
    let parts = [
        ("weights", m.weights),
        ("adapters", m.adapters),
        ("optimizer", m.optimizer),
        ("activations and gradients", m.update),
        ("program", m.program),
    ];
    let parts: Vec<_> = parts.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{name} {}", bytes(*n))).collect();
    line(&format!("          {}", parts.join(", ")))?;
    for sample in &report.preview {
        line(&format!("\n{}  (the loss counts what stands between ⟦ ⟧)", sample.source))?;
        let marked = sample.pieces.iter().map(|p| if p.trained { format!("⟦{}⟧", p.text) } else { p.text.clone() });
        text(&marked.collect::<String>())?;
        if let Some(label) = &sample.label {
            text(&format!("label: {label}"))?;
        }
    }
    Ok(())
}

/// Where the rows come from, where there is more than one source.
fn sources(report: &CheckReport) -> io::Result<()> {
    let data = &report.data;
    if data.sources.len() < 2 {
        return Ok(());
    }
    for source in &data.sources {
        let share = source.weight.map(|weight| format!("{:.1} % of the rows from ", 100.0 * weight.get()));
        line(&format!(
            "          {}{}: {} records, {}",
            share.unwrap_or_default(),
            source.path,
            count(source.records as u64),
            source.format
        ))?;
    }
    if data.rows_per_epoch != data.train.rows {
        line(&format!("          an epoch is {} rows, mixed by weight", count(data.rows_per_epoch as u64)))?;
    }
    Ok(())
}

fn plan(report: &CheckReport) -> io::Result<()> {
    line(&format!("strategy  {}, plan {}", report.strategy, &report.plan_hash[..report.plan_hash.len().min(12)]))?;
    decided(&report.plan, &report.adapters, &report.trained)
}

fn decided(p: &Summary, adapters: &[AdapterReport], trained: &[String]) -> io::Result<()> {
    line(&format!(
        "training  {} of {} weights ({:.2} %)",
        count(p.trainable_parameters),
        count(p.total_parameters + p.adapter_parameters),
        p.trainable_percent
    ))?;
    for adapter in adapters.iter().take(SHOWN) {
        line(&format!("          {}: {}, {}", adapter.target, adapter.formula, adapter.tensors.join(", ")))?;
    }
    rest(adapters.len(), "adapters")?;
    for name in trained.iter().take(SHOWN) {
        line(&format!("          {name}"))?;
    }
    rest(trained.len(), "parameters")
}

fn rest(count: usize, what: &str) -> io::Result<()> {
    match count.checked_sub(SHOWN) {
        Some(more) if more > 0 => line(&format!("          and {more} more {what}")),
        _ => Ok(()),
    }
}

/// What `plugin check` found.
pub(crate) fn verdict(report: &CheckReport) -> io::Result<()> {
    line(&format!("model     {}", report.model.display()))?;
    plan(report)?;
    line("verdict   the plan is valid")
}

/// What stands between a plugin and the host.
pub(crate) fn contract(report: &PluginReport) -> io::Result<()> {
    line(&format!("contract  {}", report.contract))?;
    line(&format!("exports   {}", report.capabilities.join(", ")))?;
    let imports = if report.imports.is_empty() { "nothing".to_owned() } else { report.imports.join(", ") };
    line(&format!("imports   {imports}"))
}

/// What `plugin build` built.
pub(crate) fn built(report: &BuildReport) -> io::Result<()> {
    line(&format!("built     {}, {}, from {}", report.path.display(), bytes(report.bytes), report.language))
}

/// What `plugin plan` found.
pub(crate) fn planned(report: &PlanReport) -> io::Result<()> {
    line(&format!("model     {}", report.model.display()))?;
    line(&format!("plan      {}", report.plan_hash))?;
    decided(&report.summary, &report.adapters, &report.trained)
}

pub(crate) fn plugin(report: &PluginReport) -> io::Result<()> {
    line(&format!("plugin    {} {}", report.name, report.version))?;
    line(&format!("          {}", report.summary))?;
    line(&format!("file      {}, {}, BLAKE3 {}", report.path.display(), bytes(report.bytes), report.blake3))?;
    contract(report)?;
    line("settings")?;
    let properties = report.config_schema.get("properties").and_then(|p| p.as_object());
    for (name, schema) in properties.into_iter().flatten() {
        let text = |key: &str| schema.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let default = schema.get("default").map(|d| format!(" (default {d})")).unwrap_or_default();
        line(&format!("  {name:<18} {}{default}", text("description")))?;
    }
    Ok(())
}

/// The plugins inside the program, those that do the same together.
pub(crate) fn built_in(plugins: &[BuiltIn]) -> io::Result<()> {
    let mut kind: &[&str] = &[];
    for plugin in plugins {
        if plugin.capabilities != kind {
            kind = plugin.capabilities;
            line(&kind.join(", "))?;
        }
        line(&format!("  {:<17} {}", plugin.name, plugin.summary))?;
    }
    Ok(())
}

/// What was measured, and the F1 of each class.
pub(crate) fn evaluation(result: &EvalResult) -> io::Result<()> {
    let e = &result.evaluation;
    let unit = if e.f1.is_some() { "rows" } else { "tokens" };
    line(&format!("{}, over {} {unit}", measured(e), count(e.target_tokens)))?;
    for (label, f1) in result.labels.iter().zip(e.f1.iter().flat_map(|f1| &f1.by_class)) {
        line(&format!("  F1 {f1:.4}  {label}"))?;
    }
    Ok(())
}

/// What `verify` found.
pub(crate) fn verified(report: &VerifyReport) -> io::Result<()> {
    for part in &report.parts {
        let state = if part.damage.is_empty() { "whole" } else { "damaged" };
        line(&format!("{state:<9} {} ({})", part.path.display(), part.how))?;
        part.damage.iter().try_for_each(|damage| line(&format!("          {damage}")))?;
    }
    Ok(())
}
