//! The recommendation: a case for each of its branches, and that the order of the candidates does not matter.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use graftwork_report::CurvePoint;
use graftwork_report::verdict::{Candidate, Conditions, Price, Sweep, Topic, Trial, Verdict};
use proptest::prelude::*;

const GIB: u64 = 1 << 30;

/// A run that learnt, with evaluations every 20 updates that end flat at a loss.
fn candidate(name: &str, loss: f64) -> Candidate {
    curve(
        Candidate {
            name: name.to_owned(),
            finished: true,
            model: "0123abcd".to_owned(),
            device: "cpu".to_owned(),
            updates: 100,
            rows_per_update: 8,
            max_length: 128,
            learning_rate: 1e-3,
            seed: 42,
            fingerprint: "5b8a1f0c".to_owned(),
            training_tokens: 1_000_000,
            passes: 0.5,
            evaluation_tokens: 12_000,
            total_parameters: 5_000_000,
            trainable_parameters: 5_000_000,
            accuracy: Some(0.3),
            training_loss: Some(loss - 0.05),
            memory: Some(2 * GIB),
            estimated_memory: 2 * GIB,
            seconds_per_update: Some(0.5),
            tokens_per_second: Some(2000.0),
            training_seconds: 50.0,
            artefact_bytes: Some(20 << 20),
            ..Candidate::default()
        },
        &[5.0, loss + 0.2, loss + 0.05, loss, loss, loss],
    )
}

/// With these evaluations, the first before training.
fn curve(candidate: Candidate, losses: &[f64]) -> Candidate {
    let point = |(index, &loss): (usize, &f64)| CurvePoint {
        step: index as u64 * 20,
        seconds: index as f64 * 20.0 * candidate.seconds_per_update.unwrap_or(0.5),
        loss,
    };
    Candidate { curve: losses.iter().enumerate().map(point).collect(), ..candidate }
}

/// An adapter that does as well, or as told, for less.
fn adapter(name: &str, loss: f64) -> Candidate {
    Candidate {
        adapter: true,
        trainable_parameters: 200_000,
        memory: Some(GIB),
        artefact_bytes: Some(1 << 20),
        ..candidate(name, loss)
    }
}

fn judge(candidates: &[Candidate]) -> Verdict {
    Verdict::new(candidates, &Conditions::default())
}

fn taken<'a>(candidates: &'a [Candidate], verdict: &Verdict) -> Option<&'a str> {
    verdict.recommended.map(|index| candidates[index].name.as_str())
}

