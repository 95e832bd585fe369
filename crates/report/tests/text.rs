//! The table for a terminal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::fixture;
use graftwork_report::verdict::{Conditions, Price};
use graftwork_report::{Comparison, Report, Run};

fn report(runs: Vec<Run>) -> Report {
    let price = Some(Price { per_hour: 2.0, currency: "USD".to_owned() });
    let comparison = Comparison::new(&runs, &[], Conditions { memory: Some(8 << 30), price });
    Report { title: "full or lora".to_owned(), runs, comparison: Some(comparison) }
}

#[test]
fn columns_line_up_and_the_best_is_marked() {
    let text = report(vec![fixture("full"), fixture("lora")]).text().to_string();
    let (table, verdict) = text.split_once("* the best of its row").expect("a table");
    let widths: Vec<_> = table.trim_end_matches('\n').lines().map(|line| line.chars().count()).collect();
    assert!(widths.iter().all(|&width| width == widths[0] && width < 100), "{text}");
    let row = |label: &str| {
        let line = table.lines().find(|line| line.starts_with(label)).expect("a row");
        line[label.len()..].split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("Best evaluation loss"), "3.7908 @ 80 * 3.8603 @ 80");
    assert_eq!(row("Result"), "10.7 MiB model 1007.9 KiB adapter *");
    assert_eq!(row("Learning rate"), "0.0005 0.002");
    assert_eq!(row("Rise since the best"), "+0.0000 +0.0000", "of equals none is best");
    assert!(table.contains("Cost of 10⁶ tokens at 2 USD an hour"), "{table}");
    assert!(verdict.contains("\nTake `full`: ") && verdict.contains("  · ") && verdict.contains("  ! "), "{verdict}");
}

#[test]
fn what_a_plugin_calls_itself_moves_no_cursor() {
    let mut lora = fixture("lora");
    lora.name = "lora\u{1b}[2J\r\nx".to_owned();
    let text = report(vec![fixture("full"), lora]).text().to_string();
    assert!(text.contains("lora⟨001B⟩[2J⟨000D⟩ x"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_report_survives_json() {
    let report = report(vec![fixture("full"), fixture("lora")]);
    let again: Report = serde_json::from_str(&serde_json::to_string(&report).expect("JSON")).expect("a report");
    assert_eq!(report, again);
}
