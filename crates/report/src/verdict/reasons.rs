//! Why, topic by topic. Each sentence has the numbers that it rests on.

use super::choose::{Choice, Entrant, others};
use super::{Candidate, Conditions, EQUAL_LOSS, Reason, Topic};
use crate::derived::loss_at;
use crate::number::{bytes, count, duration, loss, percent, significant};

/// So many variants make the difference between adapters and models plain.
const VARIANTS: u64 = 10;
/// So many are held against each other in a sentence: the one that is taken and the best of the others.
const COMPARED: usize = 3;

pub(super) fn reasons(entrants: &[Entrant<'_>], choice: &Choice, conditions: &Conditions) -> Vec<Reason> {
    let taken = &entrants[choice.taken];
    let all: Vec<_> = std::iter::once(*taken).chain(others(entrants, choice.taken)).collect();
    // What the rest came to is in the table.
    let some = &all[..all.len().min(COMPARED)];
    let told = [
        (Topic::Quality, quality(some, entrants, choice)),
        (Topic::Memory, memory(some, conditions)),
        (Topic::Time, time(some)),
        (Topic::Time, equal_time(some)),
        (Topic::Time, cost(some, conditions)),
        (Topic::Data, data(some)),
        (Topic::Gap, gap(some)),
        (Topic::Gap, over_fit(&all)),
        (Topic::Gap, unstable(&all)),
        (Topic::Deployment, deployment(some)),
        (Topic::Sweep, sweep(&all)),
    ];
    told.into_iter().filter_map(|(about, text)| Some(Reason { about, text: text? })).collect()
}

/// `a, b and c` of what can be said of each; none where it can be said of no candidate.
fn each(all: &[Entrant<'_>], say: impl Fn(&Entrant<'_>) -> Option<String>) -> Option<String> {
    let said: Vec<String> = all.iter().filter_map(say).collect();
    let (last, rest) = said.split_last()?;
    Some(if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) })
}

fn quality(some: &[Entrant<'_>], entrants: &[Entrant<'_>], choice: &Choice) -> Option<String> {
    let (taken, leader) = (&entrants[choice.taken], entrants.first()?);
    let losses = each(some, |e| {
        let accuracy = e.candidate.accuracy.filter(|a| a.is_finite());
        let accuracy = accuracy.map_or_else(String::new, |a| format!(" (accuracy {})", percent(a)));
        Some(format!("{} after {} updates of `{}`{accuracy}", loss(e.best.loss), count(e.best.step), e.candidate.name))
    })?;
    let limit = significant(EQUAL_LOSS, 2);
    let judged = if entrants.len() == 1 {
        String::new()
    } else if choice.equals == 1 {
        format!(" From {limit} nats on losses count as different.")
    } else if choice.taken == 0 {
        format!(" Losses less than {limit} nats apart count as equal.")
    } else {
        let (name, difference) = (&leader.candidate.name, loss(taken.best.loss - leader.best.loss));
        format!(" `{name}` is {difference} nats lower, and less than {limit} counts as equal.")
    };
    Some(format!("Lowest evaluation loss: {losses}.{judged}"))
}

