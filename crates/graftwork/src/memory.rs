//! Memory that this process has used, as the system counts it.

/// The most memory that the process has held at once, in bytes; none where the system does not say.
#[must_use]
pub(crate) fn peak_bytes() -> Option<u64> {
    // Linux: "VmHWM:	  123456 kB".
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
