//! What is drawn, by text, for terminals of several sizes.
#![allow(clippy::expect_used, reason = "tests")]

use std::path::PathBuf;
use std::time::Duration;

use graftwork::{EvalReport, Evaluation, Event, ProcessMemory, SpikeReport, StepReport, Watched};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::draw::{Moment, Theme, draw};
use super::keys::{Pane, View};
use super::log::Kind;
use super::state::State;

const MIB: u64 = 1 << 20;

fn update(step: u64) -> Event {
    let x = step as f64;
    Event::Step(StepReport {
        step,
        total_steps: 200,
        epoch: x / 160.0,
        loss: 4.4 - 0.6 * (x / 80.0).tanh() + 0.12 * (x * 12.9898).sin(),
        grad_norm: 1.0 + 0.3 * (x * 0.7).sin(),
        learning_rate: 3e-3 * (1.0 - x / 200.0),
        tokens: 1000,
        target_tokens: 990,
        seconds: 0.5,
        tokens_per_second: 2000.0,
    })
}

fn evaluation(step: u64, loss: f64) -> Event {
    let evaluation = Evaluation { loss, perplexity: Some(loss.exp()), accuracy: 0.25, f1: None, target_tokens: 900 };
    Event::Evaluation(EvalReport { step, evaluation })
}

/// A run after so many updates, of which each took half a second.
fn run(steps: u64) -> State {
    let mut state = State::default();
    let before = [
        Event::Working { what: "opening the model" },
        Event::Model { path: PathBuf::from("models/small"), architecture: "llama".to_owned(), parameters: 5_475_584 },
        Event::Warning { message: "the data has short rows".to_owned() },
        Event::Begun {
            out: PathBuf::from("runs/lora-7"),
            strategy: "lora".to_owned(),
            step: 0,
            device: "cpu".to_owned(),
            estimated_memory: 350 * MIB,
            device_memory: Some(24 << 30),
        },
        evaluation(0, 4.3521),
    ];
    before.iter().for_each(|event| state.apply(event, Duration::from_secs(1)));
    for step in 1..=steps {
        let at = Duration::from_secs(1) + Duration::from_millis(500 * step);
        state.apply(&update(step), at);
        if step % 50 == 0 {
            state.apply(&evaluation(step, 4.3521 - 0.005 * step as f64), at);
            let path = PathBuf::from(format!("runs/lora-7/checkpoints/step-{step}"));
            state.apply(&Event::Checkpoint { step, path }, at);
        }
    }
    state
}

fn moment() -> Moment {
    let memory = ProcessMemory { now: Some(336 * MIB), peak: Some(340 * MIB) };
    Moment { elapsed: Duration::from_secs(62), memory, stopping: false }
}

fn terminal(state: &State, size: (u16, u16), view: View, moment: Moment, colours: bool) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a terminal");
    terminal.draw(|frame| draw(frame, state, view, moment, Theme { colours })).expect("drawn");
    terminal
}

fn text(state: &State, size: (u16, u16), view: View) -> String {
    terminal(state, size, view, moment(), true).backend().to_string()
}

fn shows(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn the_usual_terminal_has_curves_numbers_log_and_progress() {
    let text = text(&run(120), (80, 24), View::default());
    shows(&text, &["Graftwork · lora · llama 5.5 M · runs/lora-7", "training", "loss · train ━ smoothed • eval"]);
    shows(&text, &["loss      3.", "best      3.8521 at 100", "norm", "tokens/s  2000", "mean      2000 tokens/s"]);
    shows(&text, &["memory    336.0 MiB", "peak      340.0 MiB", "estimate  350.0 MiB", "machine   24.0 GiB"]);
    shows(&text, &["eval       loss 3.8521", "saved      checkpoint runs/lora-7/checkpoints/step-100"]);
    shows(&text, &["120/200  60 %", "1:02 elapsed  0:40 left", "q stop with a checkpoint"]);
    assert!(text.chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)), "there are curves\n{text}");
}

#[test]
fn a_large_terminal_has_more_of_the_log() {
    let text = text(&run(200), (120, 40), View::default());
    shows(&text, &["200/200  100 %", "0:00 left", "step-200", "loss 4.1021", "step 0", "rate      0 "]);
}

#[test]
fn a_tiny_terminal_has_what_matters_most() {
    shows(
        &text(&run(120), (20, 5), View::default()),
        &["training", "120/200, 0:40 left", "loss 3.", "eval 3.8521", "tokens/s"],
    );
    shows(&text(&State::default(), (20, 1), View::default()), &["starting"]);
}

