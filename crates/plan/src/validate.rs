//! From what a plugin says to a plan: every field is checked, and every problem is reported at once.

use std::collections::{HashMap, HashSet};

use crate::graph::{Context, Graph, Scope};
use crate::manifest::{Manifest, Param, ParamId};
use crate::op::Op;
use crate::plan::{Adapter, AdapterTensor, Group, Plan, Trainable};
use crate::problem::{Problem, Problems, shown};
use crate::raw::{RawAdapter, RawGraph, RawGroup, RawPlan, RawTensor};
use crate::shape::Shape;

/// The most nodes in one expression.
pub const MAX_GRAPH_NODES: usize = 4096;
/// The most tensors in one adapter.
pub const MAX_TENSORS_PER_ADAPTER: usize = 64;
/// The longest name of a tensor, kind or group, in bytes.
const MAX_NAME: usize = 64;
/// Name of the group for tensors that name none.
const DEFAULT_GROUP: &str = "default";

impl Plan {
    /// Checks a raw plan against a model.
    ///
    /// # Errors
    /// Every problem at once: unknown parameters, ops and groups, shapes that do not fit, values that are not finite,
    /// forward references, duplicates, tied parameters, and a plan that trains nothing.
    pub fn validate(raw: &RawPlan, manifest: &Manifest) -> Result<Self, Problems> {
        let mut checker = Checker { manifest, problems: Vec::new(), groups: HashMap::new(), claimed: HashMap::new() };
        let groups = checker.groups(&raw.groups);
        let trainable = checker.trainable(raw);
        let adapters: Vec<_> = raw.adapters.iter().enumerate().map(|(i, a)| checker.adapter(i, a)).collect();
        let trains = !raw.trainable.is_empty() || raw.adapters.iter().any(|a| a.tensors.iter().any(|t| t.trainable));
        if !trains {
            checker.report(
                "plan",
                "nothing trains: no parameter is declared trainable and no adapter has a trainable tensor".to_owned(),
            );
        }
        match adapters.into_iter().collect::<Option<Vec<_>>>() {
            Some(adapters) if checker.problems.is_empty() => {
                Ok(Self { trainable, adapters, groups, metadata: raw.metadata.clone() })
            }
            _ => Err(Problems(checker.problems)),
        }
    }
}

struct Checker<'a> {
    manifest: &'a Manifest,
    problems: Vec<Problem>,
    groups: HashMap<String, usize>,
    /// What already trains or adapts a parameter, for the message about a second claim.
    claimed: HashMap<ParamId, String>,
}

impl<'a> Checker<'a> {
    fn report(&mut self, path: &str, message: String) {
        self.problems.push(Problem { path: path.to_owned(), message });
    }

    fn name(&mut self, path: &str, what: &str, name: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(plain) {
            self.report(
                path,
                format!("{what} `{}` must be 1 to {MAX_NAME} letters, digits, `_`, `-` or `.`", shown(name)),
            );
        }
    }

    fn groups(&mut self, raw: &[RawGroup]) -> Vec<Group> {
        let default = Group { name: DEFAULT_GROUP.to_owned(), learning_rate_scale: 1.0, weight_decay: None };
        let mut groups = vec![default];
        self.groups.insert(DEFAULT_GROUP.to_owned(), 0);
        for (i, group) in raw.iter().enumerate() {
            let path = format!("groups[{i}]");
            self.name(&path, "name", &group.name);
            let settings =
                [("learning-rate-scale", Some(group.learning_rate_scale)), ("weight-decay", group.weight_decay)];
            for (field, value) in settings.into_iter().filter_map(|(f, v)| v.map(|v| (f, v))) {
                if !(value.is_finite() && value >= 0.0) {
                    self.report(&path, format!("{field} is {value}; it must be finite and not negative"));
                }
            }
            if self.groups.insert(group.name.clone(), groups.len()).is_some() {
                self.report(&path, format!("there are two groups called `{}`", shown(&group.name)));
            }
            groups.push(Group {
                name: group.name.clone(),
                learning_rate_scale: group.learning_rate_scale,
                weight_decay: group.weight_decay,
            });
        }
        groups
    }

    fn group(&mut self, path: &str, name: Option<&str>) -> usize {
        let name = name.unwrap_or(DEFAULT_GROUP);
        self.groups.get(name).copied().unwrap_or_else(|| {
            let message = format!("there is no group `{}`", shown(name));
            self.report(path, message);
            0
        })
    }

    /// The parameter, once nothing else has claimed it.
    fn claim(&mut self, path: &str, index: u32) -> Option<(ParamId, &'a Param)> {
        let id = ParamId(index);
        let Some(param) = self.manifest.get(id) else {
            self.report(path, format!("there is no parameter {index}; the model has {}", self.manifest.params.len()));
            return None;
        };
        if let Some(source) = param.tied_to.and_then(|t| self.manifest.get(t)) {
            self.report(path, format!("`{}` is tied to `{}`; name that one instead", param.name, source.name));
            return None;
        }
        if let Some(first) = self.claimed.insert(id, path.to_owned()) {
            self.report(path, format!("`{}` is claimed twice, first by {first}", param.name));
        }
        Some((id, param))
    }

