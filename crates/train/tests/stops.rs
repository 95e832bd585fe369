//! A stop at any place of a run, its evaluations and what controllers decide: what is told is what a run without a stop tells.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod common;

use common::{Data, Model, STEPS};
use graftwork_adapt::Adapted;
use graftwork_data::EvalSplit;
use graftwork_plan::{Action, Report};
use graftwork_train::{EvalReport, Observer, Outcome, Snapshot, SpikeReport, StepReport};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Notes what it is told and asked, ends the run after an update as a controller does, and stops it at some moment.
#[derive(Default)]
struct Listener {
    told: Vec<String>,
    ends_after: Option<u64>,
    stops_at: Option<usize>,
    moments: usize,
    stopped: bool,
    saved: Option<Snapshot>,
}

impl Listener {
    fn tell(&mut self, what: String) {
        self.told.push(what);
        self.pass();
    }

    /// A moment at which a signal may come.
    fn pass(&mut self) {
        self.stopped |= self.stops_at == Some(self.moments);
        self.moments += 1;
    }
}

impl Observer for Listener {
    fn step(&mut self, report: &StepReport) -> Result<()> {
        self.tell(format!("step {} {}", report.step, report.loss));
        Ok(())
    }
    fn spike(&mut self, _: &SpikeReport) -> Result<()> {
        Ok(())
    }
    fn evaluating(&mut self, _: usize) {
        self.pass();
    }
    fn evaluated_batch(&mut self) {
        self.pass();
    }
    fn evaluation(&mut self, report: &EvalReport) -> Result<()> {
        self.tell(format!("evaluation {} {}", report.step, report.evaluation.loss));
        Ok(())
    }
    fn begin(&mut self, _: &Adapted, _: u64) -> Result<Vec<Action>> {
        self.tell("begin".to_owned());
        Ok(Vec::new())
    }
    fn decide(&mut self, _: &Adapted, report: &Report) -> Result<Vec<Action>> {
        self.tell(format!("decide {} {:?}", report.step, report.eval_loss));
        Ok((self.ends_after == Some(report.step)).then(|| Action::Stop("enough".into())).into_iter().collect())
    }
    fn checkpoint(&mut self, snapshot: Snapshot) -> Result<()> {
        self.saved = Some(snapshot);
        Ok(())
    }
    fn should_stop(&self) -> bool {
        self.stopped
    }
}

#[test]
fn a_stop_at_any_moment_changes_nothing_of_what_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let data = Data::split(dir.path(), EvalSplit::fraction(0.25).expect("a fraction"));
    let model = Model::new();
    let plan = model.lora("model.layers.0.self_attn.v_proj.weight");
    // Gone on with from what the process before has left.
    let go_on = |from: Option<Snapshot>, mut listener: Listener| -> (Outcome, Snapshot, Listener) {
        let mut trainer = model.trainer(&plan, &data, 1e-3, 1);
        if let Some(snapshot) = from {
            trainer.restore(snapshot).expect("a snapshot of this run");
        }
        let outcome = trainer.run(&mut listener).expect("it trains");
        (outcome, trainer.snapshot(), listener)
    };
    for ends_after in [None, Some(2), Some(STEPS)] {
        let (whole, _, expected) = go_on(None, Listener { ends_after, ..Listener::default() });
        assert!(whole.finished && whole.progress.last_eval.is_some());
        let mut stops = 0;
        for moment in 0..expected.moments {
            let stopping = Listener { ends_after, stops_at: Some(moment), ..Listener::default() };
            let (mut outcome, left, mut listener) = go_on(None, stopping);
            let mut told = std::mem::take(&mut listener.told);
            if !outcome.finished {
                stops += 1;
                let (end, _, rest) = go_on(Some(left), Listener { ends_after, ..Listener::default() });
                told.extend(rest.told);
                outcome = end;
            }
            let case = format!("ends after {ends_after:?}, stopped at {moment}");
            assert!(outcome.finished, "{case}");
            assert_eq!(told, expected.told, "{case}");
            assert_eq!(outcome.progress.last_eval, whole.progress.last_eval, "{case}");
            assert_eq!(outcome.progress.first_eval, whole.progress.first_eval, "{case}");
        }
        assert!(stops > 6, "{stops}");
    }
}
