//! The page: what is in it, and that nothing of a model, a plugin or a file can become part of it as markup.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::time::Instant;

use base64::Engine;
use common::{fixture, long};
use graftwork_report::history::{Sample, Spike, Steered};
use graftwork_report::verdict::{Conditions, Sweep, Trial};
use graftwork_report::{Comparison, Report, Run};
use sha2::{Digest, Sha256};

fn report(runs: Vec<Run>, sweeps: &[Sweep]) -> Report {
    let comparison = (runs.len() > 1).then(|| Comparison::new(&runs, sweeps, Conditions::default()));
    Report { title: "full or lora".to_owned(), runs, comparison }
}

fn page(runs: Vec<Run>) -> String {
    report(runs, &[]).html().expect("a page")
}

/// What lies between two texts, the first time.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end}")).0
}

/// The text that a browser shows: what is between tags, in order.
fn text(page: &str) -> String {
    page.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

#[test]
fn a_comparison_has_its_parts() {
    let trials = vec![Trial { learning_rate: 1e-3, loss: Some(4.1) }, Trial { learning_rate: 1e-2, loss: None }];
    let sweep = Sweep { run: "lora".to_owned(), updates: 30, trials };
    let report = report(vec![fixture("full"), fixture("lora")], &[sweep]);
    let page = report.html().expect("a page");
    let headings: Vec<_> = page.split("<h2").skip(1).map(|part| between(part, ">", "</h2>")).collect();
    let parts =
        ["Why", "Numbers", "Curves", "Learning rates tried", "What they write", "What trains", "How it was measured"];
    assert_eq!(headings, parts);
    let text = text(&page);
    for part in [
        "its lowest evaluation loss, 3.7908, is 0.0695 nats below that of lora, 3.8603.",
        "recommended",
        "3.7908 @ 80",
        "model.layers.0-5.self_attn.q_proj.weight × 6",
        "frozen",
        "base + 2·(lora_B @ lora_A)",
        "Before training",
        "batch_size = 8",
        "failed",
    ] {
        assert!(text.contains(part), "no `{part}`");
    }
    // Each chart says in words what it shows, and has a line for each run.
    let charts: Vec<_> = page.split("<svg id=").skip(1).map(|part| between(part, "\"", "</svg>")).collect();
    assert_eq!(charts.len(), 6);
    for chart in charts {
        let words = between(chart, "<desc", "</desc>");
        assert!(chart.contains("role=\"img\" aria-label=\""));
        assert!(words.contains("full: from ") && words.contains("lora: from "), "{words}");
        assert!(chart.contains("class=\"run s0") && chart.contains("class=\"run s1"));
    }
    // Every table is one for who hears it.
    for table in page.split("<table").skip(1) {
        let table = between(table, ">", "</table>");
        assert!(table.contains("scope=\"row\"") && (table.contains("scope=\"col\"") || !table.contains("<thead>")));
    }
    assert_eq!(page.matches("<strong>").count(), 11, "the best of each row, and of the sweep");
}

#[test]
fn one_run_has_a_report_of_its_own() {
    let mut run = fixture("lora");
    let spike =
        Spike { step: 7, what: "grad_norm".to_owned(), value: 40.0, expected: 1.5, deviation: 0.1, ..Spike::default() };
    run.history.spikes = vec![spike; 500];
    run.history.steered = vec![Steered { step: 9, plugin: "ada-lora".to_owned(), actions: "rank 4".to_owned() }];
    let text = text(&page(vec![run]));
    for part in [
        "lora: evaluation loss 4.3521 → 3.8603, in 80 updates",
        "spikes: 500, decisions: 1",
        "gradient norm 40, where 1.5 ± 0.1 was usual",
        "441 more, which metrics.jsonl has",
        "ada-lora: rank 4",
    ] {
        assert!(text.contains(part), "no `{part}`");
    }
    assert!(!text.contains("Why") && !text.contains("recommended"));
    let mut failed = fixture("full");
    failed.measured.failure = Some("the loss is not finite".to_owned());
    assert!(self::text(&page(vec![failed])).contains("It failed: the loss is not finite"));
}

#[test]
fn nothing_is_fetched_and_only_our_own_script_runs() {
    let page = page(vec![fixture("full"), fixture("lora")]);
    let policy =
        between(&page, "Content-Security-Policy\" content=\"", "\"").replace("&#x27;", "'").replace("&#x2f;", "/");
    assert!(
        policy.starts_with("default-src 'none';") && !policy.contains("unsafe") && !policy.contains("http"),
        "{policy}"
    );
    for (what, start, end) in [("style", "<style>", "</style>"), ("script", "<script>", "</script>")] {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(between(&page, start, end)));
        assert!(
            policy.contains(&format!("{what}-src 'sha256-{hash}'")),
            "the page's {what} has sha256-{hash}, {policy}"
        );
    }
    let tags: Vec<_> = page.split('<').skip(1).map(|tag| tag.split_once('>').map_or(tag, |(tag, _)| tag)).collect();
    for tag in tags {
        for attribute in [" src=", " href=", " style=", " on"] {
            assert!(!tag.contains(attribute), "<{tag}>");
        }
    }
    assert!(!page.contains("@import") && !page.contains("url(h"));
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "</script></style><img src=x onerror=\"alert('1')\"><!-- \u{202e}gnp.exe\u{2066}\u{0}\u{7}\u{1b}[31m {{ 7*7 }} `x` &amp;";
    let mut runs = vec![fixture("full"), fixture("lora")];
    for run in &mut runs {
        run.name = format!("{}{hostile}", run.name);
        run.folder = hostile.into();
        run.configuration = Some(hostile.to_owned());
        run.measured.failure = Some(hostile.to_owned());
        run.history.samples =
            [0, 80].map(|step| Sample { step, prompt: hostile.to_owned(), text: hostile.to_owned() }).into();
        run.history.steered = vec![Steered { step: 1, plugin: hostile.to_owned(), actions: hostile.to_owned() }];
        run.history.spikes =
            vec![Spike { what: hostile.to_owned(), samples: vec![hostile.to_owned()], ..Spike::default() }];
        let about = &mut run.about;
        let texts = [&mut about.version, &mut about.device, &mut about.model.path, &mut about.model.architecture];
        texts.into_iter().for_each(|text| *text = hostile.to_owned());
        about.machine = Some(hostile.to_owned());
        about.data.files = vec![hostile.to_owned()];
        about.plan.trained = vec![hostile.to_owned()];
        for adapter in &mut about.plan.adapters {
            (adapter.kind, adapter.formula) = (hostile.to_owned(), hostile.to_owned());
        }
        for plugin in &mut about.strategy.plugins {
            (plugin.name, plugin.settings) = (hostile.to_owned(), serde_json::json!({ "a": hostile }));
        }
    }
    let trials = vec![Trial { learning_rate: 0.1, loss: Some(1.0) }];
    let sweep = Sweep { run: runs[0].name.clone(), updates: 1, trials };
    let mut report = report(runs, &[sweep]);
    report.title = hostile.to_owned();
    let page = report.html().expect("a page");
    let usual = self::report(vec![fixture("full"), fixture("lora")], &[]).html().expect("a page");
    for tag in ["<script", "</script", "<style", "</style", "<img", "<!--"] {
        assert_eq!(page.matches(tag).count(), usual.matches(tag).count(), "{tag}");
    }
    assert!(!page.contains("onerror=\""), "an attribute");
    let unseen = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{2066}';
    assert_eq!(page.chars().find(|&c| unseen(c)), None);
    assert!(text(&page).contains("⟨202E⟩gnp.exe⟨2066⟩⟨0000⟩⟨0007⟩⟨001B⟩[31m {{ 7*7 }}"));
    assert!(page.contains("&amp;amp;"), "as it was written");
    let numbers = between(&page, "id=\"numbers\">", "</script>");
    let numbers: serde_json::Value = serde_json::from_str(numbers).expect("JSON");
    assert!(numbers["runs"][0].as_str().is_some_and(|name| name.starts_with("full</script>")), "escaped as JSON is");
}

