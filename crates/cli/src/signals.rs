//! SIGINT and SIGTERM: the first asks the run to stop after its update, a second one ends the process at once.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use graftwork::Control;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Which signal came, if one did.
pub(crate) struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Listens; a signal stops `control`.
    pub(crate) fn listen(control: &Control) -> std::io::Result<Self> {
        let which = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds the flag that the first one set.
            flag::register_conditional_shutdown(signal, 128 + signal, control.flag())?;
            flag::register(signal, control.flag())?;
            flag::register_usize(signal, Arc::clone(&which), signal as usize)?;
        }
        Ok(Self(which))
    }

    /// The exit code that a shell expects after that signal; none where none came.
    pub(crate) fn exit_code(&self) -> Option<ExitCode> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(ExitCode::from(128 + u8::try_from(signal).unwrap_or(0))),
        }
    }
}