    fn trainable(&mut self, raw: &RawPlan) -> Vec<Trainable> {
        let mut trainable = Vec::with_capacity(raw.trainable.len());
        for (i, t) in raw.trainable.iter().enumerate() {
            let path = format!("trainable[{i}]");
            let group = self.group(&path, t.group.as_deref());
            if let Some((param, _)) = self.claim(&path, t.param) {
                trainable.push(Trainable { param, group });
            }
        }
        trainable
    }

    fn adapter(&mut self, index: usize, raw: &RawAdapter) -> Option<Adapter> {
        let path = format!("adapters[{index}]");
        let (target, param) = self.claim(&path, raw.target)?;
        let path = format!("{path} ({})", param.name);
        self.name(&path, "kind", &raw.kind);
        if raw.tensors.len() > MAX_TENSORS_PER_ADAPTER {
            self.report(
                &path,
                format!("has {} tensors; at most {MAX_TENSORS_PER_ADAPTER} are allowed", raw.tensors.len()),
            );
            return None;
        }
        let shapes = self.tensor_shapes(&path, &raw.tensors);
        let scope = Scope { context: Context::Init, base: &param.shape, tensors: &shapes, deltas: 0 };
        let tensors: Vec<_> = raw.tensors.iter().enumerate().map(|(i, t)| self.tensor(&path, i, t, &scope)).collect();
        let base = raw
            .base
            .as_ref()
            .map(|g| self.weight(&format!("{path}.base"), g, &Scope { context: Context::Base, ..scope.clone() }));
        let effective =
            self.weight(&format!("{path}.effective"), &raw.effective, &Scope { context: Context::Effective, ..scope });
        let tensors = tensors.into_iter().collect::<Option<Vec<_>>>()?;
        let base = match base {
            Some(checked) => Some(checked?),
            None => None,
        };
        let effective = effective?;
        for (i, tensor) in tensors.iter().enumerate() {
            if !effective.reaches(|op| *op == Op::Tensor { index: i as u64 }) {
                self.report(
                    &format!("{path}.tensors[{i}]"),
                    format!("`{}` is not used by `effective`", shown(&tensor.name)),
                );
            }
        }
        Some(Adapter { target, kind: raw.kind.clone(), tensors, base, effective })
    }

    fn tensor_shapes(&mut self, path: &str, tensors: &[RawTensor]) -> Vec<Option<Shape>> {
        let mut names = HashSet::new();
        let mut shapes = Vec::with_capacity(tensors.len());
        for (i, tensor) in tensors.iter().enumerate() {
            let path = format!("{path}.tensors[{i}]");
            self.name(&path, "name", &tensor.name);
            if !names.insert(tensor.name.as_str()) {
                self.report(&path, format!("there are two tensors called `{}`", shown(&tensor.name)));
            }
            let dims: Vec<u64> = tensor.shape.iter().map(|&d| u64::from(d)).collect();
            shapes.push(Shape::new(dims).map_err(|e| self.report(&path, format!("shape: {e}"))).ok());
        }
        shapes
    }

    fn tensor(&mut self, path: &str, index: usize, raw: &RawTensor, scope: &Scope<'_>) -> Option<AdapterTensor> {
        let path = format!("{path}.tensors[{index}]");
        let group = self.group(&path, raw.group.as_deref());
        let init = self.graph(&format!("{path}.init"), &raw.init, scope);
        let (shape, init) = (scope.tensors[index].clone()?, init?);
        if init.shape() != &shape {
            self.report(
                &format!("{path}.init"),
                format!("has shape {}, but `{}` has {shape}", init.shape(), shown(&raw.name)),
            );
        }
        Some(AdapterTensor { name: raw.name.clone(), shape, trainable: raw.trainable, group, init })
    }

    /// An expression whose value stands in for the weight.
    fn weight(&mut self, path: &str, raw: &RawGraph, scope: &Scope<'_>) -> Option<Graph> {
        let graph = self.graph(path, raw, scope)?;
        if graph.shape() != scope.base {
            self.report(path, format!("has shape {}, but the weight has {}", graph.shape(), scope.base));
        }
        Some(graph)
    }

    fn graph(&mut self, path: &str, raw: &RawGraph, scope: &Scope<'_>) -> Option<Graph> {
        match Graph::check_in(raw, scope) {
            Ok(graph) => Some(graph),
            Err(problems) => {
                for (node, message) in problems {
                    let place = node.map_or_else(|| path.to_owned(), |n| format!("{path}.nodes[{n}]"));
                    self.report(&place, message);
                }
                None
            }
        }
    }
}