#[test]
fn a_long_run_has_a_short_page() {
    let runs: Vec<_> = (0..4).map(|run| long(&format!("run-{run}"), 100_000)).collect();
    let report = report(runs, &[]);
    let started = Instant::now();
    let page = report.html().expect("a page");
    let took = started.elapsed().as_secs_f64();
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    // A tenth of that on a machine that does nothing else.
    assert!(took < 2.0, "{took} s");
}

#[test]
fn no_numbers_break_no_chart() {
    let mut broken = long("broken", 50);
    for (index, step) in broken.history.steps.iter_mut().enumerate() {
        step.loss = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 4.0, f64::MAX][index % 5];
        (step.grad_norm, step.seconds) = (f64::NAN, f64::NAN);
    }
    broken.history.evaluations.iter_mut().for_each(|e| e.loss = f64::NAN);
    let mut one = long("one", 1);
    one.history.evaluations.clear();
    for runs in
        [vec![Run::default()], vec![Run::default(), long("flat", 3)], vec![broken.clone()], vec![broken, one], vec![]]
    {
        let page = page(runs);
        for drawing in page.split("<svg").skip(1).map(|part| between(part, " ", "</svg>")) {
            for wrong in ["NaN", "inf"] {
                assert!(!drawing.contains(wrong), "{wrong} in {drawing}");
            }
        }
        let numbers = between(&page, "id=\"numbers\">", "</script>");
        assert!(serde_json::from_str::<serde_json::Value>(numbers).is_ok(), "{numbers}");
    }
}
