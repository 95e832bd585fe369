//! Who is in, and who is taken.

use super::{Candidate, Conditions, EQUAL_LOSS};
use crate::CurvePoint;
use crate::number::{bytes, duration, loss};

/// Costs that differ by less than this part count as equal: memory and time of one run differ so much from another's on a busy machine.
const EQUAL_COST: f64 = 0.1;

/// A candidate that is in, with the evaluation that counts.
#[derive(Clone, Copy)]
pub(super) struct Entrant<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) best: &'a CurvePoint,
    pub(super) last: &'a CurvePoint,
}

/// Who is taken.
pub(super) struct Choice {
    /// Which of the entrants.
    pub(super) taken: usize,
    /// So many of the first have losses that count as equal to the lowest.
    pub(super) equals: usize,
    /// Those of them that cost more.
    pub(super) dearer: Vec<usize>,
}

/// Whether a candidate is in, or why not.
pub(super) fn entrant<'a>(candidate: &'a Candidate, conditions: &Conditions) -> Result<Entrant<'a>, String> {
    let name = &candidate.name;
    if let Some(failure) = &candidate.failure {
        return Err(format!("`{name}` failed: {failure}"));
    }
    let needs = candidate.needs();
    if let Some(memory) = conditions.memory.filter(|&memory| needs > memory) {
        let how = if candidate.memory.is_some() { "took" } else { "is estimated to take" };
        return Err(format!("`{name}` {how} {} of memory, and there are {}.", bytes(needs), bytes(memory)));
    }
    if !candidate.finished {
        let done = candidate.curve.last().map_or(0, |point| point.step);
        let updates = candidate.updates;
        return Err(format!("`{name}` did not end: its last evaluation is after {done} of {updates} updates."));
    }
    let (Some(best), Some(last)) = (candidate.best(), candidate.last()) else {
        return Err(format!("`{name}` has no evaluation after any of its {} updates.", candidate.updates));
    };
    match candidate.before() {
        Some(before) if best.loss >= before.loss => Err(format!(
            "`{name}` did not learn: its lowest evaluation loss, {} after {} updates, is not below {} before training.",
            loss(best.loss),
            best.step,
            loss(before.loss)
        )),
        _ => Ok(Entrant { candidate, best, last }),
    }
}

/// Takes the cheapest of those with the lowest loss, from entrants in [`order`].
pub(super) fn choose(entrants: &[Entrant<'_>]) -> Option<Choice> {
    let lowest = entrants.first()?.best.loss;
    let equals = entrants.iter().take_while(|e| e.best.loss - lowest < EQUAL_LOSS).count();
    let cheap = cheapest((0..equals).collect(), |e| occupied(entrants[e].candidate));
    let cheap = cheapest(cheap, |e| entrants[e].candidate.artefact_bytes.map(|bytes| bytes as f64));
    let dearer = (0..equals).filter(|e| !cheap.contains(e)).collect();
    Some(Choice { taken: *cheap.first()?, equals, dearer })
}

/// By loss, then by what trains, then by name.
pub(super) fn order(a: &Entrant<'_>, b: &Entrant<'_>) -> std::cmp::Ordering {
    let loss = a.best.loss.total_cmp(&b.best.loss);
    let size = a.candidate.trainable_parameters.cmp(&b.candidate.trainable_parameters);
    loss.then(size).then_with(|| a.candidate.name.cmp(&b.candidate.name))
}

/// What an update occupies: memory times seconds. One number, since a machine is held whole for as long as a run takes.
fn occupied(candidate: &Candidate) -> Option<f64> {
    Some(candidate.memory? as f64 * candidate.seconds_per_update?)
}

/// Those whose cost is near the lowest. Where a cost is not known, it decides nothing.
fn cheapest(set: Vec<usize>, cost: impl Fn(usize) -> Option<f64>) -> Vec<usize> {
    let Some(costs) = set.iter().map(|&e| cost(e)).collect::<Option<Vec<f64>>>() else { return set };
    let lowest = costs.iter().copied().fold(f64::INFINITY, f64::min);
    let near = |cost: f64| cost <= lowest * (1.0 + EQUAL_COST);
    set.into_iter().zip(costs).filter(|&(_, cost)| near(cost)).map(|(e, _)| e).collect()
}

/// The answer.
pub(super) fn headline(entrants: &[Entrant<'_>], choice: &Choice) -> String {
    let taken = &entrants[choice.taken];
    let (name, own) = (&taken.candidate.name, loss(taken.best.loss));
    let updates = taken.best.step;
    let others = others(entrants, choice.taken);
    let Some(next) = others.first() else {
        return format!(
            "Take `{name}`: no other run is left to compare it with. Its lowest evaluation loss is {own}, after {updates} updates."
        );
    };
    let (other, theirs) = (&next.candidate.name, loss(next.best.loss));
    if choice.equals == 1 {
        let difference = loss(next.best.loss - taken.best.loss);
        return format!(
            "Take `{name}`: its lowest evaluation loss, {own}, is {difference} nats below that of `{other}`, {theirs}."
        );
    }
    let describe = |e: &Entrant<'_>| format!("`{}`, {}{}", e.candidate.name, loss(e.best.loss), price(e.candidate));
    let equals = others[..choice.equals - 1].iter().map(describe).collect::<Vec<_>>().join(" and ");
    let dearer: Vec<_> = choice.dearer.iter().map(|&e| format!("`{}`", entrants[e].candidate.name)).collect();
    let why = match dearer.len() {
        0 => "has the lowest loss of those whose cost is alike".to_owned(),
        all if all + 1 == choice.equals => "costs less".to_owned(),
        _ => format!("costs less than {}, and has the lowest loss of the others", dearer.join(" and ")),
    };
    let own = format!("{own}{}", price(taken.candidate));
    format!("Take `{name}`: its lowest evaluation loss, {own}, counts as equal to that of {equals}, and it {why}.")
}

/// What it costs, in brackets.
fn price(candidate: &Candidate) -> String {
    let parts = [
        candidate.memory.map(|memory| format!("{} of memory", bytes(memory))),
        candidate.seconds_per_update.map(|seconds| format!("{} an update", duration(seconds))),
        candidate.artefact_bytes.map(|size| format!("{} to keep", bytes(size))),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// The entrants but one.
pub(super) fn others<'a>(entrants: &[Entrant<'a>], but: usize) -> Vec<Entrant<'a>> {
    entrants.iter().enumerate().filter(|&(e, _)| e != but).map(|(_, entrant)| *entrant).collect()
}

/// The answer where all are out.
pub(super) fn nothing(candidates: &[&Candidate]) -> String {
    match candidates {
        [] => "There is no run to compare.".to_owned(),
        [one] => format!("`{}`, the only run, cannot be recommended.", one.name),
        all => format!("None of the {} runs can be recommended.", all.len()),
    }
}
