//! What of CUDA is on this machine.

use std::path::PathBuf;

use burn::tensor::{Device, DeviceType};
use burn_cubecl::kernel::matmul::MatmulStrategy;
use cubecl_llvm::{NO_COMPILER, NO_HEADERS, cache, headers, nvrtc_is_present};

/// What the kernels need, and where it is.
#[derive(Clone, Debug)]
pub struct Toolkit {
    /// GPUs that the driver shows; none where there is no driver.
    pub devices: usize,
    /// Whether CUDA's run-time compiler, libnvrtc, can be opened.
    pub compiler: bool,
    /// The folder of CUDA's headers.
    pub headers: Option<PathBuf>,
    /// The folder of compiled kernels.
    pub cache: Option<PathBuf>,
}

impl Toolkit {
    /// Looks.
    #[must_use]
    pub fn find() -> Self {
        let devices = Device::enumerate(DeviceType::Cuda).into_iter().count();
        Self { devices, compiler: nvrtc_is_present(), headers: headers(), cache: cache::folder() }
    }

    /// What keeps the GPU of that number from being used, with what to do; none where nothing does.
    #[must_use]
    pub fn problem(&self, index: usize) -> Option<String> {
        if self.devices == 0 {
            return Some("the NVIDIA driver shows no GPU on this machine; install the driver, or use `cpu`".to_owned());
        }
        if index >= self.devices {
            return Some(format!("there are {} GPUs, numbered from 0", self.devices));
        }
        if !self.compiler {
            return Some(NO_COMPILER.to_owned());
        }
        self.headers.is_none().then(|| NO_HEADERS.to_owned())
    }
}

/// Memory of the GPU of that number that nobody has taken, in bytes, where there is one.
#[must_use]
pub fn free_bytes(index: usize) -> Option<u64> {
    // Asking the driver where there is none panics.
    (index < Device::enumerate(DeviceType::Cuda).into_iter().count()).then(|| cubecl_llvm::free_bytes(index))?
}

/// Whether the tensor library chooses its kernels by timing them, so that two runs may add in two orders. It does where burn's feature
/// `autotune` is on: nothing here turns it on, and a program that this is part of may.
#[must_use]
pub fn is_autotuned() -> bool {
    !matches!(MatmulStrategy::default(), MatmulStrategy::Cube)
}

/// Whether the GPU of that number has this crate's kernels for all that training takes. Each of them adds in a fixed order.
#[must_use]
pub fn has_own_kernels(index: usize) -> bool {
    crate::cuda::is_hopper(&Device::cuda(index))
}
