//! Fine-tuning of pretrained language models, with the method as a sandboxed plugin.
//!
//! A [`Host`] takes a [`RunConfig`], trains, and tells what happens as [`Event`]s; it prints nothing itself.
//!
//! ```no_run
//! use graftwork::{Control, Event, Host, RunConfig, StrategyConfig};
//!
//! # fn main() -> Result<(), graftwork::Error> {
//! let mut config = RunConfig::default();
//! config.strategy.push(StrategyConfig::new("lora"));
//! let host = Host::new()?;
//! let report = host.run(&config, &Control::new(), &mut |event| {
//!     if let Event::Step(step) = event {
//!         println!("{}: {:.3}", step.step, step.loss);
//!     }
//! })?;
//! println!("{} weights trained, saved in {}", report.trainable_parameters, report.out.display());
//! # Ok(())
//! # }
//! ```
//!
//! # Where to find what
//!
//! | to | there is |
//! |---|---|
//! | look before anything trains | [`Host::check`]: the plan, the memory, the data; [`Host::init`] writes a first `run.toml` |
//! | train | [`Host::run`] with a [`RunConfig`], in code or [from a file](RunConfig::from_file); a [`Control`] stops it |
//! | go on | [`Host::resume`]; [`verify`] says whether what lies there is what was written |
//! | compare methods | [`Host::compare`], [`Comparison::next`], [`Trial::run`], [`Comparison::conclude`]; [`compare_runs`] for runs that are there |
//! | measure | [`Host::eval`], [`Host::logits`] |
//! | use | [`Host::load`], then [`LoadedModel::generate`], or [`LoadedModel::ask`] in a [`Conversation`] |
//! | merge and exchange | [`Host::merge`], [`Host::export`], [`Host::import`] |
//! | know plugins | [`Host::built_in_plugins`], [`Host::inspect_plugin`]; [`Host::new_plugin`], [`Host::build_plugin`] and [`Host::test_plugin`] for one of your own, written with `graftwork-sdk` |
//! | show runs | [`report`]: pages, tables, TensorBoard |
//!
//! What takes long receives a [`Control`] and tells [`Event`]s. Paths are of this machine, or names on the Hub (`ORG/NAME`); without a
//! model and data, the small ones that come with Graftwork are taken. Memory is told of processes: see [`Trial::run`].
//!
//! Everything fails with an [`Error`], whose message says what, where and what to do, and whose [`code`](Error::code) stays when the
//! words change.

mod about;
mod adapter;
mod base;
mod builtin;
mod chain;
mod check;
mod code;
mod compare;
mod compose;
mod composition;
mod config;
mod conformance;
mod conversation;
mod default_base;
mod device;
mod doctor;
mod documents;
mod error;
mod estimate;
mod eval;
mod event;
mod export;
mod folded;
mod form;
mod generate;
mod host;
#[cfg_attr(not(feature = "hub"), path = "hub_left_out.rs")]
mod hub;
mod import;
mod init;
mod loaded;
mod memory;
mod merge;
mod mixed;
mod nearest;
mod pace;
mod peft;
mod plugin;
mod recorder;
mod resume;
mod retain;
mod run;
mod run_folder;
mod save;
mod sources;
mod statistics;
mod steering;
mod task;
mod tensors;
mod verify;

// A family registers itself when its crate is linked in, which a mere dependency is not.
use graftwork_bert as _;
use graftwork_gemma as _;
use graftwork_gpt_neox as _;
use graftwork_gpt2 as _;
use graftwork_llama as _;
use graftwork_mixtral as _;
use graftwork_phi3 as _;
use graftwork_qwen as _;

pub use builtin::BuiltIn;
pub use chain::StrategyRecord;
pub use check::{AdapterReport, CheckReport};
pub use code::Code;
pub use compare::{Candidate, CompareRequest, Comparison, ComparisonReport, Entry, Sweep, Trial, compare_runs};
pub use composition::MergeSource;
pub use config::{
    DataSection, Problem, Problems, Recompute, ResultChoice, RunConfig, StrategyConfig, TrainSection, reference,
    schema, setting_value,
};
pub use conversation::{Conversation, Turn};
pub use device::DeviceChoice;
pub use doctor::{CudaReport, DoctorReport, Finding, Verdict, doctor};
pub use error::Error;
pub use estimate::{MemoryEstimate, Way, fix_heap};
pub use eval::{EvalRequest, EvalResult, Logits, LogitsRequest, Tokens};
pub use event::{Control, Event, Unit};
pub use export::{ExportFormat, ExportReport, ExportRequest};
pub use generate::{Generated, Prompt, PromptContent, Reading};
pub use graftwork_authoring::Language;
pub use graftwork_authoring::conformance::Check;
pub use graftwork_data::{
    DataSource, DataStats, EvalSplit, Format, LossOn, Message, Order, Preview, SourceStats, Weight,
};
pub use graftwork_gguf::{Precision, Vocabulary};
pub use graftwork_model::{Ending, Sampling, TaskKind, families};
pub use graftwork_plan::{Dtype, Summary};
pub use graftwork_plugin_host::{Limits, PluginError};
pub use graftwork_report as report;
pub use graftwork_train::{
    EvalReport, Evaluated, Evaluation, F1, Progress, Schedule, SpikeReport, StepReport, Warmup, Watched,
};
pub use host::Host;
pub use import::{ImportReport, ImportRequest};
pub use init::{DataFound, InitReport, InitRequest, Lengths, MethodFound, ModelFound};
pub use loaded::{LoadRequest, LoadedModel, NamedAdapter};
pub use memory::{ProcessMemory, peak_bytes as peak_memory_bytes};
pub use merge::{MergeOutput, MergeReport, MergeRequest};
pub use mixed::Truncation;
pub use nearest::nearest;
pub use plugin::{BuildReport, PlanReport, PluginReport};
pub use resume::Change;
pub use run::{FirstLast, RunReport};
pub use verify::{Verified, VerifyReport, verify};