fn memory(all: &[Entrant<'_>], conditions: &Conditions) -> Option<String> {
    let peaks = each(all, |e| Some(format!("{} for `{}`", bytes(e.candidate.memory?), e.candidate.name)))?;
    let at_hand = conditions.memory.map_or_else(String::new, |memory| format!("; {} are at hand", bytes(memory)));
    Some(format!("Peak memory: {peaks}{at_hand}."))
}

fn time(all: &[Entrant<'_>]) -> Option<String> {
    let times = each(all, |e| {
        let c = e.candidate;
        let speed =
            c.tokens_per_second.map_or_else(String::new, |s| format!(" ({} tokens/s)", count(s.round() as u64)));
        Some(format!("{} for `{}`{speed}", duration(c.seconds_per_update?), c.name))
    })?;
    Some(format!("An update takes, by the median, {times}."))
}

/// Whoever takes less time for an update gets more of them done in the same time.
fn equal_time(all: &[Entrant<'_>]) -> Option<String> {
    let seconds = all.iter().map(|e| e.last.seconds).fold(f64::INFINITY, f64::min);
    let slower = all.iter().any(|e| e.last.seconds > seconds);
    let losses =
        each(all, |e| Some(format!("{} of `{}`", loss(loss_at(&e.candidate.curve, seconds)?), e.candidate.name)))?;
    slower.then(|| format!("After the same {} of training the evaluation losses are {losses}.", duration(seconds)))
}

fn cost(all: &[Entrant<'_>], conditions: &Conditions) -> Option<String> {
    let price = conditions.price.as_ref()?;
    let costs = each(all, |e| {
        let cost = price.per_hour / 3600.0 * 1e6 / e.candidate.tokens_per_second?;
        Some(format!("{} {} for `{}`", significant(cost, 3), price.currency, e.candidate.name))
    })?;
    let (per_hour, currency) = (significant(price.per_hour, 4), &price.currency);
    Some(format!("At {per_hour} {currency} an hour a million tokens of training cost {costs}."))
}

fn data(all: &[Entrant<'_>]) -> Option<String> {
    let tokens = all.first()?.candidate.training_tokens;
    if tokens == 0 || all.iter().any(|e| e.candidate.training_tokens != tokens) {
        return None;
    }
    let shares = each(all, |e| {
        let trainable = e.candidate.trainable_parameters;
        let share = (trainable > 0).then(|| significant(tokens as f64 / trainable as f64, 2))?;
        Some(format!("{share} for each of the {} weights that `{}` trains", count(trainable), e.candidate.name))
    })?;
    let tokens = count(tokens);
    let passes = each(all, |e| Some(format!("{} by `{}`", significant(e.candidate.passes, 2), e.candidate.name)))?;
    Some(format!(
        "There are {tokens} tokens to learn from: {shares}. Passes over them: {passes}. The fewer tokens for a weight and the more \
         passes, the easier it over-fits."
    ))
}

fn gap(all: &[Entrant<'_>]) -> Option<String> {
    let gaps = each(all, |e| {
        let gap = e.candidate.gap()?;
        Some(format!("{gap:+.4} for `{}`", e.candidate.name))
    })?;
    Some(format!(
        "Generalisation gap, the last evaluation loss over the training loss of the last ten updates: {gaps} nats."
    ))
}

/// The evaluation loss rose since its lowest, and the training loss is still below that.
fn over_fit(all: &[Entrant<'_>]) -> Option<String> {
    let over = each(all, |e| {
        let over_fits = e.candidate.training_loss.is_none_or(|training| training < e.best.loss);
        Some(format!("`{}` over-fits these data: {}", e.candidate.name, rise(e).filter(|_| over_fits)?))
    })?;
    Some(format!("{over}. Keep the lowest with `--result best`, or end there with `--early-stopping 3`."))
}

/// It rose, and the training loss too: that is no over-fitting.
fn unstable(all: &[Entrant<'_>]) -> Option<String> {
    let unstable = each(all, |e| {
        let training = e.candidate.training_loss.filter(|&training| training >= e.best.loss)?;
        let rate = significant(e.candidate.learning_rate, 3);
        Some(format!(
            "`{}` is unstable: {}, and the training loss at the end, {}, is no lower than the best; its learning rate is {rate}",
            e.candidate.name,
            rise(e)?,
            loss(training)
        ))
    })?;
    Some(format!("{unstable}. Lower the learning rate; until then `--result best` keeps the lowest."))
}

/// How far the evaluation loss rose since its lowest, where that counts.
fn rise(e: &Entrant<'_>) -> Option<String> {
    let rise = e.last.loss - e.best.loss;
    (rise >= EQUAL_LOSS).then(|| {
        format!(
            "its evaluation loss was lowest after {} updates, {}, and rose by {} to {} after {}",
            count(e.best.step),
            loss(e.best.loss),
            loss(rise),
            loss(e.last.loss),
            count(e.last.step)
        )
    })
}

fn deployment(all: &[Entrant<'_>]) -> Option<String> {
    let results = each(all, |e| {
        let size = e.candidate.artefact_bytes?;
        let (what, variants) = (form(e.candidate), size.saturating_mul(VARIANTS));
        Some(format!(
            "`{}` leaves {what} of {}, {} for {VARIANTS} variants",
            e.candidate.name,
            bytes(size),
            bytes(variants)
        ))
    })?;
    let base = "; adapters need their base beside them, one for all";
    let base = if all.iter().any(|e| e.candidate.adapter) { base } else { "" };
    Some(format!("What is kept: {results}{base}."))
}

fn form(candidate: &Candidate) -> &'static str {
    if candidate.adapter { "an adapter" } else { "a model" }
}

fn sweep(all: &[Entrant<'_>]) -> Option<String> {
    let best = each(all, |e| {
        let sweep = e.candidate.sweep.as_ref()?;
        let trials = sweep.sorted();
        let best = trials.get(sweep.best()?)?;
        let (first, last) = (trials.first()?, trials.last()?);
        Some(format!(
            "{} of {} from {} to {} for `{}` (evaluation loss {} after {} updates)",
            significant(best.learning_rate, 3),
            trials.len(),
            significant(first.learning_rate, 3),
            significant(last.learning_rate, 3),
            e.candidate.name,
            loss(best.loss?),
            count(sweep.updates)
        ))
    })?;
    Some(format!("Best learning rate: {best}."))
}
