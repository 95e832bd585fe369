//! Numbers about the frozen weights, for plugins that ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{Device, Tensor};
use graftwork_kernels::spectrum;
use graftwork_plan::{Param, ParamId};
use graftwork_plugin_host::Stats;

use crate::base::Base;

/// Measures weights when they are first asked for, and remembers.
pub(crate) struct WeightStats {
    base: Arc<Base>,
    device: Device,
    known: Mutex<Known>,
}

impl WeightStats {
    pub(crate) fn new(base: Arc<Base>, device: Device) -> Self {
        Self { base, device, known: Mutex::default() }
    }

    fn param(&self, id: ParamId) -> Result<&Param, String> {
        self.base.manifest.get(id).ok_or_else(|| format!("there is no parameter {}", id.0))
    }

    fn weight(&self, id: ParamId) -> Result<Tensor<2>, String> {
        self.base.weight(id, &self.device).map_err(|e| e.to_string())
    }
}

impl Stats for WeightStats {
    fn norm(&self, id: ParamId) -> Result<f64, String> {
        self.param(id)?;
        // A lock that a panic poisoned still holds whole entries.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.norm(id, || self.weight(id).map(spectrum::norm))
    }

    fn singular_values(&self, id: ParamId, count: u32) -> Result<Vec<f64>, String> {
        let param = self.param(id)?;
        let &[rows, columns] = param.shape.dims() else {
            return Err(format!("`{}` is no matrix: its shape is {}", param.name, param.shape));
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.spectrum(id, u64::from(count), rows.min(columns), |count| {
            Ok(spectrum::singular_values(self.weight(id)?, count))
        })
    }

    fn gradient_norm(&self, _: ParamId) -> Result<f64, String> {
        Err("this run has no calibration batches, so no gradient was measured".to_owned())
    }
}

/// What was measured. A plugin may ask the same thing thousands of times, and each measurement is a pass over a weight.
#[derive(Default)]
struct Known {
    norms: HashMap<ParamId, f64>,
    spectra: HashMap<ParamId, Vec<f64>>,
}

impl Known {
    fn norm(&mut self, id: ParamId, measure: impl FnOnce() -> Result<f64, String>) -> Result<f64, String> {
        if let Some(&norm) = self.norms.get(&id) {
            return Ok(norm);
        }
        let norm = measure()?;
        self.norms.insert(id, norm);
        Ok(norm)
    }

    /// The `count` largest values of a matrix that has `all`.
    fn spectrum(
        &mut self,
        id: ParamId,
        count: u64,
        all: u64,
        measure: impl FnOnce(usize) -> Result<Vec<f64>, String>,
    ) -> Result<Vec<f64>, String> {
        // Who asks a narrow matrix for more than it has got all of them before.
        let count = count.min(all) as usize;
        if let Some(known) = self.spectra.get(&id).and_then(|known| known.get(..count)) {
            return Ok(known.to_vec());
        }
        let values = measure(count)?;
        self.spectra.insert(id, values.clone());
        Ok(values)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_measured_again() {
        let (mut known, id) = (Known::default(), ParamId(3));
        let never = || Err("measured again".to_owned());
        assert_eq!(known.norm(id, || Ok(2.5)), Ok(2.5));
        assert_eq!(known.norm(id, never), Ok(2.5));
        // A matrix with two columns has two, however many are asked for.
        let measure = |count| Ok([2.0, 1.5, 0.5][..count].to_vec());
        assert_eq!(known.spectrum(id, 1024, 2, measure).unwrap(), [2.0, 1.5]);
        for count in [0, 1, 2, 1024] {
            let again = known.spectrum(id, count, 2, |_| Err("measured again".to_owned())).unwrap();
            assert_eq!(again, [2.0, 1.5][..count.min(2) as usize]);
        }
        // One that has more is measured again for more.
        let id = ParamId(5);
        assert_eq!(known.spectrum(id, 1, 3, measure).unwrap(), [2.0]);
        assert_eq!(known.spectrum(id, 3, 3, measure).unwrap(), [2.0, 1.5, 0.5]);
        // A failure is no number.
        assert!(known.norm(ParamId(4), never).is_err());
        assert_eq!(known.norm(ParamId(4), || Ok(1.0)), Ok(1.0));
    }
}
