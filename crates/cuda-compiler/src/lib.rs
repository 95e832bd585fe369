//! Takes the place of `cubecl-llvm`, the compiler that the CUDA runtime asks for machine code.
//!
//! The original brings LLVM, which its build downloads. This one hands CUDA C++ to NVRTC, the compiler that comes with
//! CUDA's runtime and is opened when it is needed: nothing of CUDA has to be there to build. What is compiled is kept on
//! disk ([`cache`]), so that only the first run on a machine waits for it.
//!
//! Kernels come in two kinds. Those that the tensor library describes are turned into text by `cubecl-cpp`. Those of
//! Graftwork are CUDA C++ from the start, and are known here by name ([`native`]). Names of types are those of the
//! original, as the runtime uses them.

pub mod cache;
pub mod native;
mod nvrtc;

use cubecl_core::ir::{DeviceProperties, nvidia::SmArch};
use cubecl_core::prelude::KernelDefinition;
use cubecl_cpp::shared::{CompilationOptions, CppCompiler, CppSupportedFeatures};
use cubecl_cpp::target::Cuda;
use cubecl_environment::backtrace::BackTrace;
use cubecl_server::compiler::{CompilationError, Compiler};
use cubecl_server::kernel::BufferIOAttr;

pub use nvrtc::{NO_COMPILER, NO_HEADERS, headers, is_present as nvrtc_is_present};

/// Memory of the GPU of that number that nobody has taken, in bytes, if the driver says. There is a driver.
pub fn free_bytes(index: usize) -> Option<u64> {
    use cudarc::driver::result::{ctx, device, init, mem_get_info, primary_ctx};
    init().ok()?;
    let device = device::get(i32::try_from(index).ok()?).ok()?;
    // SAFETY: the device is the driver's own; its primary context, in which the runtime computes as well, is never released.
    unsafe { ctx::set_current(primary_ctx::retain(device).ok()?) }.ok()?;
    mem_get_info().ok().map(|(free, _)| free as u64)
}

pub mod nvptx {
    pub mod ptx_version {
        /// There is none: what is compiled here is machine code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum PtxVersion {}

        impl PtxVersion {
            pub fn for_driver(_driver: i32) -> Option<Self> {
                None
            }
        }

        impl core::fmt::Display for PtxVersion {
            fn fmt(&self, _: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match *self {}
            }
        }
    }
}

pub mod shared {
    pub mod lowered_features {
        pub enum GpuTarget {
            Nvptx,
        }

        /// What the runtime advertises holds: NVRTC compiles all of it.
        pub fn restrict_features(_: &mut crate::DeviceProperties, _: GpuTarget) {}
    }
}

#[derive(Clone, Copy, Debug)]
pub enum LlvmTarget {
    Nvptx,
}

/// What the runtime knows when it asks.
#[derive(Clone, Debug, Default)]
pub struct PlironOptions {
    pub arch: Option<()>,
    pub sm_arch: Option<SmArch>,
    pub ptx_version: Option<nvptx::ptx_version::PtxVersion>,
    pub grid_constants: bool,
}

/// A compiled kernel.
#[derive(Clone, Debug)]
pub struct NvptxModule {
    /// Machine code, in spite of the name; the driver loads either.
    pub ptx: Vec<core::ffi::c_char>,
    pub entrypoint: String,
    /// The text that it was compiled from.
    pub ir: String,
    /// Bytes that a launch reserves.
    pub shared_memory_size: usize,
    pub io: Vec<BufferIOAttr>,
}

#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PlironArtifact {
    NvptxCode(NvptxModule),
}

/// The compiler.
#[derive(Clone, Debug)]
pub struct PlironCompiler {
    pub target: LlvmTarget,
}

impl PlironCompiler {
    pub fn compile(
        &mut self,
        kernel: KernelDefinition,
        options: &PlironOptions,
    ) -> Result<PlironArtifact, CompilationError> {
        let version = options.sm_arch.map_or(0, |arch| arch.version());
        let entrypoint = kernel.settings.kernel_name.clone();
        let (text, shared_memory_size, io) = match native::find(&entrypoint) {
            Some(native) => (native.text.clone(), native.shared_memory, native.io.clone()),
            None => {
                let kernel = CppCompiler::<Cuda>::default().compile(kernel, &cpp_options(version, options))?;
                (kernel.source, kernel.shared_memory_size, kernel.io)
            }
        };
        let image = cache::machine_code(&text, version).map_err(|reason| CompilationError::Generic {
            reason: format!("`{entrypoint}`: {reason}"),
            backtrace: BackTrace::capture(),
        })?;
        let ptx = image.into_iter().map(|byte| byte as core::ffi::c_char).collect();
        Ok(PlironArtifact::NvptxCode(NvptxModule { ptx, entrypoint, ir: text, shared_memory_size, io }))
    }

    pub fn lang_tag(&self) -> &'static str {
        "nvrtc"
    }
}

/// What the runtime found out about the device, as far as the text depends on it.
fn cpp_options(version: u32, options: &PlironOptions) -> CompilationOptions {
    let supports_features = CppSupportedFeatures {
        grid_constants: options.grid_constants,
        clusters: version >= 90,
        elect_sync: version >= 90,
        fast_math: true,
        dp4a: version >= 61,
        ..CppSupportedFeatures::default()
    };
    CompilationOptions { supports_features, ..CompilationOptions::default() }
}
