//! What each run trains, side by side: parameters that are treated alike in every run share a row, and numbers in their
//! names are drawn together, as in `model.layers.0-5.self_attn.q_proj.weight`.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::Run;

/// Parameters that are treated alike.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Their names.
    pub(crate) names: String,
    /// How many there are.
    pub(crate) count: usize,
    /// What each run does with them.
    pub(crate) treatments: Vec<Option<Treatment>>,
    /// Whether one does otherwise than another.
    pub(crate) differs: bool,
}

/// What a run does with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Treatment {
    /// Whether they train themselves.
    pub(crate) in_place: bool,
    /// The kind of their adapters, and the weight that results; empty where there is none.
    pub(crate) kind: String,
    pub(crate) formula: String,
    /// Weights that the adapters add. Not part of what is alike: layers may differ in it.
    pub(crate) parameters: u64,
}

/// What the runs train, in the order of the model's parameters as far as the plans tell it.
pub(crate) fn rows(runs: &[Run]) -> Vec<Row> {
    // Each name with what each run does, in the order in which the names are met.
    let mut order: Vec<&str> = Vec::new();
    let mut by_name: HashMap<&str, Vec<Option<Treatment>>> = HashMap::new();
    for (index, run) in runs.iter().enumerate() {
        let plan = &run.about.plan;
        let trained = plan.trained.iter().map(|name| (name, None));
        let adapted = plan.adapters.iter().map(|adapter| (&adapter.target, Some(adapter)));
        for (name, adapter) in trained.chain(adapted) {
            let treatments = by_name.entry(name).or_insert_with(|| {
                order.push(name);
                vec![None; runs.len()]
            });
            let treatment = treatments[index].get_or_insert_default();
            match adapter {
                None => treatment.in_place = true,
                Some(adapter) => {
                    treatment.kind.clone_from(&adapter.kind);
                    treatment.formula.clone_from(&adapter.formula);
                    treatment.parameters += adapter.parameters;
                }
            }
        }
    }
    // Names that are alike but for numbers, and treated alike, in the order in which the first is met.
    let mut groups: Vec<Vec<&str>> = Vec::new();
    let mut group_of = HashMap::new();
    for name in order {
        let alike: Vec<_> = by_name[name].iter().map(|t| t.clone().map(|t| Treatment { parameters: 0, ..t })).collect();
        let index = *group_of.entry((Name::of(name).pattern(), alike)).or_insert(groups.len());
        if index == groups.len() {
            groups.push(Vec::new());
        }
        groups[index].push(name);
    }
    let names = |group: &Vec<&str>| collapse(group.iter().map(|name| Name::of(name)).collect());
    groups.iter().flat_map(names).map(|(names, members)| row(names, &members, &by_name)).collect()
}

fn row(names: String, members: &[String], by_name: &HashMap<&str, Vec<Option<Treatment>>>) -> Row {
    let of_all: Vec<_> = members.iter().map(|name| &by_name[name.as_str()]).collect();
    let mut treatments = of_all[0].clone();
    for other in &of_all[1..] {
        for (sum, more) in treatments.iter_mut().zip(*other) {
            if let (Some(sum), Some(more)) = (sum, more) {
                sum.parameters += more.parameters;
            }
        }
    }
    let differs = treatments.iter().any(|treatment| *treatment != treatments[0]);
    Row { names, count: members.len(), treatments, differs }
}

/// A name, with the numbers that are parts of it apart.
struct Name<'a> {
    parts: Vec<&'a str>,
    /// Numbers, with their places among the parts.
    numbers: Vec<(usize, u64)>,
}

impl<'a> Name<'a> {
    fn of(name: &'a str) -> Self {
        let parts: Vec<_> = name.split('.').collect();
        // `007` is no number here, since it could not be written again.
        let number = |part: &str| part.parse().ok().filter(|n: &u64| n.to_string() == part);
        let numbers = parts.iter().enumerate().filter_map(|(place, part)| Some((place, number(part)?))).collect();
        Self { parts, numbers }
    }

    /// The name with each number replaced by a text.
    fn with(&self, mut text: impl FnMut(usize) -> String) -> String {
        let mut parts: Vec<_> = self.parts.iter().map(|&part| part.to_owned()).collect();
        for (index, &(place, _)) in self.numbers.iter().enumerate() {
            parts[place] = text(index);
        }
        parts.join(".")
    }

