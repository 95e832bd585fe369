//! Numbers about the frozen weights, for plugins that ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::Device;
use graftwork_kernels::spectrum;
use graftwork_plan::ParamId;
use graftwork_plugin_host::Stats;

use crate::base::Base;

/// Measures weights when they are first asked for, and remembers.
pub(crate) struct WeightStats {
    base: Arc<Base>,
    device: Device,
    spectra: Mutex<HashMap<ParamId, Vec<f64>>>,
}

impl WeightStats {
    pub(crate) fn new(base: Arc<Base>, device: Device) -> Self {
        Self { base, device, spectra: Mutex::default() }
    }

    fn matrix(&self, param: ParamId) -> Result<burn::tensor::Tensor<2>, String> {
        let Some(described) = self.base.manifest.get(param) else {
            return Err(format!("there is no parameter {}", param.0));
        };
        if described.shape.rank() != 2 {
            return Err(format!("`{}` is no matrix: its shape is {}", described.name, described.shape));
        }
        self.base.weight(param, &self.device).map_err(|e| e.to_string())
    }
}

impl Stats for WeightStats {
    fn norm(&self, param: ParamId) -> Result<f64, String> {
        if self.base.manifest.get(param).is_none() {
            return Err(format!("there is no parameter {}", param.0));
        }
        self.base.weight(param, &self.device).map(spectrum::norm).map_err(|e| e.to_string())
    }

    fn singular_values(&self, param: ParamId, count: u32) -> Result<Vec<f64>, String> {
        let count = count as usize;
        // A lock that a panic poisoned still holds whole entries.
        let mut spectra = self.spectra.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = spectra.get(&param).filter(|known| known.len() >= count) {
            return Ok(known[..count].to_vec());
        }
        let values = spectrum::singular_values(self.matrix(param)?, count);
        spectra.insert(param, values.clone());
        Ok(values)
    }

    fn gradient_norm(&self, _: ParamId) -> Result<f64, String> {
        Err("this run has no calibration batches, so no gradient was measured".to_owned())
    }
}
