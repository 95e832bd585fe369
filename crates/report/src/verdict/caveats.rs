//! What the answer rests on, and what it does not say.

use super::choose::{Choice, Entrant};
use super::{Candidate, EQUAL_LOSS};
use crate::number::{count, loss, percent, significant};

/// A margin below this many times [`EQUAL_LOSS`] may be the seed's, whose spread is measured there.
const SEED_MARGIN: f64 = 5.0;
/// An accuracy with a larger standard error than this, of 1, is coarse.
const COARSE: f64 = 0.01;
/// A loss that fell in the last part of a run by what counts as a difference is still falling.
const LAST_PART: f64 = 0.25;

pub(super) fn caveats(all: &[&Candidate], chosen: Option<(&[Entrant<'_>], &Choice)>) -> Vec<String> {
    let mut caveats = different(all);
    if let Some((entrants, choice)) = chosen {
        caveats.extend(entrants.iter().filter_map(falling));
        caveats.extend(margin(entrants, choice));
        caveats.extend(coarse(entrants[choice.taken].candidate));
    }
    caveats.extend(all.iter().filter_map(|candidate| edge(candidate)));
    caveats.extend(unswept(all));
    caveats
}

/// What runs should have in common, what it is of one, and what is not to be compared where they do not.
type Common = (&'static str, fn(&Candidate) -> String, &'static str);

/// What makes the runs no fair comparison.
fn different(all: &[&Candidate]) -> Vec<String> {
    let common: [Common; 7] = [
        ("models", |c| short(&c.model), "losses"),
        ("data", |c| short(&c.fingerprint), "losses"),
        ("seeds", |c| c.seed.to_string(), "losses"),
        ("numbers of updates", |c| count(c.updates), "losses"),
        ("rows in an update", |c| count(c.rows_per_update), "losses"),
        ("longest rows in tokens", |c| count(c.max_length), "losses"),
        ("devices", |c| c.device.clone(), "times"),
    ];
    let differs = |(what, value, consequence): Common| {
        let first = value(all.first()?);
        all.iter().any(|c| value(c) != first).then(|| {
            let values: Vec<_> = all.iter().map(|c| format!("{} of `{}`", value(c), c.name)).collect();
            format!(
                "The runs have different {what}: {}. Their {consequence} are no fair comparison.",
                values.join(", ")
            )
        })
    };
    common.into_iter().filter_map(differs).collect()
}

/// The start of a hash, which tells it from others.
fn short(hash: &str) -> String {
    hash.chars().take(8).collect()
}

/// The budget was too small to tell.
fn falling(entrant: &Entrant<'_>) -> Option<String> {
    let (candidate, last) = (entrant.candidate, entrant.last);
    let earlier = (last.step as f64 * (1.0 - LAST_PART)) as u64;
    let before = candidate.curve.iter().rev().find(|point| point.step <= earlier)?;
    let fell = before.loss - last.loss;
    (fell >= EQUAL_LOSS && last.loss <= entrant.best.loss).then(|| {
        format!(
            "`{}` was still learning: its evaluation loss fell by {} from {} after {} updates to {} after {}. More updates may change \
             the order.",
            candidate.name,
            loss(fell),
            loss(before.loss),
            count(before.step),
            loss(last.loss),
            count(last.step)
        )
    })
}

/// One seed each is little.
fn margin(entrants: &[Entrant<'_>], choice: &Choice) -> Option<String> {
    let taken = &entrants[choice.taken];
    let next = entrants.get(1)?;
    let margin = next.best.loss - taken.best.loss;
    let limit = SEED_MARGIN * EQUAL_LOSS;
    (choice.equals == 1 && margin < limit).then(|| {
        format!(
            "`{}` is ahead of `{}` by {} nats, with one seed each ({} and {}). Below {} run both with other seeds before relying on it.",
            taken.candidate.name,
            next.candidate.name,
            loss(margin),
            taken.candidate.seed,
            next.candidate.seed,
            significant(limit, 2)
        )
    })
}

/// The evaluation counts little.
fn coarse(candidate: &Candidate) -> Option<String> {
    let (accuracy, predictions) = (candidate.accuracy?, candidate.evaluation_tokens);
    let error = (accuracy * (1.0 - accuracy) / predictions as f64).sqrt();
    (predictions > 0 && error > COARSE).then(|| {
        format!(
            "An evaluation counts {} predictions, so an accuracy of {} has a standard error of {} points. Evaluate on more rows.",
            count(predictions),
            percent(accuracy),
            significant(error * 100.0, 2)
        )
    })
}

/// The best may lie beyond what was tried.
fn edge(candidate: &Candidate) -> Option<String> {
    let sweep = candidate.sweep.as_ref()?;
    let (trials, best) = (sweep.sorted(), sweep.best()?);
    if trials.len() < 2 {
        return None;
    }
    let (end, other) = match best {
        0 => ("lowest", "lower"),
        best if best + 1 == trials.len() => ("highest", "higher"),
        _ => return None,
    };
    let (name, rate, tried) = (&candidate.name, significant(trials[best].learning_rate, 3), trials.len());
    Some(format!(
        "The best learning rate of `{name}`, {rate}, is the {end} of the {tried} that were tried. Try {other} ones too."
    ))
}

/// The rates may be fair to one and not to another. Ten times: J. Schulman et al., LoRA Without Regret, 2025.
fn unswept(all: &[&Candidate]) -> Option<String> {
    let without: Vec<_> = all.iter().filter(|c| c.sweep.as_ref().is_none_or(|sweep| sweep.trials.len() < 2)).collect();
    if all.len() < 2 || without.is_empty() {
        return None;
    }
    let rates: Vec<_> =
        without.iter().map(|c| format!("{} of `{}`", significant(c.learning_rate, 3), c.name)).collect();
    let rates = rates.join(", ");
    Some(format!(
        "One learning rate was tried each: {rates}. LoRA's best is often ten times that of full fine-tuning, so defaults may be unfair \
         to one; `--sweep` tries several."
    ))
}
