//! What this machine has to compute with, and what is missing.

use std::path::PathBuf;

use serde::Serialize;
use sysinfo::{CpuRefreshKind, RefreshKind, System};

use crate::memory;

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorReport {
    /// Version of Graftwork.
    pub version: &'static str,
    /// Threads that computing on the processor uses.
    pub threads: usize,
    /// Memory in bytes, swap included, where the system says.
    pub memory: Option<u64>,
    /// Model families.
    pub families: Vec<&'static str>,
    /// GPUs.
    pub cuda: CudaReport,
}

/// What there is of CUDA.
#[derive(Clone, Debug, Serialize)]
pub struct CudaReport {
    /// Whether this program was built with the feature `cuda`.
    pub built: bool,
    /// GPUs that the driver shows.
    pub devices: usize,
    /// Whether CUDA's run-time compiler is there.
    pub compiler: bool,
    /// The folder of CUDA's headers.
    pub headers: Option<PathBuf>,
    /// The folder of compiled kernels.
    pub cache: Option<PathBuf>,
    /// What keeps `cuda:0` from being used; none where nothing does.
    pub problem: Option<String>,
}

/// Looks at this machine.
#[must_use]
pub fn doctor() -> DoctorReport {
    DoctorReport {
        version: env!("CARGO_PKG_VERSION"),
        threads: threads(),
        memory: memory::machine_bytes(),
        families: graftwork_model::families().into_iter().map(|family| family.name).collect(),
        cuda: cuda(),
    }
}

pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What the processor calls itself.
pub(crate) fn processor() -> Option<String> {
    let system = System::new_with_specifics(RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing()));
    Some(system.cpus().first()?.brand().trim().to_owned()).filter(|brand| !brand.is_empty())
}

#[cfg(feature = "cuda")]
fn cuda() -> CudaReport {
    let found = graftwork_kernels::toolkit::Toolkit::find();
    let problem = found.problem(0);
    let graftwork_kernels::toolkit::Toolkit { devices, compiler, headers, cache } = found;
    CudaReport { built: true, devices, compiler, headers, cache, problem }
}

#[cfg(not(feature = "cuda"))]
fn cuda() -> CudaReport {
    let problem = Some(crate::device::WITHOUT_CUDA.to_owned());
    CudaReport { built: false, devices: 0, compiler: false, headers: None, cache: None, problem }
}
