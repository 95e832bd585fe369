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
/// The most operands in one expression, over all its nodes: `concat` takes any number, and judging a node takes a look at all
/// that it is over.
pub const MAX_GRAPH_INPUTS: usize = 4 * MAX_GRAPH_NODES;
/// The most tensors in one adapter.
pub const MAX_TENSORS_PER_ADAPTER: usize = 64;
/// The most tensors that the adapters of a plan share.
const MAX_SHARED_TENSORS: usize = 1 << 16;
/// The longest name of a kind or group, in bytes.
const MAX_NAME: usize = 64;
/// The longest name of a tensor, which may have the name of a module in it.
const MAX_TENSOR_NAME: usize = 128;
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
        let shapes = checker.tensor_shapes("shared", &raw.shared);
        let named: Tensors = raw.shared.iter().map(|t| t.name.clone()).zip(shapes.iter().cloned()).collect();
        let shared = checker.shared(&raw.shared, &shapes);
        let adapters: Vec<_> = raw.adapters.iter().enumerate().map(|(i, a)| checker.adapter(i, a, &named)).collect();
        let trains = !raw.trainable.is_empty()
            || raw.adapters.iter().flat_map(|a| &a.tensors).chain(&raw.shared).any(|t| t.trainable);
        if !trains {
            let message = "nothing trains: no parameter is declared trainable and no tensor of an adapter is";
            checker.report("plan", message.to_owned());
        }
        let (Some(shared), Some(adapters)) = (shared, adapters.into_iter().collect::<Option<Vec<_>>>()) else {
            return Err(Problems(checker.problems));
        };
        let plan = Self { trainable, shared, adapters, groups, metadata: raw.metadata.clone() };
        checker.all_used(&plan);
        checker.names_differ(&plan);
        if checker.problems.is_empty() { Ok(plan) } else { Err(Problems(checker.problems)) }
    }
}

