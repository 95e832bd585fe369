//! What the host keeps for one call of a plugin: its surroundings, what it has used, what it said.

use std::time::{Duration, Instant};

use wasmtime::{Error, ResourceLimiter, Result};

use crate::error::Reason;
use crate::limits::Limits;
use crate::surroundings::{Stats, Surroundings};

/// State of one call.
pub(crate) struct State {
    pub(crate) plugin: String,
    pub(crate) surroundings: Surroundings,
    pub(crate) limits: Limits,
    pub(crate) draws: u64,
    pub(crate) last_log: Option<String>,
    log_lines: u32,
    stats_calls: u32,
    pub(crate) scores: u64,
    /// When the call began, and how much of the time since then the host took to answer questions about weights.
    started: Instant,
    answering: Duration,
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
            scores: 0,
            started: Instant::now(),
            answering: Duration::ZERO,
            memory: 0,
            table: 0,
            denied: None,
        }
    }

    /// Bytes of all memories.
    pub(crate) fn memory(&self) -> u64 {
        self.memory
    }

    /// Counts a log line.
    pub(crate) fn spend_log_line(&mut self) -> Result<()> {
        self.log_lines += 1;
        let lines = self.limits.log_lines;
        if self.log_lines > lines { Err(Error::new(Reason::Log { lines })) } else { Ok(()) }
    }

    /// Answers a question about weights, once it is counted. The time that this takes is the host's own, of which it has so
    /// much for a call.
    pub(crate) fn ask<T>(&mut self, question: impl FnOnce(&dyn Stats) -> T) -> Result<T> {
        self.stats_calls += 1;
        let calls = self.limits.stats_calls;
        if self.stats_calls > calls {
            return Err(Error::new(Reason::Stats { calls }));
        }
        let asked = Instant::now();
        let answer = question(self.surroundings.stats.as_ref());
        self.answering += asked.elapsed();
        let most = self.limits.answer_time;
        if self.answering > most {
            return Err(Error::new(Reason::Answers { seconds: most.as_secs_f64() }));
        }
        Ok(answer)
    }

    /// Time that the plugin has left of its own.
    pub(crate) fn time_left(&self) -> Duration {
        self.limits.call_time.saturating_sub(self.started.elapsed().saturating_sub(self.answering))
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        // A 64-bit memory may ask for all there is.
        let total = self.memory.saturating_add((desired - current) as u64);
        if total > self.limits.memory_bytes {
            self.denied = Some(Reason::Memory { bytes: self.limits.memory_bytes });
            return Ok(false);
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        let total = self.table.saturating_add((desired - current) as u64);
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
