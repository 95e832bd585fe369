//! Every limit on a plugin, in one place.
//!
//! Those on what a plan may contain (nodes, tensors, ranks, sizes) are in `graftwork-plan`, which checks plans from any source.

use std::time::Duration;

use serde::Serialize;

/// What a plugin may use. The defaults leave a Rust or C plugin for a model of a thousand parameters a factor of 100;
/// each error names the limit that was hit and its value. Size, instances and the time to load leave room for an
/// interpreter: a plugin in Python has 19 MB, 37 to 40 instances, and takes the compiler 14 s of a processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Size of the plugin's file: bounds what the compiler is given.
    pub file_bytes: u64,
    /// Time that loading may take by the clock, most of it for the compiler.
    pub load_time: Duration,
    /// Components that a component may instantiate, at any depth. The compiler copies what is instantiated, so that each
    /// may double the size of what came before.
    pub component_instances: usize,
    /// Instructions in one call, as wasmtime counts fuel.
    pub fuel: u64,
    /// Time that one call may take by the clock, whatever the machine makes of an instruction. What the host takes to
    /// answer questions about weights does not count.
    pub call_time: Duration,
    /// Time that the host takes, in all, to answer what one call asks about weights and scores: enough for the singular
    /// values of each of a thousand weights, at seconds each. An answer that is begun is given, so that a call may take
    /// longer by one.
    pub answer_time: Duration,
    /// Linear memory, over all memories of an instance.
    pub memory_bytes: u64,
    /// Elements, over all tables of an instance.
    pub table_elements: u64,
    /// Core instances in the component; a componentised module has up to four.
    pub instances: usize,
    /// Linear memories.
    pub memories: usize,
    /// Tables.
    pub tables: usize,
    /// Call stack of the plugin's code.
    pub stack_bytes: usize,
    /// Bytes that may cross to the host in one crossing: results, log lines.
    pub result_bytes: usize,
    /// Settings as JSON.
    pub config_bytes: usize,
    /// JSON Schema of the settings.
    pub schema_bytes: usize,
    /// Values in that schema once each of its references is written out, which is what checking settings costs. A
    /// pattern counts for a hundred, and what is evaluated again for as often as it is.
    pub schema_work: usize,
    /// Memory that a pattern of the schema may take once it is compiled.
    pub pattern_bytes: usize,
    /// A plugin's name.
    pub name_bytes: usize,
    /// Log lines in one call.
    pub log_lines: u32,
    /// Calls to the host's statistics in one call; each may cost a pass over a weight.
    pub stats_calls: u32,
    /// The most singular values asked for at once.
    pub singular_values: u32,
    /// Scores that a controller may read in one call.
    pub score_values: u64,
    /// State that a controller may keep: it goes into every checkpoint.
    pub state_bytes: usize,
    /// Actions of a controller in one call.
    pub actions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            load_time: Duration::from_secs(180),
            component_instances: 32,
            fuel: 10_000_000_000,
            call_time: Duration::from_secs(10),
            answer_time: Duration::from_secs(3600),
            memory_bytes: 128 << 20,
            table_elements: 100_000,
            instances: 64,
            memories: 4,
            tables: 16,
            stack_bytes: 512 << 10,
            result_bytes: 32 << 20,
            config_bytes: 1 << 20,
            schema_bytes: 256 << 10,
            schema_work: 1 << 16,
            pattern_bytes: 256 << 10,
            name_bytes: 64,
            log_lines: 256,
            stats_calls: 10_000,
            singular_values: 1024,
            score_values: 1 << 20,
            state_bytes: 16 << 20,
            actions: 100_000,
        }
    }
}
