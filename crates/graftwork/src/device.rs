//! Where a run computes.

use std::fmt;
use std::str::FromStr;

use burn::tensor::Device;
use graftwork_plan::Manifest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Error, memory};

/// What is said of a GPU in a program that has no code for one.
#[cfg(not(feature = "cuda"))]
pub(crate) const WITHOUT_CUDA: &str = "this program was built without CUDA; build it with `--features cuda`";

/// A device by name: `cpu` or `cuda:0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^(cpu|cuda(:0*(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2}))?)$", "examples" = ["cpu", "cuda:0"]))]
pub enum DeviceChoice {
    /// The processor.
    #[default]
    Cpu,
    /// An NVIDIA GPU by its number.
    Cuda(usize),
}

impl DeviceChoice {
    /// The tensor library's device.
    pub(crate) fn open(self) -> Result<Device, Error> {
        match self {
            Self::Cpu => Ok(Device::flex()),
            #[cfg(feature = "cuda")]
            Self::Cuda(index) => match graftwork_kernels::toolkit::Toolkit::find().problem(index) {
                // The runtime panics where its libraries are missing.
                Some(message) => Err(Error::Device { device: self.to_string(), message }),
                None => Ok(Device::cuda(index)),
            },
            #[cfg(not(feature = "cuda"))]
            Self::Cuda(_) => Err(Error::Device { device: self.to_string(), message: WITHOUT_CUDA.to_owned() }),
        }
    }

    /// Refuses a device on which two runs of the same training could differ.
    ///
    /// On the processor every sum is taken in an order that depends on shapes alone, however many threads there are: products are divided
    /// among them by rows and columns of the result, and where the tensor library would add up what threads give as they come,
    /// `kernels` does not ask it to.
    ///
    /// On a Hopper GPU with a model in bf16, every kernel of `kernels` adds in trees of a fixed shape, without atomics on floats. What is left
    /// to the tensor library, such as adapters that are built as matrices, goes through kernels that it chooses by shape, unless it was built to
    /// choose by time; those of them that add with atomics are not used where two values meet in one place. On other cards and in other
    /// types that is not known of every kernel.
    #[cfg_attr(not(feature = "cuda"), expect(unused_variables, reason = "the processor needs no model"))]
    pub(crate) fn must_be_deterministic(self, model: &Manifest) -> Result<(), Error> {
        match self {
            Self::Cpu => Ok(()),
            #[cfg(feature = "cuda")]
            Self::Cuda(index) => {
                let half = model.params.iter().all(|param| param.dtype == graftwork_plan::Dtype::Bf16);
                let only = if graftwork_kernels::toolkit::is_autotuned() {
                    "in a program that was built without burn's feature `autotune`, which chooses kernels by timing them"
                } else if half && graftwork_kernels::toolkit::has_own_kernels(index) {
                    return Ok(());
                } else {
                    "for a model in bf16 on a GPU of compute capability 9.0 (Hopper)"
                };
                let message =
                    format!("two runs are the same, bit by bit, only {only}; leave --deterministic out, or use `cpu`");
                Err(Error::Device { device: self.to_string(), message })
            }
            #[cfg(not(feature = "cuda"))]
            Self::Cuda(_) => Err(Error::Device { device: self.to_string(), message: WITHOUT_CUDA.to_owned() }),
        }
    }

    /// Memory that a run may take in bytes, where the system says: all that the machine has, or what is free on a GPU.
    pub(crate) fn memory_bytes(self) -> Option<u64> {
        match self {
            Self::Cpu => memory::machine_bytes(),
            #[cfg(feature = "cuda")]
            Self::Cuda(index) => graftwork_kernels::toolkit::free_bytes(index),
            #[cfg(not(feature = "cuda"))]
            Self::Cuda(_) => None,
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

/// `cpu`, `cuda:1`, or `cuda` for the first.
///
/// # Examples
/// ```
/// use graftwork::DeviceChoice;
///
/// assert_eq!("cpu".parse(), Ok(DeviceChoice::Cpu));
/// assert_eq!("cuda".parse(), Ok(DeviceChoice::Cuda(0)));
/// assert_eq!(DeviceChoice::Cuda(1).to_string(), "cuda:1");
/// ```
impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        // `parse` alone would take a sign.
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u8>().ok()).flatten();
        match name.split_once(':') {
            None if name == "cpu" => Ok(Self::Cpu),
            None if name == "cuda" => Ok(Self::Cuda(0)),
            Some(("cuda", index)) if let Some(index) = number(index) => Ok(Self::Cuda(index.into())),
            _ => Err(format!("no device is called `{name}`; there are `cpu` and `cuda:0`, `cuda:1`, …")),
        }
    }
}

impl TryFrom<String> for DeviceChoice {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

impl From<DeviceChoice> for String {
    fn from(choice: DeviceChoice) -> Self {
        choice.to_string()
    }
}
