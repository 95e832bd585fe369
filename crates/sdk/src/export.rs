//! What a plugin implements, and how it is exported.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::strategy::graftwork::strategy::{expression, selection, types};
use crate::{Action, Choice, Error, Expr, Model, Param, Plan, Report, Run, log};

/// What every plugin says of itself.
pub trait Plugin {
    /// Name: letters, digits, `-`, `_`.
    const NAME: &'static str;
    /// What it does, in a line.
    const SUMMARY: &'static str;
    /// JSON Schema of the settings, which the host checks before it calls the plugin.
    const SCHEMA: &'static str;
    /// The settings.
    type Config: DeserializeOwned;
}

/// Declares which parameters train and which adapters there are. Export it with [`export_strategy!`](crate::export_strategy).
///
/// # Examples
/// ```
/// use graftwork_sdk::{Error, Model, Plan, Plugin, Role, Strategy, Trainable, export_strategy};
///
/// /// Trains the norms, and nothing else.
/// struct Norms;
/// # #[derive(serde::Deserialize)]
/// # struct Config {}
/// # impl Plugin for Norms {
/// #     const NAME: &'static str = "norms";
/// #     const SUMMARY: &'static str = "Trains the norms.";
/// #     const SCHEMA: &'static str = r#"{"type": "object", "additionalProperties": false, "properties": {}}"#;
/// #     type Config = Config;
/// # }
///
/// impl Strategy for Norms {
///     fn plan(_: Config, model: &Model) -> Result<Plan, Error> {
///         let norms = model.params().iter().filter(|param| param.role == Role::Norm);
///         Ok(Plan { trainable: norms.map(Trainable::from).collect(), ..Plan::default() })
///     }
/// }
///
/// export_strategy!(Norms);
/// # fn main() {}
/// ```
pub trait Strategy: Plugin {
    /// Plans for a model.
    ///
    /// # Errors
    /// A setting makes no sense for the model, or the model does not suit the method.
    fn plan(config: Self::Config, model: &Model) -> Result<Plan, Error>;
}

/// Chooses target modules and ranks for the strategies after it. Export it with
/// [`export_selector!`](crate::export_selector).
///
/// # Examples
/// ```
/// use graftwork_sdk::{Choice, Error, Model, Plugin, Selector, export_selector};
///
/// /// Adapts the upper half of the layers, at rank 4.
/// struct UpperHalf;
/// # #[derive(serde::Deserialize)]
/// # struct Config {}
/// # impl Plugin for UpperHalf {
/// #     const NAME: &'static str = "upper-half";
/// #     const SUMMARY: &'static str = "Adapts the upper half of the layers.";
/// #     const SCHEMA: &'static str = r#"{"type": "object", "additionalProperties": false, "properties": {}}"#;
/// #     type Config = Config;
/// # }
///
/// impl Selector for UpperHalf {
///     fn select(_: Config, model: &Model) -> Result<Vec<Choice>, Error> {
///         let layers = model.params().iter().filter_map(|param| param.layer).max().map_or(0, |last| last + 1);
///         let upper = model.linear_layers().filter(|param| param.layer >= Some(layers / 2));
///         Ok(upper.map(|param| Choice { param: param.id, rank: Some(4), alpha: None }).collect())
///     }
/// }
///
/// export_selector!(UpperHalf);
/// # fn main() {}
/// ```
pub trait Selector: Plugin {
    /// Chooses.
    ///
    /// # Errors
    /// A setting makes no sense for the model, or the model does not suit the method.
    fn select(config: Self::Config, model: &Model) -> Result<Vec<Choice>, Error>;
}

/// A trained adapter or model in a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Name that a person gave it.
    pub name: String,
    /// Name of the method, e.g. `lora`.
    pub kind: String,
    /// Its weight in the composition.
    pub weight: f64,
}

/// Says how several trained adapters compose into one weight. Export it with [`export_composer!`](crate::export_composer).
///
/// # Examples
/// ```
/// use graftwork_sdk::{Composer, Error, Expr, Model, Param, Plugin, Source, export_composer};
///
/// /// Adds what the sources change, as often as their weights say.
/// struct Linear;
/// # #[derive(serde::Deserialize)]
/// # struct Config {}
/// # impl Plugin for Linear {
/// #     const NAME: &'static str = "linear";
/// #     const SUMMARY: &'static str = "Adds what the sources change.";
/// #     const SCHEMA: &'static str = r#"{"type": "object", "additionalProperties": false, "properties": {}}"#;
/// #     type Config = Config;
/// # }
///
/// impl Composer for Linear {
///     fn compose(_: Config, _: &Model, _: &Param, sources: &[Source]) -> Result<Expr, Error> {
///         let changes = sources.iter().zip(0..).map(|(source, index)| source.weight * Expr::delta(index));
///         Ok(changes.fold(Expr::base(), |sum, change| sum + change))
///     }
/// }
///
/// export_composer!(Linear);
/// # fn main() {}
/// ```
pub trait Composer: Plugin {
    /// The weight of one parameter, over [`Expr::base`] and [`Expr::delta`], what each source changes in it.
    ///
    /// # Errors
    /// A setting makes no sense, or so many sources do not suit the method.
    fn compose(config: Self::Config, model: &Model, target: &Param, sources: &[Source]) -> Result<Expr, Error>;
}