/// Shapes of the shared tensors; none where one is wrong.
type Tensors = HashMap<String, Option<Shape>>;

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

    fn name(&mut self, path: &str, what: &str, name: &str, most: usize) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if name.is_empty() || name.len() > most || !name.chars().all(plain) {
            self.report(path, format!("{what} `{}` must be 1 to {most} letters, digits, `_`, `-` or `.`", shown(name)));
        }
    }

    fn groups(&mut self, raw: &[RawGroup]) -> Vec<Group> {
        let default = Group { name: DEFAULT_GROUP.to_owned(), learning_rate_scale: 1.0, weight_decay: None };
        let mut groups = vec![default];
        self.groups.insert(DEFAULT_GROUP.to_owned(), 0);
        for (i, group) in raw.iter().enumerate() {
            let path = format!("groups[{i}]");
            self.name(&path, "name", &group.name, MAX_NAME);
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

    fn shared(&mut self, raw: &[RawTensor], shapes: &[Option<Shape>]) -> Option<Vec<AdapterTensor>> {
        if raw.len() > MAX_SHARED_TENSORS {
            self.report("shared", format!("has {} tensors; at most {MAX_SHARED_TENSORS} are allowed", raw.len()));
            return None;
        }
        // Nothing of these is admitted in such an expression.
        let (nothing, none) = (Shape::new([1]).ok()?, Tensors::new());
        let scope = Scope { context: Context::Shared, base: &nothing, tensors: shapes, shared: &none, deltas: 0 };
        let tensors: Vec<_> = raw.iter().enumerate().map(|(i, t)| self.tensor("shared", i, t, &scope)).collect();
        for (i, _) in raw.iter().enumerate().filter(|(_, t)| t.update.is_some()) {
            self.report(&format!("shared[{i}]"), "a shared tensor has no `update`; an adapter's has".to_owned());
        }
        tensors.into_iter().collect()
    }

    fn adapter(&mut self, index: usize, raw: &RawAdapter, shared: &Tensors) -> Option<Adapter> {
        let path = format!("adapters[{index}]");
        let (target, param) = self.claim(&path, raw.target)?;
        let path = format!("{path} ({})", param.name);
        self.name(&path, "kind", &raw.kind, MAX_NAME);
        if raw.tensors.len() > MAX_TENSORS_PER_ADAPTER {
            self.report(
                &path,
                format!("has {} tensors; at most {MAX_TENSORS_PER_ADAPTER} are allowed", raw.tensors.len()),
            );
            return None;
        }
        let place = format!("{path}.tensors");
        let shapes = self.tensor_shapes(&place, &raw.tensors);
        let scope = Scope { context: Context::Init, base: &param.shape, tensors: &shapes, shared, deltas: 0 };
        let within = |context| Scope { context, ..scope.clone() };
        let tensors: Vec<_> = raw.tensors.iter().enumerate().map(|(i, t)| self.tensor(&place, i, t, &scope)).collect();
        let base = raw.base.as_ref().map(|g| self.weight(&format!("{path}.base"), g, &within(Context::Base)));
        let effective = self.weight(&format!("{path}.effective"), &raw.effective, &within(Context::Effective));
        let penalty =
            raw.penalty.as_ref().map(|g| self.number(&format!("{path}.penalty"), g, &within(Context::Penalty)));
        Some(Adapter {
            target,
            kind: raw.kind.clone(),
            tensors: tensors.into_iter().collect::<Option<_>>()?,
            base: all_or_none(base)?,
            effective: effective?,
            penalty: all_or_none(penalty)?,
        })
    }

    /// What nothing needs is a mistake.
    fn all_used(&mut self, plan: &Plan) {
        for (index, adapter) in plan.adapters.iter().enumerate() {
            for (i, tensor) in adapter.tensors.iter().enumerate() {
                if tensor.update.is_none() && !adapter.is_part_of_the_weight(i) {
                    let message =
                        format!("`{}` is used neither by `effective` nor has it an `update`", shown(&tensor.name));
                    self.report(&format!("adapters[{index}].tensors[{i}]"), message);
                }
            }
        }
        for (index, adapter) in plan.adapters.iter().enumerate() {
            let Some(base) = &adapter.base else { continue };
            // A reader of the adapter makes the weight anew, and knows no seed.
            let draws = |graph: &Graph| {
                graph.reaches(|op| {
                    matches!(op, Op::Normal { .. } | Op::Uniform { .. } | Op::Bernoulli { .. } | Op::Shared { .. })
                })
            };
            let over = |at: usize| base.reaches(|op| *op == Op::Tensor { index: at as u64 });
            if draws(base) || adapter.tensors.iter().enumerate().any(|(at, t)| over(at) && draws(&t.init)) {
                let message = "must follow from the weight alone: it draws at random, or is over tensors that do";
                self.report(&format!("adapters[{index}].base"), message.to_owned());
            }
        }
        let used: HashSet<&str> = plan.adapters.iter().flat_map(|a| a.effective.shared()).collect();
        for (i, tensor) in plan.shared.iter().enumerate().filter(|(_, t)| !used.contains(t.name.as_str())) {
            self.report(&format!("shared[{i}]"), format!("no adapter's `effective` uses `{}`", shown(&tensor.name)));
        }
    }

    /// Files have what trains by name.
    fn names_differ(&mut self, plan: &Plan) {
        let mut names = HashSet::new();
        let of = |id: ParamId| self.manifest.get(id);
        let trained = plan.trainable.iter().filter_map(|t| Some(of(t.param)?.name.clone()));
        let adapted = plan.adapters.iter().filter_map(|a| Some((of(a.target)?.module(), &a.tensors)));
        let adapted = adapted.flat_map(|(module, all)| all.iter().map(move |t| format!("{module}.{}", t.name)));
        let all = trained.chain(adapted).chain(plan.shared.iter().map(|t| t.name.clone()));
        let twice: Vec<_> = all.filter(|name| !names.insert(name.clone())).collect();
        for name in twice {
            self.report("plan", format!("two tensors would be saved as `{}`", shown(&name)));
        }
    }

    fn tensor_shapes(&mut self, path: &str, tensors: &[RawTensor]) -> Vec<Option<Shape>> {
        let mut names = HashSet::new();
        let mut shapes = Vec::with_capacity(tensors.len());
        for (i, tensor) in tensors.iter().enumerate() {
            let path = format!("{path}[{i}]");
            self.name(&path, "name", &tensor.name, MAX_TENSOR_NAME);
            if !names.insert(tensor.name.as_str()) {
                self.report(&path, format!("there are two tensors called `{}`", shown(&tensor.name)));
            }
            let dims: Vec<u64> = tensor.shape.iter().map(|&d| u64::from(d)).collect();
            shapes.push(Shape::new(dims).map_err(|e| self.report(&path, format!("shape: {e}"))).ok());
        }
        shapes
    }

    fn tensor(&mut self, path: &str, index: usize, raw: &RawTensor, scope: &Scope<'_>) -> Option<AdapterTensor> {
        let path = format!("{path}[{index}]");
        let group = self.group(&path, raw.group.as_deref());
        let shape = scope.tensors[index].clone();
        let what = format!("`{}`", shown(&raw.name));
        let init = self.shaped(&format!("{path}.init"), &raw.init, scope, &what, shape.as_ref());
        let scope = Scope { context: Context::Update, ..scope.clone() };
        let update =
            raw.update.as_ref().map(|g| self.shaped(&format!("{path}.update"), g, &scope, &what, shape.as_ref()));
        if raw.trainable && update.is_some() {
            self.report(&path, format!("`{}` trains, and would have an `update` too", shown(&raw.name)));
        }
        let (name, trainable) = (raw.name.clone(), raw.trainable);
        Some(AdapterTensor { name, shape: shape?, trainable, group, init: init?, update: all_or_none(update)? })
    }

    /// An expression whose value stands in for the weight.
    fn weight(&mut self, path: &str, raw: &RawGraph, scope: &Scope<'_>) -> Option<Graph> {
        self.shaped(path, raw, scope, "the weight", Some(scope.base))
    }

    fn number(&mut self, path: &str, raw: &RawGraph, scope: &Scope<'_>) -> Option<Graph> {
        let graph = self.graph(path, raw, scope)?;
        if graph.shape().elements() != 1 {
            self.report(path, format!("has shape {}, but it must be one number", graph.shape()));
        }
        Some(graph)
    }

    /// An expression whose value has the shape of `what`, where that is right itself.
    fn shaped(
        &mut self,
        path: &str,
        raw: &RawGraph,
        scope: &Scope<'_>,
        what: &str,
        shape: Option<&Shape>,
    ) -> Option<Graph> {
        let graph = self.graph(path, raw, scope)?;
        if let Some(shape) = shape.filter(|shape| *shape != graph.shape()) {
            self.report(path, format!("has shape {}, but {what} has {shape}", graph.shape()));
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

/// Nothing where something is wrong, something or nothing else.
fn all_or_none<T>(checked: Option<Option<T>>) -> Option<Option<T>> {
    match checked {
        Some(None) => None,
        Some(some) => Some(some),
        None => Some(None),
    }
}
