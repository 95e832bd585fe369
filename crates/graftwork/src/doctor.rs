//! What this machine has to compute with and to build plugins with, and what is missing.

#[cfg_attr(not(feature = "hub"), path = "doctor/hub_left_out.rs")]
mod hub;
mod machine;
mod plugins;

use std::path::PathBuf;

use serde::Serialize;

use crate::{Error, Language, memory};
pub(crate) use machine::{brand, gpus, threads};

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
    /// Everything that was looked at, with what to do where something is missing.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What, e.g. `memory`, `cuda`, `python`.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do, line by line; commands are given as they are typed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remedy: Vec<String>,
}

/// Whether something is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is.
    Ok,
    /// It is not there, which stops only those who need it.
    Missing,
    /// It is needed and cannot be used.
    Problem,
}

impl Finding {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, verdict: Verdict::Ok, found: found.into(), remedy: Vec::new() }
    }

    fn missing(name: &'static str, found: impl Into<String>, remedy: impl Into<Vec<String>>) -> Self {
        Self { name, verdict: Verdict::Missing, found: found.into(), remedy: remedy.into() }
    }

    fn problem(name: &'static str, found: impl Into<String>, remedy: impl Into<Vec<String>>) -> Self {
        Self { verdict: Verdict::Problem, ..Self::missing(name, found, remedy) }
    }
}

impl DoctorReport {
    /// Whether nothing that is needed is missing.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.verdict != Verdict::Problem)
    }

    /// Says that something is needed, so that it is a problem where it is missing.
    ///
    /// # Errors
    /// Nothing of that name was looked at.
    pub fn need(&mut self, name: &str) -> Result<(), Error> {
        let known: Vec<_> = self.findings.iter().map(|finding| finding.name).collect();
        let Some(finding) = self.findings.iter_mut().find(|finding| finding.name == name) else {
            let message = format!("nothing is called `{name}`; there are: {}", known.join(", "));
            return Err(Error::setting("need", message));
        };
        if finding.verdict == Verdict::Missing {
            finding.verdict = Verdict::Problem;
        }
        Ok(())
    }
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

/// Looks at this machine. Asks nothing of a network.
///
/// # Examples
/// ```no_run
/// use graftwork::{Verdict, doctor};
///
/// for finding in doctor().findings.iter().filter(|finding| finding.verdict != Verdict::Ok) {
///     println!("{}: {}", finding.name, finding.found);
///     finding.remedy.iter().for_each(|line| println!("  {line}"));
/// }
/// ```
#[must_use]
pub fn doctor() -> DoctorReport {
    let cuda = cuda();
    let mut findings = vec![machine::build(), machine::processor(), machine::memory(), of_cuda(&cuda)];
    findings.extend(machine::places());
    findings.extend(hub::findings());
    findings.push(plugins::runtime());
    findings.extend(Language::ALL.map(plugins::toolchain));
    DoctorReport {
        version: env!("CARGO_PKG_VERSION"),
        threads: machine::threads(),
        memory: memory::machine_bytes(),
        families: graftwork_model::families().into_iter().map(|family| family.name).collect(),
        cuda,
        findings,
    }
}

fn of_cuda(cuda: &CudaReport) -> Finding {
    let gpus: Vec<_> = machine::gpus().iter().map(|gpu| format!("{} ({})", gpu.name, gpu.state)).collect();
    let shown = if gpus.is_empty() { String::new() } else { format!("; the driver shows {}", gpus.join(", ")) };
    match &cuda.problem {
        None => Finding::ok("cuda", format!("ready: {} GPUs{shown}", cuda.devices)),
        // The message has the remedy in it.
        Some(problem) => Finding::missing("cuda", format!("not usable: {problem}{shown}"), []),
    }
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