/// Steers a run. Export it with [`export_controller!`](crate::export_controller), or together with a [`Strategy`] with
/// [`export_steered_strategy!`](crate::export_steered_strategy).
///
/// # Examples
/// ```
/// use graftwork_sdk::{Action, Controller, Error, Plugin, Report, Run, export_controller};
/// # use graftwork_sdk::MockRun;
///
/// /// Halves the learning rate whenever an evaluation is no better than the best before it.
/// struct Plateau;
/// # #[derive(serde::Deserialize)]
/// # struct Config {}
/// # impl Plugin for Plateau {
/// #     const NAME: &'static str = "plateau";
/// #     const SUMMARY: &'static str = "Halves the learning rate on plateaus.";
/// #     const SCHEMA: &'static str = r#"{"type": "object", "additionalProperties": false, "properties": {}}"#;
/// #     type Config = Config;
/// # }
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct State {
///     best: Option<f64>,
///     factor: f64,
/// }
///
/// impl Controller for Plateau {
///     type State = State;
///
///     fn start(_: Config, _: &Run) -> Result<(State, Vec<Action>), Error> {
///         Ok((State { best: None, factor: 1.0 }, Vec::new()))
///     }
///
///     fn step(state: &mut State, report: &Report, _: &Run) -> Result<Vec<Action>, Error> {
///         let Some(loss) = report.eval_loss else { return Ok(Vec::new()) };
///         if state.best.is_none_or(|best| loss < best) {
///             state.best = Some(loss);
///             return Ok(Vec::new());
///         }
///         state.factor /= 2.0;
///         Ok(vec![Action::ScaleLearningRate { group: None, factor: state.factor }])
///     }
/// }
///
/// export_controller!(Plateau);
/// # fn main() -> Result<(), Error> {
/// #     let run = Run::from(MockRun { total_steps: 2, ..MockRun::default() });
/// #     let (mut state, actions) = Plateau::start(Config {}, &run)?;
/// #     assert!(actions.is_empty());
/// #     let report = Report { step: 1, total_steps: 2, epoch: 0.5, loss: 2.0, eval_loss: Some(2.0), grad_norm: 1.0 };
/// #     assert!(Plateau::step(&mut state, &report, &run)?.is_empty());
/// #     let halved = Action::ScaleLearningRate { group: None, factor: 0.5 };
/// #     assert_eq!(Plateau::step(&mut state, &report, &run)?, [halved]);
/// #     Ok(())
/// # }
/// ```
pub trait Controller: Plugin {
    /// What it remembers from one update to the next. It travels in checkpoints, as JSON, so that a resumed run goes on as
    /// if it had not stopped. Its numbers have to be finite: where there is none yet, keep an `Option`.
    type State: Serialize + DeserializeOwned;

    /// Before the first update.
    ///
    /// # Errors
    /// A setting makes no sense for the run.
    fn start(config: Self::Config, run: &Run) -> Result<(Self::State, Vec<Action>), Error>;

    /// After each update.
    ///
    /// # Errors
    /// The run cannot go on.
    fn step(state: &mut Self::State, report: &Report, run: &Run) -> Result<Vec<Action>, Error>;
}

/// Reads settings from JSON, as the exported plugin does.
///
/// # Errors
/// What does not fit, with the path of the setting, e.g. `rank_pattern.q_proj`.
///
/// # Examples
/// ```
/// use graftwork_sdk::{Error, settings};
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Config {
///     rank: u32,
/// }
///
/// assert_eq!(settings::<Config>(r#"{"rank": 8}"#)?.rank, 8);
/// let error = settings::<Config>(r#"{"rank": "many"}"#).unwrap_err();
/// assert!(matches!(error, Error::Config { key, .. } if key == "rank"));
/// # Ok::<(), Error>(())
/// ```
pub fn settings<T: DeserializeOwned>(config: &str) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_str(config);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let key = if error.path().iter().next().is_some() { error.path().to_string() } else { "*".to_owned() };
        let message = error.into_inner().to_string();
        // The place in the text means nothing to a person who wrote TOML or flags.
        let message = message.split_once(" at line ").map_or(message.as_str(), |(sentence, _)| sentence);
        Error::config(key, message)
    })
}

