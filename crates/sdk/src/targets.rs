//! Which modules a method adapts: names, patterns and layers, as PEFT reads them.

use serde::Deserialize;

use crate::pattern::{near, regex};
use crate::{Error, Layers, Model, Param, Role};

/// Modules by name: `"all-linear"`, one regular expression over the whole path, or a list of names.
///
/// A name of a list matches a module whose path it is or ends, at a dot: `q_proj`, `self_attn.q_proj`,
/// `model.layers.0.self_attn.q_proj`.
///
/// # Examples
/// ```
/// use graftwork_sdk::Names;
/// # use graftwork_sdk::{Mock, Model, Param, Role};
///
/// # fn main() -> Result<(), graftwork_sdk::Error> {
/// # let param = |id, name: &str, layer| {
/// #     let (name, dtype) = (name.to_owned(), "f32".to_owned());
/// #     Param { id, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(layer), tied_to: None }
/// # };
/// # let params = vec![param(0, "layers.0.q_proj.weight", 0), param(1, "layers.0.v_proj.weight", 0), param(2, "layers.1.q_proj.weight", 1)];
/// # let model = Model::from(Mock { params, ..Mock::default() });
/// let queries = Names::List(vec!["q_proj".to_owned()]).find("target_modules", &model)?;
/// assert_eq!(queries.len(), 2);
/// let first = Names::Pattern(r"layers\.0\..*".to_owned()).find("target_modules", &model)?;
/// assert_eq!(first.len(), 2);
/// assert_eq!(Names::all_linear().find("target_modules", &model)?.len(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// `all-linear`, or a regular expression.
    Pattern(String),
    /// Names.
    List(Vec<String>),
}

impl Names {
    /// The weight of every linear layer, without output head and embeddings.
    pub fn all_linear() -> Self {
        Self::Pattern(ALL_LINEAR.to_owned())
    }

    /// The adaptable weights that the names match: linear layers, heads and embeddings, none of them tied to another. The
    /// names stand in the setting `key`.
    ///
    /// # Errors
    /// A pattern cannot be read, or a name matches nothing; the error lists what there is.
    pub fn find<'m>(&self, key: &str, model: &'m Model) -> Result<Vec<&'m Param>, Error> {
        matching(key, self, model)
    }
}

const ALL_LINEAR: &str = "all-linear";

/// A choice of weights.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Names, Targets};
/// # use graftwork_sdk::{Mock, Model, Param, Role};
///
/// # fn main() -> Result<(), graftwork_sdk::Error> {
/// # let param = |id, name: &str, layer| {
/// #     let (name, dtype) = (name.to_owned(), "f32".to_owned());
/// #     Param { id, name, shape: vec![8, 4], dtype, role: Role::Linear, layer: Some(layer), tied_to: None }
/// # };
/// # let params = vec![param(0, "layers.0.q_proj.weight", 0), param(1, "layers.0.v_proj.weight", 0), param(2, "layers.1.q_proj.weight", 1)];
/// # let model = Model::from(Mock { params, ..Mock::default() });
/// let (all, values) = (Names::all_linear(), Names::List(vec!["v_proj".to_owned()]));
/// let targets = Targets { include: &all, exclude: Some(&values), layers: None };
/// let modules: Vec<_> = targets.choose(&model)?.into_iter().map(Param::module).collect();
/// assert_eq!(modules, ["layers.0.q_proj", "layers.1.q_proj"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Targets<'a> {
    /// What to choose.
    pub include: &'a Names,
    /// What to leave out of it.
    pub exclude: Option<&'a Names>,
    /// The only layers to choose from.
    pub layers: Option<&'a Layers>,
}

impl Targets<'_> {
    /// The chosen weights, in the model's order: linear layers, heads and embeddings, none of them tied to another.
    ///
    /// The settings are called `target_modules`, `exclude_modules` and `layers` in errors.
    ///
    /// # Errors
    /// A pattern cannot be read, a name matches nothing (the error lists what there is), there is no such layer, or
    /// nothing is left.
    pub fn choose(self, model: &Model) -> Result<Vec<&Param>, Error> {
        let included = matching("target_modules", self.include, model)?;
        let excluded = self.exclude.map(|names| matching("exclude_modules", names, model)).transpose()?;
        if let Some(layers) = self.layers {
            layers.check("layers", model)?;
        }
        let left = |p: &&Param| {
            excluded.as_ref().is_none_or(|e| e.iter().all(|x| x.id != p.id)) && self.layers.is_none_or(|l| l.admit(p))
        };
        let chosen: Vec<&Param> = included.into_iter().filter(left).collect();
        if chosen.is_empty() {
            let message = "nothing is left to adapt after `exclude_modules` and `layers`";
            return Err(Error::config("target_modules", message));
        }
        Ok(chosen)
    }
}

/// The adaptable weights that the names match. Every name has to match at least one.
fn matching<'m>(key: &str, names: &Names, model: &'m Model) -> Result<Vec<&'m Param>, Error> {
    let adaptable = |p: &&Param| {
        p.tied_to.is_none() && p.shape.len() == 2 && matches!(p.role, Role::Linear | Role::Head | Role::Embedding)
    };
    let candidates: &[&Param] = &model.params().iter().filter(adaptable).collect::<Vec<_>>();
    let pick =
        |test: &dyn Fn(&Param) -> bool| -> Vec<&'m Param> { candidates.iter().copied().filter(|p| test(p)).collect() };
    let found = match names {
        Names::Pattern(word) if word == ALL_LINEAR => pick(&|p| p.role == Role::Linear),
        Names::Pattern(pattern) => {
            let whole = regex(key, &format!("^(?:{pattern})$"))?;
            pick(&|p| whole.is_match(p.module()))
        }
        Names::List(list) if list.is_empty() => return Err(Error::config(key, "is an empty list")),
        Names::List(list) => {
            if let Some(name) = list.iter().find(|name| !candidates.iter().any(|p| p.is_called(name))) {
                return Err(nothing_called(key, name, model, candidates));
            }
            pick(&|p| list.iter().any(|name| p.is_called(name)))
        }
    };
    match names {
        Names::Pattern(pattern) if found.is_empty() => Err(nothing_called(key, pattern, model, candidates)),
        _ => Ok(found),
    }
}

fn nothing_called(key: &str, name: &str, model: &Model, candidates: &[&Param]) -> Error {
    let tied = model.params().iter().find(|p| p.is_called(name) && p.tied_to.is_some());
    if let Some(owner) = tied.and_then(|p| model.param(p.tied_to?)) {
        return Error::config(key, format!("`{name}` is tied to `{}`; name that one instead", owner.module()));
    }
    // `q_proj` as a pattern matches nothing, here as in PEFT; what is meant is the list.
    let hint = if candidates.iter().any(|p| p.is_called(name)) {
        format!("; a single string is a pattern over the whole path, so for the name write [\"{name}\"]")
    } else {
        near(name, candidates)
    };
    let mut kinds: Vec<&str> = candidates.iter().filter_map(|p| p.module().rsplit('.').next()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Error::config(key, format!("`{name}` matches no module of this model{hint} (there are: {})", kinds.join(", ")))
}
