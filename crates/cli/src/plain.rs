//! Progress in a log: a line for some updates, and a sign of life while a step goes on in silence.

use std::time::{Duration, Instant};

use graftwork::StepReport;

use crate::heartbeat::Heartbeat;
use crate::output;
use crate::text::{bytes, clock, rate};

/// How long a log may stand still.
const PACE: Duration = Duration::from_secs(10);

/// What is shown where there is no terminal for a bar.
pub(crate) struct Plain {
    heartbeat: Heartbeat,
    /// The first update that this process has seen the end of, and when.
    first: Option<(u64, Instant)>,
    told: Instant,
}

impl Plain {
    pub(crate) fn new() -> Self {
        // The result is on standard output; a sign of life must not come between.
        let heartbeat = Heartbeat::new(PACE, |text| output::say(&text));
        Self { heartbeat, first: None, told: Instant::now() }
    }

    /// What goes on; whether it begins.
    pub(crate) fn doing(&self, what: &str, begins: bool) {
        self.heartbeat.doing(what, begins);
    }

    /// The line for an update: the first, the last, and one every so often.
    pub(crate) fn step(&mut self, step: &StepReport, loss: f64) -> Option<String> {
        let StepReport { step: done, total_steps: all, tokens_per_second: speed, .. } = *step;
        self.heartbeat.doing(&format!("step {}", (done + 1).min(all)), true);
        let (first, at) = *self.first.get_or_insert((done, Instant::now()));
        let begins = first == done;
        if !begins && done < all && self.told.elapsed() < PACE {
            return None;
        }
        self.told = Instant::now();
        let each = if begins { step.seconds } else { at.elapsed().as_secs_f64() / (done - first) as f64 };
        let left = clock(each * all.saturating_sub(done) as f64);
        let memory = graftwork::peak_memory_bytes().map(|peak| format!("  {}", bytes(peak))).unwrap_or_default();
        let lr = rate(step.learning_rate);
        Some(format!("step {done:>5}/{all}  loss {loss:.3}  lr {lr}  {speed:.0} tokens/s  {left} left{memory}"))
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    fn report(step: u64) -> StepReport {
        StepReport {
            step,
            total_steps: 100,
            epoch: 0.5,
            loss: 3.25,
            grad_norm: 1.0,
            learning_rate: 2e-4,
            tokens: 512,
            target_tokens: 512,
            seconds: 0.5,
            tokens_per_second: 1024.0,
        }
    }

    #[test]
    fn a_log_has_the_first_update_the_last_and_one_now_and_then() {
        let mut plain = Plain::new();
        let first = plain.step(&report(1), 3.25).expect("the first");
        assert!(first.starts_with("step     1/100  loss 3.250  lr 2e-4  1024 tokens/s  0:50 left"), "{first}");
        assert_eq!(plain.step(&report(2), 3.25), None);
        if let Some(earlier) = plain.told.checked_sub(PACE) {
            plain.told = earlier;
            assert!(plain.step(&report(3), 3.25).is_some_and(|line| line.contains("3/100")), "after a while");
            assert_eq!(plain.step(&report(4), 3.25), None);
        }
        assert!(plain.step(&report(100), 3.25).is_some_and(|line| line.contains("0:00 left")));
    }
}