    fn pattern(&self) -> String {
        self.with(|_| "*".to_owned())
    }
}

/// Names of one pattern as few names with ranges, each with the names that it stands for.
fn collapse(names: Vec<Name<'_>>) -> Vec<(String, Vec<String>)> {
    let Some(first) = names.first() else { return Vec::new() };
    let values: Vec<BTreeSet<u64>> =
        (0..first.numbers.len()).map(|i| names.iter().map(|name| name.numbers[i].1).collect()).collect();
    // Ranges say all combinations; where some are missing, one number is told apart.
    let combinations = values.iter().try_fold(1usize, |product, set| product.checked_mul(set.len()));
    if combinations == Some(names.len()) {
        let members = names.iter().map(|name| name.parts.join(".")).collect();
        return vec![(first.with(|i| ranges(&values[i])), members)];
    }
    let Some(apart) = (0..values.len()).filter(|&i| values[i].len() > 1).min_by_key(|&i| values[i].len()) else {
        return names.iter().map(|name| (name.parts.join("."), vec![name.parts.join(".")])).collect();
    };
    let mut rest = names;
    let mut told = Vec::new();
    for &value in &values[apart] {
        let (these, others) = rest.into_iter().partition(|name| name.numbers[apart].1 == value);
        rest = others;
        told.extend(collapse(these));
    }
    told
}

/// `0-3,5`.
fn ranges(numbers: &BTreeSet<u64>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let text = |&(first, last): &(u64, u64)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::rows;
    use crate::about::{Adapter, Plan};
    use crate::{About, Run};

    fn run(trained: &[&str], adapted: &[(&str, &str)]) -> Run {
        let adapter = |&(target, kind): &(&str, &str)| Adapter {
            target: target.to_owned(),
            kind: kind.to_owned(),
            parameters: 8,
            ..Adapter::default()
        };
        let trained = trained.iter().map(|&name| name.to_owned()).collect();
        let plan = Plan { trained, adapters: adapted.iter().map(adapter).collect(), ..Plan::default() };
        Run { about: About { plan, ..About::default() }, ..Run::default() }
    }

    fn told(runs: &[Run]) -> Vec<(String, usize, bool)> {
        rows(runs).into_iter().map(|row| (row.names, row.count, row.differs)).collect()
    }

    #[test]
    fn layers_treated_alike_share_a_row() {
        let names: Vec<_> = (0..6).flat_map(|l| ["q", "k"].map(|m| format!("layers.{l}.{m}.weight"))).collect();
        let full = run(&names.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        let adapted: Vec<_> = names.iter().filter(|n| n.contains(".q.") && !n.contains(".3.")).collect();
        let lora = run(&[], &adapted.iter().map(|n| (n.as_str(), "lora")).collect::<Vec<_>>());
        let expected =
            [("layers.0-2,4-5.q.weight", 5, true), ("layers.0-5.k.weight", 6, true), ("layers.3.q.weight", 1, true)];
        assert_eq!(told(&[full.clone(), lora.clone()]), expected.map(|(n, c, d)| (n.to_owned(), c, d)));
        let rows = rows(&[full.clone(), lora]);
        assert!(rows[0].treatments[0].as_ref().is_some_and(|t| t.in_place));
        assert!(rows[0].treatments[1].as_ref().is_some_and(|t| t.kind == "lora" && t.parameters == 40));
        assert_eq!(rows[1].treatments[1], None);
        assert_eq!(
            told(&[full.clone(), full]),
            [("layers.0-5.q.weight".to_owned(), 6, false), ("layers.0-5.k.weight".to_owned(), 6, false)]
        );
    }

    #[test]
    fn ranges_never_say_more_than_there_is() {
        let experts = ["l.0.e.0.w", "l.0.e.1.w", "l.1.e.0.w", "l.1.e.1.w", "l.2.e.1.w", "l.007.e.1.w"];
        let expected = [("l.0-1.e.0.w", 2, false), ("l.0-2.e.1.w", 3, false), ("l.007.e.1.w", 1, false)];
        assert_eq!(told(&[run(&experts, &[])]), expected.map(|(n, c, d)| (n.to_owned(), c, d)));
    }
}
