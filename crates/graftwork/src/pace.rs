//! How far a long step is, told now and then.

use std::time::{Duration, Instant};

use crate::Event;
use crate::event::Unit;

/// How often it is told; a step that is done before that says nothing.
const PACE: Duration = Duration::from_millis(500);

/// Tells of a step with its share done.
pub(crate) struct Pace<'a> {
    what: &'static str,
    unit: Unit,
    total: Option<u64>,
    done: u64,
    told: Instant,
    on_event: &'a mut dyn FnMut(Event),
}

impl<'a> Pace<'a> {
    /// A step that begins, and that so much is to be done in, where that is known.
    pub(crate) fn new(
        what: &'static str,
        unit: Unit,
        total: impl Into<Option<u64>>,
        on_event: &'a mut dyn FnMut(Event),
    ) -> Self {
        on_event(Event::Working { what });
        Self { what, unit, total: total.into(), done: 0, told: Instant::now(), on_event }
    }

    /// So much is done, of all.
    pub(crate) fn at(&mut self, done: u64) {
        self.done = done;
        if self.told.elapsed() >= PACE {
            self.told = Instant::now();
            let Self { what, unit, total, done, .. } = *self;
            (self.on_event)(Event::Progress { what, unit, done, total });
        }
    }

    /// So much is done, and so much is to be done.
    pub(crate) fn of(&mut self, done: u64, total: u64) {
        self.total = Some(total);
        self.at(done);
    }

    /// So much more is done.
    pub(crate) fn add(&mut self, more: u64) {
        self.at(self.done + more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_step_says_only_that_it_begins_and_a_long_one_how_far_it_is() {
        let mut events = Vec::new();
        let mut on_event = |event| events.push(event);
        let mut pace = Pace::new("merging", Unit::Bytes, 100, &mut on_event);
        pace.add(10);
        pace.told = pace.told.checked_sub(PACE).unwrap_or(pace.told);
        pace.add(10);
        pace.add(10);
        assert!(matches!(
            events.as_slice(),
            [
                Event::Working { what: "merging" },
                Event::Progress { what: "merging", unit: Unit::Bytes, done: 20, total: Some(100) }
            ]
        ));
    }
}
