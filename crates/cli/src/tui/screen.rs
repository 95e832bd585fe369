//! The terminal: taken for the dashboard, and given back whatever ends it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// To the alternate screen, without a cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[2J";
/// Back to what the shell has left, in its colours and with its cursor.
const LEAVE: &[u8] = b"\x1b[0m\x1b[?25h\x1b[?1049l";

/// The terminal on standard output, and how it was set before.
struct Terminal {
    file: File,
    before: Termios,
}

static TERMINAL: OnceLock<Terminal> = OnceLock::new();
static UP: AtomicBool = AtomicBool::new(false);
/// Held while a frame is written, so that nobody gives the terminal back in the middle of one.
static WRITING: Mutex<()> = Mutex::new(());

/// Takes the terminal on standard output. A panic gives it back before it is told.
pub(super) fn enter() -> io::Result<()> {
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let before = tcgetattr(&file)?;
    let mut raw = before.clone();
    raw.make_raw();
    // A read waits a tenth of a second at most.
    raw.special_codes[SpecialCodeIndex::VMIN] = 0;
    raw.special_codes[SpecialCodeIndex::VTIME] = 1;
    if TERMINAL.set(Terminal { file, before }).is_ok() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            leave();
            hook(info);
        }));
    }
    let Some(Terminal { file, .. }) = TERMINAL.get() else { return Ok(()) };
    UP.store(true, Ordering::SeqCst);
    let entered = tcsetattr(file, OptionalActions::Now, &raw).map_err(io::Error::from);
    entered.and_then(|()| (&*file).write_all(ENTER)).inspect_err(|_| leave())
}

/// Whether the dashboard has the terminal.
pub(super) fn is_up() -> bool {
    UP.load(Ordering::SeqCst)
}

/// Gives the terminal back, after the frame that is being written.
pub(super) fn leave() {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    give_back();
}

/// Gives the terminal back at once. Async-signal-safe: two system calls, no lock, no allocation.
pub(crate) fn give_back() {
    if let (true, Some(Terminal { file, before })) = (UP.swap(false, Ordering::SeqCst), TERMINAL.get()) {
        // A terminal that is gone needs nothing back.
        let _ = (&*file).write_all(LEAVE);
        let _ = tcsetattr(file, OptionalActions::Now, before);
    }
}

/// Waits a tenth of a second for keys; an error where the terminal is gone.
pub(super) fn read(keys: &mut [u8]) -> io::Result<usize> {
    let Some(Terminal { file, .. }) = TERMINAL.get() else { return Ok(0) };
    match (&*file).read(keys) {
        // No key, or no terminal: one that is gone is read without waiting.
        Ok(0) => Ok(tcgetattr(file).map(|_| 0)?),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
        other => other,
    }
}

/// Collects a frame and writes it in one piece, as long as the dashboard has the terminal.
#[derive(Default)]
pub(super) struct Canvas(Vec<u8>);

impl Write for Canvas {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let frame = std::mem::take(&mut self.0);
        let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        match TERMINAL.get().filter(|_| is_up()) {
            Some(Terminal { file, .. }) => (&*file).write_all(&frame),
            None => Ok(()),
        }
    }
}
