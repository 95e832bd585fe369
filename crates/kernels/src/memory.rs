//! Where tensors lie that are there for a whole run.

use burn::tensor::Device;

/// What `make` gives of `from`, in memory that is set apart for what stays: weights, adapters, moments.
///
/// The runtime sizes the pages of its other memory by the largest tensor, and looks through those of a smaller size for every tensor that it makes, as
/// long as something lies there. What comes and goes in a step should not pay for what stays.
///
/// What `make` drops again, and what is dropped later, stays set apart for the next of its size until [`Device::memory_cleanup`].
pub fn kept<I: Send, T: Send>(device: &Device, from: I, make: impl Fn(I) -> T + Send) -> T {
    device.memory_persistent_allocations(from, make)
}

/// Has a GPU's pages fit tensors of so many values in f32 from now on: those that it has would not be used again once a larger tensor came, and stay as long as
/// anything lies there.
pub fn make_pages(device: &Device, values: usize) {
    #[cfg(feature = "cuda")]
    if crate::cuda::is_gpu(device) {
        drop(burn::tensor::Tensor::<1>::empty([values], (device, burn::tensor::DType::F32)));
    }
    #[cfg(not(feature = "cuda"))]
    let _ = (device, values);
}
