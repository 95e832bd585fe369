//! Exit codes, which scripts go by.

use std::process::ExitCode;

/// It could not be done.
pub(crate) const FAILED: u8 = 1;
/// The command line makes no sense.
pub(crate) const USAGE: u8 = 2;
/// It was done, and what was looked at is not sound.
const FOUND: u8 = 3;

/// What `host help` says of them.
pub(crate) const TEXT: &str = "\
Exit codes:
  0    done
  1    failed; the message has a code, which `host explain CODE` explains
  2    the command line makes no sense
  3    done, and something is wrong with what was looked at (verify, doctor, plugin test)
  130  stopped by SIGINT, 143 by SIGTERM, 129 by a terminal that closed; `host resume` goes on with a run";

/// For commands that look at something and judge it.
pub(crate) fn of_verdict(sound: bool) -> ExitCode {
    if sound { ExitCode::SUCCESS } else { ExitCode::from(FOUND) }
}
