//! What the host keeps for one call of a plugin: its surroundings, what it has used, what it said.

use wasmtime::{Error, ResourceLimiter, Result};

use crate::error::Reason;
use crate::limits::Limits;
use crate::surroundings::Surroundings;

/// State of one call.
pub(crate) struct State {
    pub(crate) plugin: String,
    pub(crate) surroundings: Surroundings,
    pub(crate) limits: Limits,
    pub(crate) draws: u64,
    pub(crate) last_log: Option<String>,
    log_lines: u32,
    stats_calls: u32,
    memory: u64,
    table: u64,
    /// The limit that growing a memory or table hit. The plugin is told that it cannot have more, and whatever it does
    /// then, this is why.
    pub(crate) denied: Option<Reason>,
}

impl State {
    pub(crate) fn new(plugin: String, surroundings: Surroundings, limits: Limits) -> Self {
        Self {
            plugin,
            surroundings,
            limits,
            draws: 0,
            last_log: None,
            log_lines: 0,
            stats_calls: 0,
            memory: 0,
            table: 0,
            denied: None,
        }
    }

    /// Counts a log line.
    pub(crate) fn spend_log_line(&mut self) -> Result<()> {
        self.log_lines += 1;
        let lines = self.limits.log_lines;
        if self.log_lines > lines { Err(Error::new(Reason::Log { lines })) } else { Ok(()) }
    }

    /// Counts a question about weights.
    pub(crate) fn spend_stats_call(&mut self) -> Result<()> {
        self.stats_calls += 1;
        let calls = self.limits.stats_calls;
        if self.stats_calls > calls { Err(Error::new(Reason::Stats { calls })) } else { Ok(()) }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let total = self.memory + (desired - current) as u64;
        if total > self.limits.memory_bytes {
            self.denied = Some(Reason::Memory { bytes: self.limits.memory_bytes });
            return Ok(false);
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let total = self.table + (desired - current) as u64;
        if total > self.limits.table_elements {
            self.denied = Some(Reason::Table { elements: self.limits.table_elements });
            return Ok(false);
        }
        self.table = total;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.limits.instances
    }

    fn tables(&self) -> usize {
        self.limits.tables
    }

    fn memories(&self) -> usize {
        self.limits.memories
    }
}
