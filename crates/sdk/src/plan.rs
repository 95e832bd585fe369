//! What a strategy decides.

use crate::Expr;
use crate::bindings::strategy::graftwork::strategy::types;

/// A parameter of the model that trains in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trainable {
    /// The parameter.
    pub param: u32,
    /// Optimizer group; none is the default one.
    pub group: Option<String>,
}

/// How the optimizer treats the tensors of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name that tensors refer to.
    pub name: String,
    /// Factor on the run's learning rate.
    pub learning_rate_scale: f64,
    /// In place of the run's weight decay.
    pub weight_decay: Option<f64>,
}

/// A tensor that an adapter adds.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Expr, Tensor};
///
/// let a = Tensor::new("A", &[8, 64], Expr::normal(0.02, &[8, 64]));
/// let b = Tensor::new("B", &[64, 8], Expr::zeros(&[64, 8])).in_group(Some("fast"));
/// // Its smoothed gradients, for a controller to look at: 0.9 · itself + 0.1 · |gradient of tensor 0|.
/// let update = 0.9 * Expr::tensor(2) + 0.1 * Expr::gradient(0).abs();
/// let importance = Tensor::kept("importance", &[8, 64], Expr::zeros(&[8, 64]), update);
/// assert!(a.trainable && b.trainable && !importance.trainable);
/// ```
#[derive(Clone, Debug)]
pub struct Tensor {
    /// Name within the adapter, and in saved files.
    pub name: String,
    /// Sizes of its axes.
    pub shape: Vec<u32>,
    /// Whether it trains.
    pub trainable: bool,
    /// Optimizer group; none is the default one.
    pub group: Option<String>,
    /// Value at step 0, over [`Expr::base`]; that of a shared tensor is over nothing.
    pub init: Expr,
    /// Value after each update of the run, over [`Expr::base`], the adapter's tensors and their [`Expr::gradient`]s.
    pub update: Option<Expr>,
}

impl Tensor {
    /// A tensor that trains, in the default group.
    pub fn new(name: impl Into<String>, shape: &[u32], init: Expr) -> Self {
        Self { name: name.into(), shape: shape.to_vec(), trainable: true, group: None, init, update: None }
    }

    /// A tensor that does not train but is kept: `update` is its value after each update of the run. Tensors are updated
    /// in their order, and each sees the new values of those before it.
    pub fn kept(name: impl Into<String>, shape: &[u32], init: Expr, update: Expr) -> Self {
        Self { trainable: false, update: Some(update), ..Self::new(name, shape, init) }
    }

    /// The same tensor in an optimizer group.
    pub fn in_group(self, group: Option<&str>) -> Self {
        Self { group: group.map(str::to_owned), ..self }
    }

    /// The same tensor, kept as it begins.
    pub fn frozen(self) -> Self {
        Self { trainable: false, ..self }
    }
}

/// What is attached to one parameter.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// The parameter.
    pub target: u32,
    /// Name of the method.
    pub kind: String,
    /// The tensors that it adds; [`Expr::tensor`] counts them from 0.
    pub tensors: Vec<Tensor>,
    /// What the frozen weight becomes before step 0.
    pub base: Option<Expr>,
    /// The weight that the layer behaves as.
    pub effective: Expr,
    /// A number that is added to the loss of every update.
    pub penalty: Option<Expr>,
}

impl Adapter {
    /// An adapter that leaves the base as it is.
    pub fn new(target: u32, kind: impl Into<String>, tensors: Vec<Tensor>, effective: Expr) -> Self {
        Self { target, kind: kind.into(), tensors, base: None, effective, penalty: None }
    }

    /// The same adapter with a number that is added to the loss of every update.
    pub fn with_penalty(self, penalty: Expr) -> Self {
        Self { penalty: Some(penalty), ..self }
    }
}

/// What a strategy decides.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Adapter, Expr, Group, Plan, Tensor};
///
/// let scale = Tensor::new("scale", &[64, 1], Expr::constant(1.0, &[64, 1])).in_group(Some("slow"));
/// let plan = Plan {
///     adapters: vec![Adapter::new(3, "row-scale", vec![scale], Expr::base() * Expr::tensor(0))],
///     groups: vec![Group { name: "slow".to_owned(), learning_rate_scale: 0.1, weight_decay: Some(0.0) }],
///     ..Plan::default()
/// };
/// ```
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Parameters that train in place.
    pub trainable: Vec<Trainable>,
    /// Tensors that every adapter may use, as [`Expr::shared`] with their name.
    pub shared: Vec<Tensor>,
    /// Adapters, at most one for each parameter.
    pub adapters: Vec<Adapter>,
    /// Optimizer groups.
    pub groups: Vec<Group>,
    /// Free text, kept with the run.
    pub metadata: Vec<(String, String)>,
}

impl From<Plan> for types::StrategyPlan {
    fn from(plan: Plan) -> Self {
        let tensor = |t: Tensor| types::AdapterTensor {
            name: t.name,
            shape: t.shape,
            trainable: t.trainable,
            group: t.group,
            init: t.init.graph(),
            update: t.update.map(|e| e.graph()),
        };
        let adapter = |a: Adapter| types::Adapter {
            target: a.target,
            kind: a.kind,
            tensors: a.tensors.into_iter().map(tensor).collect(),
            base: a.base.map(|e| e.graph()),
            effective: a.effective.graph(),
            penalty: a.penalty.map(|e| e.graph()),
        };
        let group = |g: Group| types::Group {
            name: g.name,
            learning_rate_scale: g.learning_rate_scale,
            weight_decay: g.weight_decay,
        };
        Self {
            trainable: plan
                .trainable
                .into_iter()
                .map(|t| types::Trainable { param: t.param, group: t.group })
                .collect(),
            shared: plan.shared.into_iter().map(tensor).collect(),
            adapters: plan.adapters.into_iter().map(adapter).collect(),
            groups: plan.groups.into_iter().map(group).collect(),
            metadata: plan.metadata,
        }
    }
}
