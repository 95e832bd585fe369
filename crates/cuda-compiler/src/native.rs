//! Kernels that are CUDA C++ from the start.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use cubecl_server::kernel::BufferIOAttr;

/// A kernel as text.
#[derive(Clone, Debug)]
pub struct Native {
    /// The whole text; its one `extern "C"` kernel has the name that this is registered by.
    pub text: String,
    /// Bytes of shared memory that a launch reserves, besides what the text declares.
    pub shared_memory: usize,
    /// What it does with each buffer, in the order of its parameters.
    pub io: Vec<BufferIOAttr>,
}

static KNOWN: LazyLock<RwLock<HashMap<String, Arc<Native>>>> = LazyLock::new(RwLock::default);

/// Makes a kernel known by its name, once.
pub fn register(name: &str, native: impl FnOnce() -> Native) {
    if find(name).is_none() {
        // Nothing panics while the map is half changed.
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(name.to_owned()).or_insert_with(|| Arc::new(native()));
    }
}

/// The kernel of that name.
pub fn find(name: &str) -> Option<Arc<Native>> {
    KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
}