fn reason(verdict: &Verdict, about: Topic) -> String {
    verdict.reasons.iter().filter(|r| r.about == about).map(|r| r.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

#[test]
fn a_lower_loss_wins_where_the_difference_counts() {
    let candidates = [candidate("full", 3.80), adapter("lora", 3.86)];
    let verdict = judge(&candidates);
    assert_eq!(taken(&candidates, &verdict), Some("full"));
    says(&verdict.headline, &["`full`", "3.8000", "0.0600 nats below", "`lora`", "3.8600"]);
    says(
        &reason(&verdict, Topic::Quality),
        &["3.8000 after 60 updates of `full` (accuracy 30.00 %)", "From 0.01 nats on"],
    );
    says(&reason(&verdict, Topic::Memory), &["2.0 GiB for `full`", "1.0 GiB for `lora`"]);
    says(
        &reason(&verdict, Topic::Data),
        &["1,000,000 tokens", "0.2 for each of the 5,000,000 weights", "5 for each of the 200,000"],
    );
    says(&reason(&verdict, Topic::Gap), &["+0.0500 for `full`"]);
    says(
        &reason(&verdict, Topic::Deployment),
        &["a model of 20.0 MiB, 200.0 MiB for 10 variants", "an adapter of 1.0 MiB"],
    );
}

#[test]
fn equal_losses_leave_it_to_the_cost() {
    // Memory times seconds, then the size of the result, then the loss.
    let full = candidate("full", 3.800);
    let lora = adapter("lora", 3.806);
    let table = [
        (lora.clone(), "lora", "costs less"),
        (Candidate { memory: Some(3 * GIB), ..lora.clone() }, "full", "costs less"),
        (Candidate { memory: Some(GIB), seconds_per_update: Some(1.2), ..lora.clone() }, "full", "costs less"),
        (Candidate { memory: Some(2 * GIB), ..lora.clone() }, "lora", "costs less"),
        (Candidate { memory: None, ..lora.clone() }, "lora", "costs less"),
        (Candidate { memory: None, artefact_bytes: None, ..lora.clone() }, "full", "the lowest loss of those"),
        (
            Candidate { memory: Some(2 * GIB), artefact_bytes: Some(20 << 20), ..lora },
            "full",
            "the lowest loss of those",
        ),
    ];
    for (other, expected, why) in table {
        let candidates = [full.clone(), other];
        let verdict = judge(&candidates);
        assert_eq!(taken(&candidates, &verdict), Some(expected), "{}", verdict.headline);
        says(&verdict.headline, &["3.8000", "3.8060", "counts as equal", why]);
    }
    let verdict = judge(&[full, adapter("lora", 3.806)]);
    says(&reason(&verdict, Topic::Quality), &["`full` is 0.0060 nats lower, and less than 0.01 counts as equal"]);
}

#[test]
fn of_several_equals_it_is_said_who_costs_more() {
    let candidates = [
        candidate("full", 3.800),
        adapter("lora", 3.804),
        Candidate { seconds_per_update: Some(0.52), ..adapter("dora", 3.803) },
    ];
    let verdict = judge(&candidates);
    assert_eq!(taken(&candidates, &verdict), Some("dora"), "within a tenth costs are alike");
    says(&verdict.headline, &["it costs less than `full`, and has the lowest loss of the others"]);
}

#[test]
fn one_rate_is_no_sweep() {
    let sweep =
        Sweep { run: "full".to_owned(), updates: 100, trials: vec![Trial { learning_rate: 1e-3, loss: Some(3.8) }] };
    let candidates = [Candidate { sweep: Some(sweep), ..candidate("full", 3.800) }, adapter("lora", 3.9)];
    let caveats = judge(&candidates).caveats.join(" ");
    assert!(!caveats.contains("that were tried"), "{caveats}");
    says(&caveats, &["One learning rate was tried each: 0.001 of `full`, 0.001 of `lora`"]);
}

#[test]
fn who_is_far_behind_is_not_taken_for_being_cheap() {
    let candidates = [candidate("full", 3.800), adapter("lora", 3.805), adapter("tiny", 3.9)];
    let verdict = judge(&candidates);
    assert_eq!(taken(&candidates, &verdict), Some("lora"));
    assert!(!verdict.headline.contains("tiny"), "{}", verdict.headline);
}

#[test]
fn who_cannot_be_used_is_out_and_it_is_said_why() {
    let memory = Conditions { memory: Some(GIB + 1), price: None };
    let good = adapter("lora", 3.9);
    let table = [
        (Candidate { failure: Some("out of memory".to_owned()), ..candidate("full", 3.5) }, "failed: out of memory"),
        (
            Candidate { finished: false, memory: Some(GIB), ..candidate("full", 3.5) },
            "did not end: its last evaluation is after 100 of 100",
        ),
        (candidate("full", 3.5), "took 2.0 GiB of memory, and there are 1.0 GiB"),
        (Candidate { memory: None, ..candidate("full", 3.5) }, "is estimated to take 2.0 GiB of memory"),
        (
            Candidate { memory: Some(GIB), ..curve(candidate("full", 3.5), &[5.0]) },
            "no evaluation after any of its 100 updates",
        ),
        (
            Candidate { memory: Some(GIB), ..curve(candidate("full", 3.5), &[3.5, 3.6, 3.7]) },
            "3.6000 after 20 updates, is not below 3.5000",
        ),
    ];
    for (bad, why) in table {
        let candidates = [bad.clone(), good.clone()];
        let verdict = Verdict::new(&candidates, &memory);
        assert_eq!(taken(&candidates, &verdict), Some("lora"));
        assert_eq!(verdict.excluded.len(), 1);
        assert_eq!(verdict.excluded[0].candidate, 0);
        says(&verdict.excluded[0].why, &["`full`", why]);
        says(&verdict.headline, &["no other run is left", "3.9000"]);
        let verdict = Verdict::new(&[bad.clone(), bad], &memory);
        assert_eq!((verdict.recommended, verdict.excluded.len()), (None, 2));
        says(&verdict.headline, &["None of the 2 runs"]);
    }
    assert_eq!(judge(&[]).recommended, None);
    says(&Verdict::new(&[candidate("full", 3.5)], &memory).headline, &["`full`, the only run, cannot be recommended"]);
    says(&reason(&Verdict::new(&[good], &memory), Topic::Memory), &["1.0 GiB for `lora`; 1.0 GiB are at hand"]);
}

#[test]
fn a_rise_after_the_best_is_over_fitting() {
    let full = curve(candidate("full", 3.9), &[5.0, 4.0, 3.8, 3.9, 4.1, 4.3]);
    let candidates = [Candidate { training_loss: Some(3.1), ..full.clone() }, adapter("lora", 3.95)];
    let verdict = judge(&candidates);
    assert_eq!(taken(&candidates, &verdict), Some("full"), "its best counts, which `--result best` keeps");
    says(
        &reason(&verdict, Topic::Gap),
        &[
            "`full` over-fits these data",
            "lowest after 40 updates, 3.8000, and rose by 0.5000 to 4.3000 after 100",
            "`--result best`",
            "`--early-stopping 3`",
        ],
    );
    let unstable = judge(&[Candidate { training_loss: Some(4.2), ..full }, adapter("lora", 3.95)]);
    let gap = reason(&unstable, Topic::Gap);
    says(
        &gap,
        &[
            "`full` is unstable",
            "the training loss at the end, 4.2000, is no lower",
            "its learning rate is 0.001. Lower",
        ],
    );
    assert!(!gap.contains("over-fits"));
    let flat = judge(&[curve(candidate("full", 3.9), &[5.0, 4.0, 3.8, 3.805, 3.809])]);
    assert!(!reason(&flat, Topic::Gap).contains("over-fits"), "less than what counts is no rise");
}

#[test]
fn time_is_told_at_equal_training_too_and_in_money() {
    let slow = Candidate { seconds_per_update: Some(1.0), tokens_per_second: Some(1000.0), ..candidate("full", 3.8) };
    let slow = curve(slow, &[5.0, 4.6, 4.2, 4.0, 3.9, 3.8]);
    let fast = curve(adapter("lora", 3.9), &[5.0, 4.2, 4.0, 3.9, 3.9, 3.9]);
    let conditions = Conditions { memory: None, price: Some(Price { per_hour: 3.6, currency: "EUR".to_owned() }) };
    let verdict = Verdict::new(&[slow, fast], &conditions);
    says(
        &reason(&verdict, Topic::Time),
        &[
            "1.000 s for `full` (1,000 tokens/s) and 0.500 s for `lora` (2,000 tokens/s)",
            // 50 s lie between the evaluations after 40 and 60 updates of `full`.
            "After the same 50.0 s of training the evaluation losses are 4.1000 of `full` and 3.9000 of `lora`",
            "At 3.6 EUR an hour a million tokens of training cost 1 EUR for `full` and 0.5 EUR for `lora`",
        ],
    );
    let same = judge(&[candidate("full", 3.8), adapter("lora", 3.9)]);
    assert!(!reason(&same, Topic::Time).contains("After the same"), "where all took as long it says nothing");
}

#[test]
fn learning_rates_tried_are_told_and_their_edges_too() {
    let sweep = |losses: &[Option<f64>]| Sweep {
        run: "full".to_owned(),
        updates: 30,
        trials: losses
            .iter()
            .enumerate()
            .map(|(i, &loss)| Trial { learning_rate: [1e-4, 3e-4, 1e-3][i], loss })
            .collect(),
    };
    let table = [
        ([Some(4.2), Some(4.0), Some(4.1)], "0.0003 of 3 from 0.0001 to 0.001", None),
        (
            [Some(3.9), Some(4.0), Some(4.1)],
            "0.0001 of 3",
            Some("`full`, 0.0001, is the lowest of the 3 that were tried. Try lower"),
        ),
        (
            [Some(4.2), Some(4.0), Some(3.9)],
            "0.001 of 3",
            Some("`full`, 0.001, is the highest of the 3 that were tried. Try higher"),
        ),
        ([None, Some(4.0), None], "0.0003 of 3", None),
    ];
    for (losses, best, edge) in table {
        let swept = Candidate { sweep: Some(sweep(&losses)), ..candidate("full", 3.8) };
        let verdict = judge(&[swept, adapter("lora", 3.9)]);
        says(&reason(&verdict, Topic::Sweep), &[best, "for `full` (evaluation loss", "after 30 updates)"]);
        let caveats = verdict.caveats.join("\n");
        assert_eq!(caveats.contains("that were tried"), edge.is_some(), "{caveats}");
        says(&caveats, &[edge.unwrap_or(""), "One learning rate was tried each: 0.001 of `lora`"]);
    }
    let failed = Candidate { sweep: Some(sweep(&[None, Some(f64::NAN)])), ..candidate("full", 3.8) };
    assert_eq!(reason(&judge(&[failed]), Topic::Sweep), "");
    assert!(judge(&[candidate("full", 3.8)]).caveats.is_empty(), "a run alone is compared with nothing");
}

#[test]
fn what_the_answer_rests_on_is_said() {
    let full = candidate("full", 3.8);
    let table: [(Candidate, &[&str]); 11] = [
        (
            Candidate { model: "ffffffff".to_owned(), ..adapter("lora", 3.9) },
            &["different models: 0123abcd of `full`, ffffffff of `lora`. Their losses"],
        ),
        (
            Candidate { device: "cuda:0".to_owned(), ..adapter("lora", 3.9) },
            &["different devices: cpu of `full`, cuda:0 of `lora`. Their times"],
        ),
        (
            Candidate { fingerprint: "ffffffff".to_owned(), ..adapter("lora", 3.9) },
            &["different data: 5b8a1f0c of `full`, ffffffff of `lora`"],
        ),
        (Candidate { seed: 7, ..adapter("lora", 3.9) }, &["different seeds: 42 of `full`, 7 of `lora`"]),
        (
            Candidate { updates: 200, ..adapter("lora", 3.9) },
            &["different numbers of updates: 100 of `full`, 200 of `lora`"],
        ),
        (
            Candidate { rows_per_update: 16, ..adapter("lora", 3.9) },
            &["different rows in an update: 8 of `full`, 16 of `lora`"],
        ),
        (
            Candidate { max_length: 64, ..adapter("lora", 3.9) },
            &["different longest rows in tokens: 128 of `full`, 64 of `lora`"],
        ),
        (
            curve(adapter("lora", 3.9), &[5.0, 4.8, 4.5, 4.2, 4.1, 4.0]),
            &["`lora` was still learning", "fell by 0.2000 from 4.2000 after 60 updates to 4.0000 after 100"],
        ),
        (
            adapter("lora", 3.84),
            &["`full` is ahead of `lora` by 0.0400 nats, with one seed each (42 and 42)", "Below 0.05"],
        ),
        (
            Candidate { evaluation_tokens: 500, accuracy: Some(0.5), ..adapter("lora", 3.7) },
            &["counts 500 predictions", "accuracy of 50.00 %", "2.2 points"],
        ),
        (adapter("lora", 3.9), &["One learning rate was tried each: 0.001 of `full`, 0.001 of `lora`"]),
    ];
    let usual = judge(&[full.clone(), adapter("lora", 3.9)]).caveats.len();
    assert_eq!(usual, 1);
    for (index, (other, parts)) in table.into_iter().enumerate() {
        let caveats = judge(&[full.clone(), other]).caveats;
        says(&caveats.join("\n"), parts);
        assert_eq!(caveats.len(), if index == 10 { usual } else { usual + 1 }, "{caveats:#?}");
    }
}

fn any_candidate(name: usize) -> impl Strategy<Value = Candidate> {
    let losses = prop::collection::vec(prop_oneof![3.7..4.3, Just(3.8), Just(3.805)], 1..6);
    let sizes =
        (prop::option::of(1..5u64), prop::option::of(1..4u64), prop::option::of(1..3u64), any::<bool>(), 0..20u32);
    (losses, sizes).prop_map(move |(mut losses, (memory, size, seconds, adapter, fate))| {
        losses.insert(0, 4.2);
        let candidate = Candidate {
            memory: memory.map(|m| m * GIB),
            estimated_memory: 3 * GIB,
            artefact_bytes: size.map(|s| s << 20),
            seconds_per_update: seconds.map(|s| s as f64 / 2.0),
            adapter,
            finished: fate != 0,
            failure: (fate == 1).then(|| "it diverged".to_owned()),
            ..candidate(&format!("run-{name}"), 4.0)
        };
        curve(candidate, &losses)
    })
}

proptest! {
    #[test]
    fn the_order_of_the_candidates_does_not_matter(
        candidates in (0..5usize).prop_flat_map(|n| (0..n).map(any_candidate).collect::<Vec<_>>()).prop_shuffle(),
        memory in prop::option::of(1..5u64),
        turn in 0..5usize,
    ) {
        let conditions = Conditions { memory: memory.map(|m| m * GIB), price: None };
        let verdict = Verdict::new(&candidates, &conditions);
        let mut turned = candidates.clone();
        turned.reverse();
        turned.rotate_left(turn.min(candidates.len()));
        let again = Verdict::new(&turned, &conditions);
        prop_assert_eq!(taken(&candidates, &verdict), taken(&turned, &again));
        prop_assert_eq!(&verdict.headline, &again.headline);
        prop_assert_eq!(&verdict.reasons, &again.reasons);
        prop_assert_eq!(&verdict.caveats, &again.caveats);
        // What is taken is in, and as good as any that is.
        if let Some(index) = verdict.recommended {
            prop_assert!(verdict.excluded.iter().all(|excluded| excluded.candidate != index));
            let best = |c: &Candidate| c.curve[1..].iter().map(|p| p.loss).fold(f64::INFINITY, f64::min);
            let within = (0..candidates.len()).filter(|&i| verdict.excluded.iter().all(|e| e.candidate != i));
            let lowest = within.map(|i| best(&candidates[i])).fold(f64::INFINITY, f64::min);
            prop_assert!(best(&candidates[index]) - lowest < 0.01);
        } else {
            prop_assert_eq!(verdict.excluded.len(), candidates.len());
        }
    }
}
