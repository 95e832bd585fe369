//! `--metrics-listen`: the run's numbers for Prometheus, in its text format, at `GET /metrics`.
//!
//! Events change a few numbers under a lock; threads of their own answer who asks. Nobody who asks can hold up the run.

mod http;
mod numbers;

use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use graftwork::Event;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, prometheus_text};
use prometheus_client::registry::Registry;

use numbers::Numbers;

/// The numbers, between the run and those who ask.
#[derive(Debug, Default)]
pub(crate) struct Exporter(Mutex<Numbers>);

impl Exporter {
    /// Takes an address of this machine.
    pub(crate) fn bind(address: &str) -> io::Result<TcpListener> {
        let failed = |error: io::Error| {
            let what = format!(
                "--metrics-listen: cannot listen at `{address}`: {error}; it takes an address of this machine and a port \
                 that is free, such as 127.0.0.1:9464, or port 0 for any"
            );
            io::Error::new(error.kind(), what)
        };
        TcpListener::bind(address).map_err(failed)
    }

    /// Listens at an address; with it, the URL at which the numbers are.
    pub(crate) fn serve(address: &str) -> io::Result<(Arc<Self>, String)> {
        let listener = Self::bind(address)?;
        let url = format!("http://{}/metrics", listener.local_addr()?);
        let exporter = Arc::new(Self::default());
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Arc::clone(&exporter)));
        let page = move || {
            let mut text = String::new();
            prometheus_text::encode(&mut text, &registry).map(|()| text).map_err(io::Error::other)
        };
        http::serve(listener, page)?;
        Ok((exporter, url))
    }

    /// Takes in what happened.
    pub(crate) fn apply(&self, event: &Event) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).apply(event);
    }
}

impl Collector for Exporter {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        numbers.encode(encoder)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn names_that_hold_the_signs_of_the_format_are_escaped() {
        let exporter = Arc::new(Exporter::default());
        let path = PathBuf::from("a\"b\\c\nd");
        exporter.apply(&Event::Model { path, architecture: "llama".to_owned(), parameters: 1 });
        exporter.apply(&Event::Begun {
            out: PathBuf::from("runs/a"),
            strategy: "lora".to_owned(),
            step: 0,
            device: "cpu".to_owned(),
            estimated_memory: 7,
            device_memory: None,
        });
        let mut registry = Registry::default();
        registry.register_collector(Box::new(exporter));
        let mut page = String::new();
        prometheus_text::encode(&mut page, &registry).expect("a page");
        let line = r#"graftwork_run_info{run="runs/a",strategy="lora",model="a\"b\\c\nd"} 1"#;
        assert!(page.lines().any(|l| l == line), "{page}");
        assert!(page.lines().any(|l| l == "graftwork_estimated_memory_bytes 7"), "{page}");
        assert!(!page.contains("graftwork_loss "), "what was not measured is left out: {page}");
    }
}
