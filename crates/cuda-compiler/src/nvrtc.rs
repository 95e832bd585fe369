//! CUDA's run-time compiler.

use std::ffi::{CStr, CString, c_char};
use std::path::PathBuf;

use cudarc::nvrtc::{result, sys};

/// What is said where the library is missing.
pub const NO_COMPILER: &str = "CUDA's run-time compiler, libnvrtc, is not on this machine; install the CUDA toolkit";
/// What is said where the headers are missing.
pub const NO_HEADERS: &str =
    "CUDA's headers are not on this machine; install the CUDA toolkit, or set CUDA_PATH to its folder";

/// Whether the library is on this machine.
#[must_use]
pub fn is_present() -> bool {
    // SAFETY: the call only tries to open the library under each of its names.
    unsafe { sys::is_culib_present() }
}

/// The folder of CUDA's headers, which the tensor library's kernels include.
#[must_use]
pub fn headers() -> Option<PathBuf> {
    let given = std::env::var_os("CUDA_PATH").map(PathBuf::from);
    let usual = ["/usr/local/cuda", "/opt/cuda", "/usr"].into_iter().map(PathBuf::from);
    given.into_iter().chain(usual).map(|root| root.join("include")).find(|folder| folder.join("cuda_fp16.h").exists())
}

pub(crate) fn version() -> Result<String, String> {
    if !is_present() {
        return Err(NO_COMPILER.to_owned());
    }
    let (mut major, mut minor) = (0, 0);
    // SAFETY: both places outlive the call.
    unsafe { sys::nvrtcVersion(&raw mut major, &raw mut minor) }.result().map_err(|e| e.to_string())?;
    Ok(format!("{major}.{minor}"))
}

/// Options for an architecture, such as 90.
pub(crate) fn options(version: u32) -> Result<Vec<String>, String> {
    let Some(headers) = headers() else {
        return Err(NO_HEADERS.to_owned());
    };
    // Instructions of one architecture alone, such as products by a warpgroup.
    let specific = if version >= 90 { "a" } else { "" };
    let mut options = vec![
        format!("--gpu-architecture=sm_{version}{specific}"),
        format!("--include-path={}", headers.display()),
        "-default-device".to_owned(),
        "-std=c++17".to_owned(),
    ];
    let cccl = headers.join("cccl");
    if cccl.exists() {
        options.push(format!("--include-path={}", cccl.display()));
    }
    Ok(options)
}

/// Compiles text to machine code; the error is the compiler's own.
pub(crate) fn compile(text: &str, options: &[String]) -> Result<Vec<u8>, String> {
    let text = CString::new(text).map_err(|_| "the text has a zero byte".to_owned())?;
    let program = result::create_program(&text, None).map_err(|e| e.to_string())?;
    let code = compile_program(program, options);
    // SAFETY: the program was created above, and nothing uses it any more.
    let _ = unsafe { result::destroy_program(program) };
    code
}

fn compile_program(program: sys::nvrtcProgram, options: &[String]) -> Result<Vec<u8>, String> {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    // SAFETY: the caller created the program and destroys it after this call; the code's buffer has the size that the
    // library asks for.
    unsafe {
        if let Err(error) = result::compile_program(program, &options) {
            let log = result::get_program_log(program).map_err(|_| error.to_string())?;
            let log: Vec<c_char> = log.into_iter().chain([0]).collect();
            return Err(CStr::from_ptr(log.as_ptr()).to_string_lossy().into_owned());
        }
        let mut size = 0;
        sys::nvrtcGetCUBINSize(program, &raw mut size).result().map_err(|e| e.to_string())?;
        let mut code = vec![0u8; size];
        sys::nvrtcGetCUBIN(program, code.as_mut_ptr().cast()).result().map_err(|e| e.to_string())?;
        Ok(code)
    }
}
