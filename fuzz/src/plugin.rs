//! Plugins: components, core modules, and either as text.

use std::cell::RefCell;
use std::panic;
use std::thread;
use std::time::Duration;

use graftwork_plugin_host::{Limits, PluginHost};

use crate::Verdict;

/// A host keeps what it has loaded; so many inputs later there is a new one.
const LOADS_OF_A_HOST: usize = 4096;

thread_local! {
    static HOST: RefCell<(PluginHost, usize)> = RefCell::new((host(), 0));
}

/// Loads the bytes as a plugin. What is accepted says what it is and can do something.
pub fn plugin(data: &[u8]) -> Verdict {
    HOST.with_borrow_mut(|(host, loads)| {
        *loads += 1;
        if loads.is_multiple_of(LOADS_OF_A_HOST) {
            *host = self::host();
        }
        match host.load_bytes("fuzz.wasm", data) {
            Ok(plugin) => {
                let can = plugin.capabilities();
                assert!(can.strategy || can.selector || can.composer || can.controller, "it can do nothing");
                assert!(!plugin.descriptor().name.is_empty() && plugin.contract().starts_with("0.1."));
                Verdict::Accepted
            }
            Err(error) => {
                // Once it has said what it is called, it goes by that.
                let message = error.to_string();
                assert!(
                    message.contains("fuzz.wasm") || message.starts_with("plugin `"),
                    "who is not named: {message}"
                );
                Verdict::Refused
            }
        }
    })
}

/// Small, so that what takes long is found as what takes longer than it may.
fn host() -> PluginHost {
    let limits = Limits {
        file_bytes: 1 << 14,
        load_time: Duration::from_secs(20),
        fuel: 1_000_000,
        call_time: Duration::from_secs(2),
        memory_bytes: 1 << 20,
        result_bytes: 1 << 16,
        ..Limits::default()
    };
    PluginHost::new(limits).expect("WebAssembly on this machine")
}

/// libFuzzer ends the process at any panic. Those on the threads that plugins are loaded on are such as the host expects of the
/// libraries for it, and turns into errors.
pub fn tolerate_what_plugins_do_to_their_loader() {
    let end = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if thread::current().name() != Some("load plugin") {
            end(panic);
        }
    }));
}
