//! A merge for tests of composers.

use graftwork_sdk::{Composer, Error, Mock, Model, Param, Role, Source, settings};

use crate::{Array, Context, Scope, array};

/// What is merged.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The frozen weight.
    pub base: Array,
    /// What each source changes.
    pub deltas: Vec<Array>,
    /// Weight of each source.
    pub weights: Vec<f64>,
}

impl Merge {
    /// Three changes of a weight `[2, 3]`, with zeros and with signs that disagree. Tests have mergekit's numbers for it.
    pub fn example() -> Self {
        let matrix = |values: &[f64]| array(&[2, 3], values);
        let deltas = vec![
            matrix(&[0.3, -0.2, 0.05, 0.0, 0.7, -0.4]),
            matrix(&[-0.1, -0.6, 0.35, 0.15, -0.25, 0.45]),
            matrix(&[-0.5, 0.08, 0.12, -0.22, 0.02, -0.31]),
        ];
        Self { base: matrix(&[0.5, -1.0, 0.25, 2.0, 0.0, -0.75]), deltas, weights: vec![0.7, 0.5, 1.1] }
    }

    /// The same with other weights.
    pub fn weighing(self, weights: &[f64]) -> Self {
        Self { weights: weights.to_vec(), ..self }
    }

    /// Only the first source, with a weight of 1.
    pub fn alone(self) -> Self {
        Self { deltas: self.deltas[..1].to_vec(), weights: vec![1.0], ..self }
    }

    /// The same values as vectors.
    pub fn flat(self) -> Self {
        let flat = |a: &Array| array(&[a.len()], &a.iter().copied().collect::<Vec<_>>());
        Self { base: flat(&self.base), deltas: self.deltas.iter().map(flat).collect(), ..self }
    }

    /// The base with what source `index` changes, once.
    pub fn adapted(&self, index: usize) -> Array {
        &self.base + &self.deltas[index]
    }

    /// The weight that a composer makes of it.
    ///
    /// # Errors
    /// The composer's.
    pub fn by<C: Composer>(&self, config: &str) -> Result<Array, Error> {
        let shape = self.base.shape().iter().map(|&d| d as u32).collect();
        let (name, dtype) = ("model.layers.0.self_attn.q_proj.weight".to_owned(), "f32".to_owned());
        let target = Param { id: 0, name, shape, dtype, role: Role::Linear, layer: Some(0), tied_to: None };
        let model = Model::from(Mock { params: vec![target.clone()], ..Mock::default() });
        let source =
            |(i, weight): (usize, &f64)| Source { name: format!("run {i}"), kind: "lora".to_owned(), weight: *weight };
        let sources: Vec<Source> = self.weights.iter().enumerate().map(source).collect();
        let expression = C::compose(settings(config)?, &model, &target, &sources)?;
        let scope = Scope { base: self.base.clone(), deltas: self.deltas.clone(), ..Scope::default() };
        Ok(scope.value(&expression, Context::Compose))
    }

    /// The weight that a composer makes of it.
    pub fn merged<C: Composer>(&self, config: &str) -> Array {
        self.by::<C>(config).expect("a merge")
    }

    /// The setting that a composer refuses.
    pub fn refused<C: Composer>(&self, config: &str) -> String {
        match self.by::<C>(config) {
            Err(Error::Config { key, .. }) => key,
            other => format!("{other:?}"),
        }
    }
}
