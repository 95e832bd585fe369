//! What a strategy decides, as pure data: the model's [`Manifest`], the expression language that adapters are
//! written in, the [`Plan`] with its validation, and the counts and costs that follow from it.
//!
//! A plugin hands over a [`RawPlan`]: plain data that may say anything. [`Plan::validate`] checks all of it against the
//! manifest and reports every problem at once. What comes out is typed, its shapes are known, and nothing
//! downstream checks it again. No tensor, no file and no plugin is touched here.

mod cost;
mod display;
mod graph;
mod low_rank;
mod manifest;
mod memory;
mod op;
mod plan;
mod problem;
mod raw;
mod selection;
mod shape;
mod steering;
mod validate;

pub use cost::{Cost, Reading, Readings};
pub use graph::{Context, Graph, Node};
pub use low_rank::LowRank;
pub use manifest::{Dtype, Manifest, Param, ParamId, Role};
pub use op::{Arity, Op, vocabulary};
pub use plan::{Adapter, AdapterTensor, Group, Plan, Summary, Trainable};
pub use problem::{Problem, Problems};
pub use raw::{Attribute, RawAdapter, RawGraph, RawGroup, RawNode, RawPlan, RawTensor, RawTrainable};
pub use selection::Choice;
pub use shape::{MAX_ELEMENTS, MAX_RANK, Shape, ShapeError};
pub use steering::{Action, Decision, Report, Source};
pub use validate::{MAX_GRAPH_INPUTS, MAX_GRAPH_NODES, MAX_TENSORS_PER_ADAPTER};
