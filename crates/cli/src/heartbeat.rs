//! A sign of life: says what goes on where nothing else was said for a while.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Says it from a thread of its own, until it is dropped.
pub(crate) struct Heartbeat {
    doing: Arc<Mutex<Doing>>,
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

struct Doing {
    what: String,
    since: Instant,
    told: Instant,
}

impl Heartbeat {
    pub(crate) fn new(pace: Duration, say: impl Fn(String) + Send + 'static) -> Self {
        let now = Instant::now();
        let doing = Arc::new(Mutex::new(Doing { what: String::new(), since: now, told: now }));
        let (stop, stopped) = channel();
        let theirs = Arc::clone(&doing);
        // Without it a log is quieter, and nothing else is amiss.
        let thread = std::thread::Builder::new().name("heartbeat".to_owned()).spawn(move || {
            while stopped.recv_timeout(pace / 10) == Err(RecvTimeoutError::Timeout) {
                // What a panic left is whole.
                let mut doing = theirs.lock().unwrap_or_else(PoisonError::into_inner);
                if doing.told.elapsed() >= pace && !doing.what.is_empty() {
                    doing.told = Instant::now();
                    let text = format!("{}, {:.0} s so far", doing.what, doing.since.elapsed().as_secs_f64());
                    drop(doing);
                    say(text);
                }
            }
        });
        Self { doing, thread: thread.ok().map(|thread| (stop, thread)) }
    }

    /// What goes on; whether it begins, or is only further than it was.
    pub(crate) fn doing(&self, what: &str, begins: bool) {
        let mut doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner);
        what.clone_into(&mut doing.what);
        if begins {
            doing.since = Instant::now();
            doing.told = doing.since;
        }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // It ends by itself, and says nothing more.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn silence_is_broken_and_what_speaks_is_left_alone() {
        let (say, said) = channel();
        let heart = Heartbeat::new(Duration::from_millis(50), move |text| drop(say.send(text)));
        heart.doing("planning", true);
        let text = said.recv_timeout(Duration::from_secs(20)).expect("a sign of life");
        assert!(text.starts_with("planning, ") && text.ends_with(" s so far"), "{text}");
        drop(heart);
        said.iter().for_each(drop);
    }
}
