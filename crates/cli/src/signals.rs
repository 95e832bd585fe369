//! SIGINT, SIGTERM and the SIGHUP of a terminal that closes: the first asks the run to stop after its update, a second one ends
//! the process at once. In a chat, SIGINT ends an answer.

use std::process::{Child, ExitCode};
use std::sync::Arc;
#[cfg(feature = "tui")]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicUsize, Ordering};

use graftwork::{Control, Error};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::output::Failure;

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

    /// Hands on to a child what it does not hear by itself: a terminal tells its whole group of Ctrl+C and of its end, but a SIGTERM comes to this process
    /// alone. Gives whether it did.
    pub(crate) fn hand_on(&self, child: &Child) -> bool {
        let came = self.which.load(Ordering::Relaxed) == SIGTERM as usize;
        match i32::try_from(child.id()).ok().filter(|_| came) {
            None => false,
            Some(id) => {
                // SAFETY: the call takes plain numbers; the child is not waited for yet, so that the number is still its own.
                #[allow(unsafe_code, reason = "no safe interface sends a signal")]
                unsafe {
                    libc::kill(id, SIGTERM) == 0
                }
            }
        }
    }

    /// The exit code that a shell expects after that signal; none where none came.
    pub(crate) fn exit_code(&self) -> Option<ExitCode> {
        self.exit().map(ExitCode::from)
    }

    fn exit(&self) -> Option<u8> {
        match self.which.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(128 + u8::try_from(signal).unwrap_or(0)),
        }
    }

    /// The error of a command that a signal may have stopped: where that is all that went wrong, it is no failure.
    pub(crate) fn failure(&self, error: Error) -> Failure {
        match self.exit() {
            Some(exit) if error.is_stop() => Failure::Stopped { error, exit },
            _ => Failure::Host(error),
        }
    }
}

/// Ctrl+C ends what is being done, if anything is, and else the program; a second one always the program.
pub(crate) struct Interrupts(Control);

impl Interrupts {
    /// Listens. Other signals end the program, as they do by themselves.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let control = Control::new();
        // The flag is set while nothing is done: who finds it set ends the program.
        control.stop();
        if !is_ignored(SIGINT) {
            flag::register_conditional_shutdown(SIGINT, i32::from(Self::CODE), control.flag())?;
            flag::register(SIGINT, control.flag())?;
        }
        Ok(Self(control))
    }

    /// The exit code that a shell expects after Ctrl+C.
    pub(crate) const CODE: u8 = 128 + SIGINT as u8;

    /// Does something that stops when `control` says so; gives whether it did.
    pub(crate) fn during<T>(&self, work: impl FnOnce(&Control) -> T) -> (T, bool) {
        self.0.flag().store(false, Ordering::Relaxed);
        let result = work(&self.0);
        (result, self.0.flag().swap(true, Ordering::Relaxed))
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
