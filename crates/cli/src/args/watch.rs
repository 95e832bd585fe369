//! Flags about who looks on while a run goes.

use clap::Args;

use super::Cli;
#[cfg(feature = "tui")]
use super::Command;

/// Flags of `run`, `resume` and `compare`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Watching")]
pub(crate) struct WatchArgs {
    /// Show curves, numbers and the log on the whole terminal; lines as without it where there is none.
    #[cfg(feature = "tui")]
    #[arg(long, conflicts_with = "json")]
    pub(crate) tui: bool,
    /// Serve the run's numbers for Prometheus at http://ADDR/metrics, e.g. 127.0.0.1:9464; port 0 takes a free one and tells which.
    #[cfg(feature = "prometheus")]
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics_listen: Option<String>,
}

impl WatchArgs {
    /// The same flags, for a process that runs in this one's place.
    pub(crate) fn again(&self) -> Vec<&str> {
        #[cfg(feature = "tui")]
        let tui = self.tui.then_some("--tui");
        #[cfg(not(feature = "tui"))]
        let tui = None;
        #[cfg(feature = "prometheus")]
        let metrics = self.metrics_listen.iter().flat_map(|address| ["--metrics-listen", address]);
        #[cfg(not(feature = "prometheus"))]
        let metrics = [];
        tui.into_iter().chain(metrics).collect()
    }
}

impl Cli {
    /// Whether the whole terminal was asked for.
    pub(crate) fn wants_the_terminal(&self) -> bool {
        #[cfg(feature = "tui")]
        if let Command::Run { watch, .. } | Command::Resume { watch, .. } = &self.command {
            return watch.tui;
        }
        false
    }
}
