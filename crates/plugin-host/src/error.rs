//! Everything that can be wrong with a plugin, with what to do about it.

use std::path::PathBuf;

/// Why a plugin was refused or its call failed.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// The file cannot be read.
    #[error("plugin {}: cannot be read: {source}; check the path, or build it with `host plugin build FOLDER`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file was refused before any of its code ran.
    #[error("plugin `{plugin}`: {reason}")]
    Refused {
        /// Name of the file.
        plugin: String,
        /// Why.
        reason: String,
    },
    /// It was built for a contract that this host does not speak.
    #[error("plugin `{plugin}` was built for contract {found}, but this host speaks {ours}; {remedy}")]
    Contract {
        /// Name of the file.
        plugin: String,
        /// The plugin's version.
        found: String,
        /// The host's version.
        ours: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A call ended without a result.
    #[error("plugin `{plugin}`, call of `{call}`: {reason}{}", last_log.as_ref().map(|l| format!("; it last said: {l}")).unwrap_or_default())]
    Call {
        /// The plugin.
        plugin: String,
        /// The exported function.
        call: &'static str,
        /// Why.
        reason: Reason,
        /// Its last log line, which a panic in its code leaves.
        last_log: Option<String>,
    },
    /// The plugin refused its settings.
    #[error("plugin `{plugin}`, setting `{key}`: {message}")]
    Config {
        /// The plugin.
        plugin: String,
        /// The setting.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// The plugin does not support the model.
    #[error("plugin `{plugin}` does not support this model: {message}")]
    UnsupportedModel {
        /// The plugin.
        plugin: String,
        /// Why.
        message: String,
    },
    /// The plugin reported a failure of its own.
    #[error("plugin `{plugin}`, call of `{call}`, failed: {message}")]
    Internal {
        /// The plugin.
        plugin: String,
        /// The exported function.
        call: &'static str,
        /// What it said.
        message: String,
    },
    /// The runtime does not work on this machine.
    #[error("the WebAssembly runtime cannot be started: {0}")]
    Runtime(String),
}

/// Why a call ended without a result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Reason {
    /// It ran too many instructions.
    #[error("it ran for more than {fuel} instructions (limit `fuel`); it may loop without end")]
    Fuel {
        /// The limit.
        fuel: u64,
    },
    /// It ran too long by the clock.
    #[error("it took longer than {seconds} s (limit `call_time`)")]
    Time {
        /// The limit.
        seconds: f64,
    },
    /// It asked for too much memory.
    #[error("it asked for more than {bytes} bytes of memory (limit `memory_bytes`)")]
    Memory {
        /// The limit.
        bytes: u64,
    },
    /// It asked for too large tables.
    #[error("it asked for more than {elements} table elements (limit `table_elements`)")]
    Table {
        /// The limit.
        elements: u64,
    },
    /// It nested calls too deeply.
    #[error("its call stack grew over {bytes} bytes (limit `stack_bytes`); it may recurse without end")]
    Stack {
        /// The limit.
        bytes: usize,
    },
    /// It keeps too much state.
    #[error("its state has more than {bytes} bytes (limit `state_bytes`)")]
    State {
        /// The limit.
        bytes: usize,
    },
    /// It wants too much done at once.
    #[error("it wants more than {most} actions at once (limit `actions`)")]
    Actions {
        /// The limit.
        most: usize,
    },
    /// It has too many parts of a kind.
    #[error("it has more than {most} {parts} (limit `{parts}`)")]
    Parts {
        /// `instances`, `memories` or `tables`, as the limit is called.
        parts: &'static str,
        /// The limit.
        most: usize,
    },
    /// It handed over too much at once.
    #[error("what it gives is larger than {bytes} bytes (limit `result_bytes`)")]
    Result {
        /// The limit.
        bytes: usize,
    },
    /// It logged too much.
    #[error("it logged more than {lines} lines (limit `log_lines`)")]
    Log {
        /// The limit.
        lines: u32,
    },
    /// What it asked took the host too long.
    #[error(
        "what it asked about weights took longer than {seconds} s to answer (limit `answer_time`); have it ask about fewer \
         weights or for fewer singular values, or let the run use a faster device"
    )]
    Answers {
        /// The limit.
        seconds: f64,
    },
    /// It asked for too many statistics.
    #[error("it asked for statistics more than {calls} times (limit `stats_calls`)")]
    Stats {
        /// The limit.
        calls: u32,
    },
    /// Its code stopped itself or did what code must not do.
    #[error("it trapped: {0}")]
    Trap(String),
    /// It gave back what has no meaning in the contract.
    #[error("it broke the contract: {0}")]
    Malformed(String),
}
