//! Who is told what happens in a run: a person, as lines or on the whole terminal, and programs, as JSON or over HTTP.

use std::io;
#[cfg(feature = "prometheus")]
use std::sync::Arc;

use graftwork::Event;

use crate::args::WatchArgs;
#[cfg(feature = "prometheus")]
use crate::metrics_server::Exporter;
#[cfg(any(feature = "prometheus", feature = "tui"))]
use crate::output;
use crate::progress::Progress;
use crate::signals::Signals;
#[cfg(feature = "tui")]
use crate::tui::Dashboard;

/// All that look on.
pub(crate) struct Watch {
    front: Front,
    #[cfg(feature = "prometheus")]
    exporter: Option<Arc<Exporter>>,
}

enum Front {
    Lines(Progress),
    #[cfg(feature = "tui")]
    Dashboard(Dashboard),
}

impl Watch {
    /// Fails for what no run could open. For whoever leaves the runs to other processes.
    #[cfg_attr(not(feature = "prometheus"), allow(unused_variables, reason = "nothing else is opened"))]
    pub(crate) fn check(args: &WatchArgs) -> io::Result<()> {
        #[cfg(feature = "prometheus")]
        if let Some(address) = &args.metrics_listen {
            Exporter::bind(address)?;
        }
        Ok(())
    }

    /// Opens what the flags ask for; an address that cannot be listened on is an error.
    #[cfg_attr(not(feature = "tui"), allow(unused_variables, reason = "nothing else asks for these"))]
    pub(crate) fn start(args: &WatchArgs, json: bool, signals: &Signals) -> io::Result<Self> {
        #[cfg(feature = "prometheus")]
        let server = args.metrics_listen.as_deref().map(Exporter::serve).transpose()?;
        #[cfg(feature = "tui")]
        let front = if args.tui { dashboard(signals) } else { Front::Lines(Progress::new(json)) };
        #[cfg(not(feature = "tui"))]
        let front = Front::Lines(Progress::new(json));
        #[cfg(feature = "prometheus")]
        if let Some((_, url)) = &server {
            front.tell_url(url, json)?;
        }
        Ok(Self {
            front,
            #[cfg(feature = "prometheus")]
            exporter: server.map(|(exporter, _)| exporter),
        })
    }

    /// Tells what happened.
    pub(crate) fn show(&mut self, event: &Event) {
        #[cfg(feature = "prometheus")]
        if let Some(exporter) = &self.exporter {
            exporter.apply(event);
        }
        #[cfg(feature = "tui")]
        if let Front::Dashboard(dashboard) = &self.front {
            if dashboard.is_up() {
                return dashboard.show(event);
            }
            self.front = Front::Lines(Progress::new(false));
        }
        match &mut self.front {
            Front::Lines(progress) => progress.show(event),
            #[cfg(feature = "tui")]
            Front::Dashboard(_) => {}
        }
    }

    /// Leaves the terminal to what comes after.
    pub(crate) fn close(self) {
        match self.front {
            Front::Lines(mut progress) => progress.clear(),
            #[cfg(feature = "tui")]
            Front::Dashboard(dashboard) => {
                for warning in dashboard.close() {
                    // A terminal that has closed shows nothing.
                    let _ = output::line(&format!("warning: {warning}"));
                }
            }
        }
    }
}

/// The dashboard where there is a terminal for it.
#[cfg(feature = "tui")]
fn dashboard(signals: &Signals) -> Front {
    use std::io::IsTerminal;

    let started = if io::stdout().is_terminal() {
        Dashboard::start(signals).map_err(|error| error.to_string())
    } else {
        Err("standard output is no terminal".to_owned())
    };
    match started {
        Ok(dashboard) => Front::Dashboard(dashboard),
        Err(why) => {
            output::say(&format!("warning: no dashboard, for {why}; what happens is told in lines"));
            Front::Lines(Progress::new(false))
        }
    }
}

#[cfg(feature = "prometheus")]
impl Front {
    /// Says where the numbers are: whoever asked for any free port cannot know.
    fn tell_url(&self, url: &str, json: bool) -> io::Result<()> {
        match self {
            Self::Lines(_) if json => output::json(&serde_json::json!({ "event": "metrics", "url": url })),
            Self::Lines(_) => output::line(&format!("metrics   {url}")),
            #[cfg(feature = "tui")]
            Self::Dashboard(_) => {
                crate::tui::take(&format!("metrics {url}"));
                Ok(())
            }
        }
    }
}
