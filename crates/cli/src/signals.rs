//! SIGINT, SIGTERM and the SIGHUP of a terminal that closes: the first asks the run to stop after its update, a second one ends
//! the process at once.

use std::process::ExitCode;
use std::sync::Arc;
#[cfg(feature = "tui")]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicUsize, Ordering};

use graftwork::Control;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Which signal came, if one did.
#[derive(Clone)]
pub(crate) struct Signals {
    which: Arc<AtomicUsize>,
    /// Whether the run was asked to stop.
    #[cfg(feature = "tui")]
    stop: Arc<AtomicBool>,
}

impl Signals {
    /// Listens; a signal stops `control`.
    pub(crate) fn listen(control: &Control) -> std::io::Result<Self> {
        let which = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|&signal| !is_ignored(signal)) {
            #[cfg(feature = "tui")]
            give_back_the_terminal(signal, control.flag())?;
            // In this order: the second signal finds the flag that the first one set, and who finds the flag finds which it was.
            flag::register_conditional_shutdown(signal, 128 + signal, control.flag())?;
            flag::register_usize(signal, Arc::clone(&which), signal as usize)?;
            flag::register(signal, control.flag())?;
        }
        Ok(Self {
            which,
            #[cfg(feature = "tui")]
            stop: control.flag(),
        })
    }

    /// The exit code that a shell expects after that signal; none where none came.
    pub(crate) fn exit_code(&self) -> Option<ExitCode> {
        match self.which.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(ExitCode::from(128 + u8::try_from(signal).unwrap_or(0))),
        }
    }
}

/// What the dashboard needs: its terminal makes no signal of Ctrl+C.
#[cfg(feature = "tui")]
impl Signals {
    /// Whether the run was asked to stop.
    pub(crate) fn came(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Does what SIGINT does.
    pub(crate) fn interrupt(&self) {
        if self.came() {
            crate::tui::give_back();
            signal_hook::low_level::exit(128 + SIGINT);
        }
        self.which.store(SIGINT as usize, Ordering::Relaxed);
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Has a signal that ends the process, for another came before, give the terminal back first.
#[cfg(feature = "tui")]
fn give_back_the_terminal(signal: i32, came: Arc<AtomicBool>) -> std::io::Result<()> {
    let action = move || {
        if came.load(Ordering::Relaxed) {
            crate::tui::give_back();
        }
    };
    // SAFETY: the action loads atomics and makes two system calls; it takes no lock and allocates nothing.
    #[allow(unsafe_code, reason = "what a signal handler may do is not in its type")]
    unsafe { signal_hook::low_level::register(signal, action) }.map(|_| ())
}

/// Whether whoever started this process has it ignore the signal, as `nohup` does with SIGHUP; that stays so.
fn is_ignored(signal: i32) -> bool {
    // SAFETY: without a new action, the call only writes the present one to where it is told to; all bytes zero are a valid value
    // to begin with.
    #[allow(unsafe_code, reason = "no safe interface tells what is done with a signal")]
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0 && action.sa_sigaction == libc::SIG_IGN
    }
}