#[test]
fn every_size_is_drawn_in_every_pane() {
    let states = [State::default(), run(1), run(120)];
    for width in (0..=64).chain([80, 200]) {
        for height in (0..=20).chain([24, 60]) {
            for pane in Pane::ALL {
                let view = View { pane, help: width % 2 == 0, until: Some(1) };
                states.iter().for_each(|state| drop(terminal(state, (width, height), view, moment(), true)));
            }
        }
    }
}

#[test]
fn panes_show_what_they_are_called_after() {
    let (state, at) = (run(120), |pane| View { pane, ..View::default() });
    shows(&text(&state, (80, 24), at(Pane::Rates)), &["learning rate", "gradient norm", "e-3"]);
    shows(
        &text(&state, (80, 24), at(Pane::Plan)),
        &["model     llama, 5,475,584 weights", "models/small", "run       runs/lora-7"],
    );
    shows(&text(&state, (80, 24), at(Pane::Log)), &["the data has short rows", "step-50", "step-100"]);
    shows(
        &text(&state, (80, 24), View { help: true, ..View::default() }),
        &["q, Ctrl+C", "with a checkpoint", "end at once"],
    );
}

#[test]
fn a_scrolled_log_says_what_is_below() {
    let text = text(&run(120), (80, 24), View { pane: Pane::Log, help: false, until: Some(2) });
    shows(&text, &["log, 4 newer below", "the data has short rows"]);
    assert!(!text.contains("step-50"), "{text}");
}

#[test]
fn a_stop_is_told() {
    let asked = Moment { stopping: true, ..moment() };
    for size in [(80, 24), (45, 5)] {
        let terminal = terminal(&run(120), size, View::default(), asked, true);
        shows(&terminal.backend().to_string(), &["stopping after this update; again: at once"]);
    }
}

#[test]
fn without_colours_none_is_used() {
    let coloured = |colours| {
        let terminal = terminal(&run(120), (80, 24), View::default(), moment(), colours);
        terminal
            .backend()
            .buffer()
            .content()
            .iter()
            .filter(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
            .count()
    };
    assert_eq!(coloured(false), 0);
    assert!(coloured(true) > 100);
}

#[test]
fn events_become_lines_of_their_kind() {
    let mut state = State::default();
    let events = [
        Event::Sample { step: 0, prompt: "Once".to_owned(), text: " upon\n a  time".to_owned() },
        Event::Steered { step: 3, plugin: "relora".to_owned(), actions: "fold".to_owned() },
        Event::Spike(SpikeReport {
            step: 4,
            what: Watched::Loss,
            value: 9.0,
            expected: 2.0,
            deviation: 0.5,
            samples: vec![],
        }),
        Event::Saved { what: "adapter", path: PathBuf::from("runs/a/adapter") },
    ];
    events.iter().for_each(|event| state.apply(event, Duration::ZERO));
    state.message(" WARN graftwork: low on disk\n", Duration::ZERO);
    state.message(" INFO graftwork: all is well\n", Duration::ZERO);
    state.message("metrics at a URL", Duration::ZERO);
    let of = |kind| state.log.of(kind).collect::<Vec<_>>();
    assert_eq!(of(Kind::Sample), ["Once ▸ upon a time"]);
    assert_eq!(of(Kind::Steered), ["relora: fold"]);
    assert_eq!(of(Kind::Spike), ["loss 9.0000 where 2.0000 ± 0.5000 was expected"]);
    assert_eq!(of(Kind::Checkpoint), ["adapter runs/a/adapter"]);
    assert_eq!(of(Kind::Warning), ["graftwork: low on disk"]);
    assert_eq!(of(Kind::Note), ["graftwork: all is well", "metrics at a URL"]);
}

#[test]
fn what_goes_on_is_told_until_the_next_update() {
    let mut state = run(1);
    assert_eq!(state.doing, None);
    state.apply(&Event::Evaluating { batches: 8 }, Duration::ZERO);
    state.apply(&Event::EvaluatedBatch, Duration::ZERO);
    assert_eq!(state.doing.as_deref(), Some("evaluating 1/8"));
    state.apply(&evaluation(1, 2.0), Duration::ZERO);
    assert_eq!(state.doing, None);
    state.apply(&Event::Working { what: "saving" }, Duration::ZERO);
    assert_eq!(state.doing.as_deref(), Some("saving"));
}

#[test]
fn a_resumed_run_counts_its_own_pace() {
    let mut state = State::default();
    for step in [150, 151, 152] {
        state.apply(&update(step), Duration::from_secs(2 * step));
    }
    let last = state.update.clone().expect("an update");
    assert_eq!(state.pace.left(&last), Some(Duration::from_secs(2 * 48)));
    assert_eq!(state.pace.mean(), Some(2000.0));
    assert_eq!(State::default().pace.mean(), None);
}
