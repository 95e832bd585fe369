//! `--tui`: a run on the whole terminal.
//!
//! Events change a [`State`] under a lock that is held for microseconds. A thread of its own copies it a few times a second,
//! draws the copy, and reads the keys; training waits for nothing of that.

mod charts;
mod draw;
mod keys;
mod lines;
mod log;
mod numbers;
mod screen;
mod series;
mod state;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use graftwork::{Event, ProcessMemory};
use ratatui::Terminal;
use ratatui::backend::TermionBackend;

use crate::signals::Signals;
use draw::{Moment, Theme};
use keys::{View, Wish};
use log::Kind;
pub(crate) use screen::give_back;
use state::State;

/// Between frames; a key does not wait for the end of it.
const PAUSE: Duration = Duration::from_millis(250);

/// So long the end of a run waits for the thread. It waits for ever itself where it was reading when a panic gave the terminal
/// back: reading ends with a line then, and not after a tenth of a second.
const PATIENCE: Duration = Duration::from_millis(500);

/// Takes the messages of the log while the dashboard has the terminal.
static SHOWN: Mutex<Option<Arc<Shared>>> = Mutex::new(None);

/// The dashboard; its end gives the terminal back.
pub(crate) struct Dashboard {
    shared: Arc<Shared>,
    /// Closes when the thread that draws has ended.
    ended: Receiver<()>,
}

struct Shared {
    state: Mutex<State>,
    started: Instant,
    done: AtomicBool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dashboard {
    /// Takes the terminal on standard output.
    pub(crate) fn start(signals: &Signals) -> io::Result<Self> {
        let terminal = Terminal::new(TermionBackend::new(screen::Canvas::default()))?;
        let shared = Shared { state: Mutex::default(), started: Instant::now(), done: AtomicBool::new(false) };
        let shared = Arc::new(shared);
        screen::enter()?;
        let (drawn, signals) = (Arc::clone(&shared), signals.clone());
        let (running, ended) = channel::<()>();
        let work = move || {
            let _running = running;
            // A terminal that cannot be drawn on is given up; the run tells the rest as it does without one.
            if work(&drawn, terminal, &signals).is_err() {
                screen::leave();
            }
        };
        let thread = std::thread::Builder::new().name("dashboard".to_owned()).spawn(work);
        thread.inspect_err(|_| screen::leave())?;
        *shown() = Some(Arc::clone(&shared));
        Ok(Self { shared, ended })
    }

    /// Whether it still has the terminal: a panic in another thread and an error of the terminal take it away.
    pub(crate) fn is_up(&self) -> bool {
        screen::is_up()
    }

    /// Takes in what happened.
    pub(crate) fn show(&self, event: &Event) {
        self.shared.state().apply(event, self.shared.started.elapsed());
    }

    /// Gives the terminal back; the warnings that were shown, which a person is to find after the run too.
    pub(crate) fn close(self) -> Vec<String> {
        let shared = Arc::clone(&self.shared);
        drop(self);
        let state = shared.state();
        state.log.of(Kind::Warning).map(str::to_owned).collect()
    }
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        self.shared.done.store(true, Ordering::SeqCst);
        // Nothing is ever sent.
        let _ = self.ended.recv_timeout(PATIENCE);
        screen::leave();
        shown().take();
    }
}

/// Takes a line that is no event, such as a message of the log, if a dashboard has the terminal.
pub(crate) fn take(message: &str) -> bool {
    match shown().as_ref().filter(|_| screen::is_up()) {
        Some(shared) => {
            shared.state().message(message, shared.started.elapsed());
            true
        }
        None => false,
    }
}

fn shown() -> MutexGuard<'static, Option<Arc<Shared>>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Draws and reads keys until the run is over or the terminal is gone.
fn work(shared: &Shared, mut terminal: Terminal<TermionBackend<screen::Canvas>>, signals: &Signals) -> io::Result<()> {
    let theme = Theme { colours: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) };
    let (mut view, mut sent) = (View::default(), [0; 256]);
    while !shared.done.load(Ordering::SeqCst) && screen::is_up() {
        let stopping = signals.came();
        let moment = Moment { elapsed: shared.started.elapsed(), memory: ProcessMemory::read(), stopping };
        let state = shared.state().clone();
        terminal.draw(|frame| draw::draw(frame, &state, view, moment, theme))?;
        let drawn = Instant::now();
        while drawn.elapsed() < PAUSE && !shared.done.load(Ordering::SeqCst) {
            let count = screen::read(&mut sent)?;
            for key in keys::keys(&sent[..count]) {
                if view.press(key, &state.log) == Wish::Interrupt {
                    signals.interrupt();
                }
            }
            if count > 0 {
                // At most ten frames a second, however many keys there are.
                std::thread::sleep(Duration::from_millis(100).saturating_sub(drawn.elapsed()));
                break;
            }
        }
    }
    Ok(())
}
