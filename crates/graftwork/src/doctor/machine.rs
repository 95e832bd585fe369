//! Processor, memory, disks, and how this program was built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sysinfo::{CpuRefreshKind, RefreshKind, System};

use super::Finding;
use crate::memory::gibibytes;
use crate::{default_base, memory};

/// Less free space than this is soon used up.
const LITTLE_SPACE: u64 = 1 << 30;

/// Threads that computing on the processor uses, of those that a container may have.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What the processor calls itself.
pub(crate) fn brand() -> Option<String> {
    let system = System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()));
    Some(system.cpus().first()?.brand().trim().to_owned()).filter(|brand| !brand.is_empty())
}

pub(super) fn build() -> Finding {
    let parts = [("hub", cfg!(feature = "hub")), ("cuda", cfg!(feature = "cuda"))];
    let parts: Vec<_> = parts.into_iter().filter(|(_, there)| *there).map(|(name, _)| name).collect();
    let parts = if parts.is_empty() { "no optional parts".to_owned() } else { parts.join(", ") };
    if cfg!(debug_assertions) {
        let found = format!("unoptimised, with {parts}: everything takes many times as long");
        return Finding::missing("build", found, ["cargo build --release".to_owned()]);
    }
    Finding::ok("build", format!("optimised, with {parts}"))
}

pub(super) fn processor() -> Finding {
    let count = threads();
    let mut found = format!("{count} threads");
    if let Some(limit) = cpu_limit() {
        found += &format!(" (the control group allows {limit:.1} processors)");
    }
    if let Ok(set) = std::env::var("RAYON_NUM_THREADS") {
        found += &format!(", RAYON_NUM_THREADS={set}");
    }
    match vectors() {
        Some(vectors) => Finding::ok("processor", format!("{found}; matrix products use {vectors}")),
        None => {
            let found = format!("{found}; without AVX2 and FMA, so matrix products take several times as long");
            Finding::missing("processor", found, ["a newer processor, or a GPU".to_owned()])
        }
    }
}

/// The widest instructions that the matrix kernels use here.
fn vectors() -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        if avx2 && is_x86_feature_detected!("avx512f") {
            Some("AVX-512")
        } else {
            avx2.then_some("AVX2 and FMA; there is no AVX-512")
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        Some("NEON")
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        None
    }
}

/// Processors that the control group of this process may use at once, on Linux.
fn cpu_limit() -> Option<f64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let root = Path::new("/sys/fs/cgroup");
    let limits = root.join(own).ancestors().take_while(|path| path.starts_with(root)).filter_map(limit_in).collect();
    smallest(limits)
}

fn smallest(limits: Vec<f64>) -> Option<f64> {
    limits.into_iter().reduce(f64::min)
}

fn limit_in(group: &Path) -> Option<f64> {
    quota(&fs::read_to_string(group.join("cpu.max")).ok()?)
}

/// `200000 100000` is two processors, `max 100000` is no limit.
fn quota(text: &str) -> Option<f64> {
    let (quota, period) = text.trim().split_once(' ')?;
    let (quota, period): (f64, f64) = (quota.parse().ok()?, period.parse().ok()?);
    (period > 0.0).then_some(quota / period)
}

pub(super) fn memory() -> Finding {
    match (memory::machine_bytes(), memory::free_bytes()) {
        (Some(all), Some(free)) => Finding::ok(
            "memory",
            format!(
                "{} free of {}, swap and the container's limit considered",
                gibibytes(free.min(all)),
                gibibytes(all)
            ),
        ),
        _ => Finding::missing("memory", "the system does not say, so nothing is refused for want of it", []),
    }
}

/// A GPU as the driver's own tool shows it.
pub(crate) struct Gpu {
    pub(crate) name: String,
    /// The driver, and memory at this moment.
    pub(super) state: String,
}

/// All GPUs; also for a program without code for them.
pub(crate) fn gpus() -> Vec<Gpu> {
    let query = ["--query-gpu=name,driver_version,memory.free,memory.total", "--format=csv,noheader"];
    let said = Command::new("nvidia-smi").args(query).output().ok().filter(|said| said.status.success());
    let gpu = |line: &str| {
        let parts: Vec<_> = line.split(", ").collect();
        match parts[..] {
            [name, driver, free, all] => {
                Some(Gpu { name: name.to_owned(), state: format!("driver {driver}, {free} free of {all}") })
            }
            _ => None,
        }
    };
    said.map(|said| String::from_utf8_lossy(&said.stdout).lines().filter_map(gpu).collect()).unwrap_or_default()
}

/// Folders that the program writes to besides a run's own.
pub(super) fn places() -> [Finding; 2] {
    [
        place("cache", "XDG_CACHE_HOME", &default_base::cache().join("graftwork")),
        place("temporary", "TMPDIR", &std::env::temp_dir()),
    ]
}

/// A folder that has to be writable, or to be made in one that is; a variable moves it.
pub(super) fn place(name: &'static str, variable: &str, path: &Path) -> Finding {
    let there: PathBuf = path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/")).to_owned();
    let shown = path.display();
    // A file without a name, which is gone at once: permissions alone do not tell of a disk that is read-only.
    if let Err(error) = tempfile::tempfile_in(&there) {
        let remedy = format!("{variable}=FOLDER, one that you may write to");
        return Finding::problem(name, format!("{shown} cannot be written: {error}"), [remedy]);
    }
    match fs4::available_space(&there) {
        Ok(free) if free < LITTLE_SPACE => {
            let remedy = format!("free some space, or {variable}=FOLDER on a larger disk");
            Finding::missing(name, format!("{shown}, with only {} free", gibibytes(free)), [remedy])
        }
        Ok(free) => Finding::ok(name, format!("{shown}, {} free", gibibytes(free))),
        Err(error) => Finding::ok(name, format!("{shown}; how much is free is not told: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;

    #[test]
    fn a_quota_is_a_number_of_processors() {
        assert_eq!(quota("200000 100000\n"), Some(2.0));
        assert_eq!(quota("max 100000\n"), None);
        assert_eq!(quota("150000 0"), None);
        assert_eq!(smallest(vec![4.0, 1.5, 2.0]), Some(1.5));
        assert_eq!(smallest(Vec::new()), None);
    }

    #[test]
    fn a_folder_is_judged_by_where_it_would_be_made() {
        let here = std::env::temp_dir();
        let finding = place("cache", "X", &here.join("none/such"));
        assert!(finding.verdict != Verdict::Problem && finding.found.contains("none/such"), "{finding:?}");
        let finding = place("cache", "X", Path::new("/proc/none/such"));
        assert_eq!(finding.verdict, Verdict::Problem, "{finding:?}");
        assert!(finding.remedy[0].starts_with("X="), "{finding:?}");
    }
}