/// Runs a strategy on the host's model.
#[doc(hidden)]
pub fn run_plan<S: Strategy>(config: &str) -> Result<types::StrategyPlan, types::Error> {
    report_panics();
    let plan = S::plan(settings(config)?, &Model::of_host())?;
    Ok(plan.into())
}

/// Runs a selector on the host's model.
#[doc(hidden)]
pub fn run_select<S: Selector>(config: &str) -> Result<Vec<selection::Choice>, types::Error> {
    report_panics();
    let choices = S::select(settings(config)?, &Model::of_host())?;
    let choice = |c: Choice| selection::Choice { param: c.param, rank: c.rank, alpha: c.alpha };
    Ok(choices.into_iter().map(choice).collect())
}

/// Runs a composer on the host's model.
#[doc(hidden)]
pub fn run_compose<C: Composer>(
    target: u32,
    sources: Vec<Source>,
    config: &str,
) -> Result<expression::Graph, types::Error> {
    report_panics();
    let model = Model::of_host();
    let param = model.param(target).ok_or_else(|| Error::Internal(format!("there is no parameter {target}")))?;
    Ok(C::compose(settings(config)?, &model, param, &sources)?.graph())
}

/// State and actions as they cross to the host.
type Decision<A> = (Vec<u8>, Vec<A>);

/// Runs a controller before the first update.
#[doc(hidden)]
pub fn run_start<C: Controller, A: From<Action>>(config: &str, total_steps: u64) -> Result<Decision<A>, types::Error> {
    report_panics();
    decision::<C, A>(C::start(settings(config)?, &Run::of_host(total_steps))?)
}

/// Runs a controller after an update.
#[doc(hidden)]
pub fn run_step<C: Controller, A: From<Action>>(
    state: &[u8],
    report: impl Into<Report>,
) -> Result<Decision<A>, types::Error> {
    report_panics();
    let (mut state, report) = (remembered(state)?, report.into());
    let actions = C::step(&mut state, &report, &Run::of_host(report.total_steps))?;
    decision::<C, A>((state, actions))
}

fn decision<C: Controller, A: From<Action>>(
    (state, actions): (C::State, Vec<Action>),
) -> Result<Decision<A>, types::Error> {
    Ok((remember(&state)?, actions.into_iter().map(Into::into).collect()))
}

/// A controller's state as it crosses to the host and lies in checkpoints: JSON, which keeps finite numbers to the last bit.
#[doc(hidden)]
pub fn remember<S: Serialize>(state: &S) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(state).map_err(|e| Error::Internal(format!("its state cannot be written: {e}")))
}

/// A controller's state as it comes back.
#[doc(hidden)]
pub fn remembered<S: DeserializeOwned>(state: &[u8]) -> Result<S, Error> {
    let mut json = serde_json::Deserializer::from_slice(state);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let is_inside = error.path().iter().next().is_some();
        let place = if is_inside { format!(" at `{}`", error.path()) } else { String::new() };
        let cause = error.into_inner().to_string();
        // Such a number was written without an error, as nothing.
        let is_nothing = cause.contains("invalid type: null");
        let hint = if is_nothing { "; JSON has no infinite number and no NaN: keep an `Option` for it" } else { "" };
        Error::Internal(format!("its state cannot be read{place}: {cause}{hint}"))
    })
}

/// Sends the message of a panic to the host, which shows it beside the trap.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| log::warn(&info.to_string())));
}

/// Exports a type that implements [`Strategy`] as this crate's plugin, under the crate's version.
#[macro_export]
macro_rules! export_strategy {
    ($strategy:ty) => {
        $crate::__export_description!(strategy, $strategy);
        $crate::__export_planning!(strategy, $strategy);

        #[cfg(target_family = "wasm")]
        $crate::bindings::strategy::__export_strategy_plugin!(GraftworkPlugin);
    };
}

/// Exports a type that implements [`Selector`] as this crate's plugin, under the crate's version.
#[macro_export]
macro_rules! export_selector {
    ($selector:ty) => {
        $crate::__export_description!(selector, $selector);

        impl $crate::bindings::selector::exports::graftwork::strategy::selector::Guest for GraftworkPlugin {
            fn select(
                config: String,
            ) -> Result<
                Vec<$crate::bindings::strategy::graftwork::strategy::selection::Choice>,
                $crate::bindings::strategy::graftwork::strategy::types::Error,
            > {
                $crate::run_select::<$selector>(&config)
            }
        }

        // A plugin's own tests run outside of WebAssembly, where the exported names cannot be linked.
        #[cfg(target_family = "wasm")]
        $crate::bindings::selector::__export_selector_plugin!(GraftworkPlugin);
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            let _ =
                <GraftworkPlugin as $crate::bindings::selector::exports::graftwork::strategy::selector::Guest>::select;
        };
    };
}

