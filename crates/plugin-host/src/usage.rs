//! What calls of a plugin took, beside what they may take.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use wasmtime::component::InstancePre;

use crate::state::State;

/// The most that any one call has used, in the units of [`Limits`](crate::Limits).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Instructions.
    pub fuel: u64,
    /// Bytes of linear memory.
    pub memory_bytes: u64,
}

/// A linked component that remembers what its calls used.
pub(crate) struct Linked {
    component: InstancePre<State>,
    fuel: AtomicU64,
    memory: AtomicU64,
}

impl Linked {
    pub(crate) fn new(component: InstancePre<State>) -> Self {
        Self { component, fuel: AtomicU64::new(0), memory: AtomicU64::new(0) }
    }

    /// Notes what a call used, whether it ended well or not.
    pub(crate) fn used(&self, fuel: u64, memory: u64) {
        self.fuel.fetch_max(fuel, Ordering::Relaxed);
        self.memory.fetch_max(memory, Ordering::Relaxed);
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage { fuel: self.fuel.load(Ordering::Relaxed), memory_bytes: self.memory.load(Ordering::Relaxed) }
    }
}

impl Deref for Linked {
    type Target = InstancePre<State>;

    fn deref(&self) -> &Self::Target {
        &self.component
    }
}
