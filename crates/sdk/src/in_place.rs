//! Parameters of the model itself that train.

use serde::Deserialize;

use crate::{Error, Layers, Model, Param, Trainable, regex};

/// Which of the model's own parameters a person wants trained. Flatten it into a plugin's settings.
///
/// # Examples
/// ```
/// use graftwork_sdk::{InPlaceSettings, settings};
/// # use graftwork_sdk::{Mock, Model, Param, Role};
///
/// # fn main() -> Result<(), graftwork_sdk::Error> {
/// # let param = |id, name: &str, layer| {
/// #     let (name, dtype) = (name.to_owned(), "f32".to_owned());
/// #     Param { id, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(layer), tied_to: None }
/// # };
/// # let params = vec![param(0, "layers.0.q_proj.weight", 0), param(1, "layers.0.v_proj.weight", 0), param(2, "layers.1.q_proj.weight", 1)];
/// # let model = Model::from(Mock { params, ..Mock::default() });
/// let of_person: InPlaceSettings = settings(r#"{"include": "q_proj", "layers": 1}"#)?;
/// let trained = of_person.choose(&model, |param| param.role == Role::Linear)?;
/// assert_eq!(trained.iter().map(|trainable| trainable.param).collect::<Vec<_>>(), [2]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct InPlaceSettings {
    /// Only parameters in whose names this regular expression matches somewhere.
    pub include: Option<String>,
    /// Not those in whose names this one does.
    pub exclude: Option<String>,
    /// Only parameters of these layers.
    #[serde(deserialize_with = "crate::layers::flattened")]
    pub layers: Option<Layers>,
}

impl InPlaceSettings {
    /// The parameters that the settings and the method admit, each once: a tied one trains as the one that it is tied to.
    ///
    /// # Errors
    /// A pattern cannot be read or matches nothing, there is no such layer, or nothing is left.
    pub fn choose(&self, model: &Model, admits: impl Fn(&Param) -> bool) -> Result<Vec<Trainable>, Error> {
        let named = |key, pattern: &Option<String>| pattern.as_deref().map(|p| model.named(key, p)).transpose();
        let (include, exclude) = (named("include", &self.include)?, named("exclude", &self.exclude)?);
        if let Some(layers) = &self.layers {
            layers.check("layers", model)?;
        }
        let trains = |p: &&Param| {
            p.tied_to.is_none()
                && include.as_ref().is_none_or(|ids| ids.contains(&p.id))
                && exclude.as_ref().is_none_or(|ids| !ids.contains(&p.id))
                && self.layers.as_ref().is_none_or(|layers| layers.admit(p))
                && admits(p)
        };
        let chosen: Vec<_> = model.params().iter().filter(trains).map(Trainable::from).collect();
        if chosen.is_empty() {
            return Err(Error::config("include", "no parameter of this model is left to train"));
        }
        Ok(chosen)
    }
}

impl Model {
    /// The parameters in whose names a regular expression matches somewhere. A tied one stands for the one that it is tied
    /// to. The pattern stands in the setting `key`.
    ///
    /// # Errors
    /// The pattern cannot be read or matches nothing.
    pub fn named(&self, key: &str, pattern: &str) -> Result<Vec<u32>, Error> {
        let regex = regex(key, pattern)?;
        let found = self.params().iter().filter(|p| regex.is_match(&p.name));
        let ids: Vec<u32> = found.map(|p| p.tied_to.unwrap_or(p.id)).collect();
        if ids.is_empty() {
            return Err(Error::config(key, format!("`{pattern}` matches no parameter of this model")));
        }
        Ok(ids)
    }
}

impl From<&Param> for Trainable {
    fn from(param: &Param) -> Self {
        Self { param: param.id, group: None }
    }
}