/// Exports a type that implements [`Composer`] as this crate's plugin, under the crate's version.
#[macro_export]
macro_rules! export_composer {
    ($composer:ty) => {
        $crate::__export_description!(composer, $composer);

        impl $crate::bindings::composer::exports::graftwork::strategy::composer::Guest for GraftworkPlugin {
            fn compose(
                target: u32,
                sources: Vec<$crate::bindings::composer::exports::graftwork::strategy::composer::Source>,
                config: String,
            ) -> Result<
                $crate::bindings::strategy::graftwork::strategy::expression::Graph,
                $crate::bindings::strategy::graftwork::strategy::types::Error,
            > {
                let sources = sources.into_iter();
                let sources = sources.map(|s| $crate::Source { name: s.name, kind: s.kind, weight: s.weight });
                $crate::run_compose::<$composer>(target, sources.collect(), &config)
            }
        }

        // A plugin's own tests run outside of WebAssembly, where the exported names cannot be linked.
        #[cfg(target_family = "wasm")]
        $crate::bindings::composer::__export_composer_plugin!(GraftworkPlugin);
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            let _ =
                <GraftworkPlugin as $crate::bindings::composer::exports::graftwork::strategy::composer::Guest>::compose;
        };
    };
}

/// Exports a type that implements [`Controller`] as this crate's plugin, under the crate's version.
#[macro_export]
macro_rules! export_controller {
    ($controller:ty) => {
        $crate::__export_description!(controller, $controller);
        $crate::__export_steering!(controller, $controller);

        #[cfg(target_family = "wasm")]
        $crate::bindings::controller::__export_controller_plugin!(GraftworkPlugin);
    };
}

/// Exports a type that implements both [`Strategy`] and [`Controller`] as this crate's plugin, under the crate's version.
#[macro_export]
macro_rules! export_steered_strategy {
    ($strategy:ty) => {
        $crate::__export_description!(steered_strategy, $strategy);
        $crate::__export_planning!(steered_strategy, $strategy);
        $crate::__export_steering!(steered_strategy, $strategy);

        #[cfg(target_family = "wasm")]
        $crate::bindings::steered_strategy::__export_steered_strategy_plugin!(GraftworkPlugin);
    };
}

/// A strategy's side of a world.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_planning {
    ($world:ident, $strategy:ty) => {
        impl $crate::bindings::$world::exports::graftwork::strategy::strategy::Guest for GraftworkPlugin {
            fn plan(
                config: String,
            ) -> Result<
                $crate::bindings::strategy::graftwork::strategy::types::StrategyPlan,
                $crate::bindings::strategy::graftwork::strategy::types::Error,
            > {
                $crate::run_plan::<$strategy>(&config)
            }
        }

        // A plugin's own tests run outside of WebAssembly, where the exported names cannot be linked.
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            let _ = <GraftworkPlugin as $crate::bindings::$world::exports::graftwork::strategy::strategy::Guest>::plan;
        };
    };
}

/// A controller's side of a world.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_steering {
    ($world:ident, $controller:ty) => {
        const _: () = {
            use $crate::bindings::strategy::graftwork::strategy::types::Error;
            use $crate::bindings::$world::exports::graftwork::strategy::controller::{Decision, Guest, Report};

            impl Guest for GraftworkPlugin {
                fn start(config: String, total_steps: u64) -> Result<Decision, Error> {
                    let (state, actions) = $crate::run_start::<$controller, _>(&config, total_steps)?;
                    Ok(Decision { state, actions })
                }

                fn step(state: Vec<u8>, report: Report) -> Result<Decision, Error> {
                    let (state, actions) = $crate::run_step::<$controller, _>(&state, report)?;
                    Ok(Decision { state, actions })
                }
            }

            #[cfg(not(target_family = "wasm"))]
            let _ = (<GraftworkPlugin as Guest>::start, <GraftworkPlugin as Guest>::step);
        };
    };
}

/// The type that is exported, with what every plugin says of itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_description {
    ($world:ident, $plugin:ty) => {
        #[doc(hidden)]
        struct GraftworkPlugin;

        impl $crate::bindings::$world::exports::graftwork::strategy::plugin::Guest for GraftworkPlugin {
            fn describe() -> $crate::bindings::strategy::graftwork::strategy::types::Descriptor {
                $crate::bindings::strategy::graftwork::strategy::types::Descriptor {
                    name: <$plugin as $crate::Plugin>::NAME.to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                    summary: <$plugin as $crate::Plugin>::SUMMARY.to_owned(),
                    config_schema: <$plugin as $crate::Plugin>::SCHEMA.to_owned(),
                }
            }
        }
    };
}
