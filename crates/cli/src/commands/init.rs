//! `host init`.

use std::process::ExitCode;

use super::Done;
use crate::args::InitArgs;

pub(super) fn init(_args: &InitArgs, _json: bool) -> Done {
    Ok(ExitCode::SUCCESS)
}
