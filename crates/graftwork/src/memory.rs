//! Memory: what the machine has, what this process has used, and whether what comes will fit.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use crate::Error;

/// Memory of this process in bytes, where the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessMemory {
    /// What it holds now.
    pub now: Option<u64>,
    /// The most that it has held at once.
    pub peak: Option<u64>,
}

impl ProcessMemory {
    /// Asks the system.
    #[must_use]
    pub fn read() -> Self {
        Self { now: status_bytes("VmRSS"), peak: peak_bytes() }
    }
}

/// The most memory that the process has held at once, in bytes; none where the system does not say.
#[must_use]
pub fn peak_bytes() -> Option<u64> {
    status_bytes("VmHWM")
}

/// What the process holds now beside the pages of files, in bytes; none where the system does not say.
#[must_use]
pub(crate) fn anonymous_bytes() -> Option<u64> {
    status_bytes("RssAnon")
}

/// Linux: "VmHWM: 123456 kB".
fn status_bytes(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let number = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let kilobytes: u64 = number.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Memory that there is for this process, swap included, in bytes; none where the system does not say.
#[must_use]
pub(crate) fn machine_bytes() -> Option<u64> {
    let wanted = RefreshKind::nothing().with_memory(MemoryRefreshKind::everything());
    let system = System::new_with_specifics(wanted);
    let all = system.total_memory() + system.total_swap();
    // A container may have less than its machine.
    let own = system.cgroup_limits().map(|limits| limits.total_memory).filter(|&total| total > 0);
    Some(own.map_or(all, |own| own.min(all))).filter(|&bytes| bytes > 0)
}

/// Memory that nobody has taken, swap included, in bytes; none where the system does not say.
#[must_use]
pub(crate) fn free_bytes() -> Option<u64> {
    let wanted = RefreshKind::nothing().with_memory(MemoryRefreshKind::everything());
    let system = System::new_with_specifics(wanted);
    let all = system.available_memory() + system.free_swap();
    let own = system.cgroup_limits().filter(|limits| limits.total_memory > 0).map(|limits| limits.free_memory);
    Some(own.map_or(all, |own| own.min(all))).filter(|&bytes| bytes > 0)
}

/// Refuses what needs more bytes than the machine has: an allocation that fails would end the process without a word.
pub(crate) fn fits(what: &str, bytes: u64, remedy: &str) -> Result<(), Error> {
    match machine_bytes() {
        Some(available) if bytes > available => {
            let (needed, available) = (gibibytes(bytes), gibibytes(available));
            Err(Error::Memory { what: what.to_owned(), needed, available, remedy: remedy.to_owned() })
        }
        _ => Ok(()),
    }
}

/// `16.0 GiB`.
pub(crate) fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1u32 << 30))
}
