//! A batch whose rows use different adapters over one base.

use std::ops::Range;

use burn::tensor::{Int, Tensor};
use graftwork_model::Parameters;
use graftwork_plan::{ParamId, Role};

use crate::adapted::Adapted;
use crate::session::{Mode, Session};

/// The parameters of one pass for evaluation in which each row of the batch has a model of its own: all of the same base, each with its
/// adapter.
pub struct PerRow<'a> {
    sessions: Vec<Session<'a>>,
    /// Rows that follow one another and have the same session, with its place.
    runs: Vec<(usize, Range<usize>)>,
    rows: usize,
}

impl<'a> PerRow<'a> {
    /// `models[of_rows[i]]` is that of row `i`. None where one of them changes what acts on every row at once, such as a norm: such models
    /// share no pass.
    ///
    /// The models are of one base and one architecture, whose layers keep the rows of a batch in their order and together.
    #[must_use]
    pub fn new(models: &[&'a Adapted], of_rows: &[usize]) -> Option<Self> {
        let changes_all = |model: &&Adapted| {
            let adapted = model.plan().adapters().iter().map(|a| a.target);
            let trained = model.plan().trainable().iter().map(|t| t.param);
            adapted.chain(trained).any(|id| !matches!(model.param(id).role, Role::Linear | Role::Head | Role::Bias))
        };
        if models.len() > 1 && models.iter().any(changes_all) {
            return None;
        }
        let mut runs: Vec<(usize, Range<usize>)> = Vec::new();
        for (row, &model) in of_rows.iter().enumerate() {
            match runs.last_mut() {
                Some((last, range)) if *last == model => range.end = row + 1,
                _ => runs.push((model, row..row + 1)),
            }
        }
        let sessions = models.iter().map(|model| model.session(&Mode::Evaluation)).collect();
        Some(Self { sessions, runs, rows: of_rows.len() })
    }

    /// Each run of rows through its own session.
    fn each(&self, count: usize, run: impl Fn(&Session<'a>, Range<usize>) -> Tensor<2>) -> Tensor<2> {
        let tokens = count / self.rows.max(1);
        let part = |(session, rows): &(usize, Range<usize>)| {
            run(&self.sessions[*session], rows.start * tokens..rows.end * tokens)
        };
        match self.runs.as_slice() {
            [only] => part(only),
            runs => Tensor::cat(runs.iter().map(part).collect(), 0),
        }
    }
}

impl Parameters for PerRow<'_> {
    fn linear(&self, weight: ParamId, bias: Option<ParamId>, x: Tensor<2>) -> Tensor<2> {
        let part = |session: &Session<'_>, rows: Range<usize>| {
            session.linear(weight, bias, x.clone().narrow(0, rows.start, rows.len()))
        };
        self.each(x.dims()[0], part)
    }

    fn embedding(&self, weight: ParamId, ids: Tensor<1, Int>) -> Tensor<2> {
        // No model changes it where there are several.
        self.sessions[self.runs.first().map_or(0, |(session, _)| *session)].embedding(weight, ids)
    }

    fn value(&self, param: ParamId) -> Tensor<2> {
        self.sessions[self.runs.first().map_or(0, |(session, _)| *session)].value(param)
    }

    fn plain(&self, param: ParamId) -> Option<Tensor<2>> {
        match self.runs.as_slice() {
            [(only, _)] => self.sessions[*only].plain(param),
            _ => None,
        }
    }
}
