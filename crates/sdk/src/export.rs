//! What a plugin implements, and how it is exported.

use serde::de::DeserializeOwned;

use crate::bindings::strategy::graftwork::strategy::{log, selection, types};
use crate::{Choice, Error, Model, Plan};

/// Declares which parameters train and which adapters there are. Export it with [`export_strategy!`](crate::export_strategy).
pub trait Strategy {
    /// Name: letters, digits, `-`, `_`.
    const NAME: &'static str;
    /// Version; that of the crate if nothing else is said.
    const VERSION: &'static str = "0.1.0";
    /// What it does, in a line.
    const SUMMARY: &'static str;
    /// JSON Schema of the settings, which the host checks before it calls the plugin.
    const SCHEMA: &'static str;
    /// The settings.
    type Config: DeserializeOwned;

    /// Plans for a model.
    ///
    /// # Errors
    /// A setting makes no sense for the model, or the model does not suit the method.
    fn plan(config: Self::Config, model: &Model) -> Result<Plan, Error>;
}

/// Chooses target modules and ranks for the strategies after it. Export it with
/// [`export_selector!`](crate::export_selector).
pub trait Selector {
    /// Name: letters, digits, `-`, `_`.
    const NAME: &'static str;
    /// Version; that of the crate if nothing else is said.
    const VERSION: &'static str = "0.1.0";
    /// What it does, in a line.
    const SUMMARY: &'static str;
    /// JSON Schema of the settings.
    const SCHEMA: &'static str;
    /// The settings.
    type Config: DeserializeOwned;

    /// Chooses.
    ///
    /// # Errors
    /// A setting makes no sense for the model, or the model does not suit the method.
    fn select(config: Self::Config, model: &Model) -> Result<Vec<Choice>, Error>;
}

/// The descriptor that a plugin gives of itself.
pub fn describe(name: &str, version: &str, summary: &str, schema: &str) -> types::Descriptor {
    types::Descriptor {
        name: name.to_owned(),
        version: version.to_owned(),
        summary: summary.to_owned(),
        config_schema: schema.to_owned(),
    }
}

fn settings<T: DeserializeOwned>(config: &str) -> Result<T, Error> {
    serde_json::from_str(config).map_err(|e| Error::config("*", e.to_string()))
}

/// Runs a strategy on the host's model.
///
/// # Errors
/// As the strategy says.
pub fn run_plan<S: Strategy>(config: &str) -> Result<types::StrategyPlan, types::Error> {
    set_panic_hook();
    let plan = S::plan(settings(config)?, &Model::of_host())?;
    Ok(plan.into())
}

/// Runs a selector on the host's model.
///
/// # Errors
/// As the selector says.
pub fn run_select<S: Selector>(config: &str) -> Result<Vec<selection::Choice>, types::Error> {
    set_panic_hook();
    let choices = S::select(settings(config)?, &Model::of_host())?;
    let choice = |c: Choice| selection::Choice { param: c.param, rank: c.rank, alpha: c.alpha };
    Ok(choices.into_iter().map(choice).collect())
}

/// Sends the message of a panic to the host, which shows it beside the trap.
pub fn set_panic_hook() {
    std::panic::set_hook(Box::new(|info| log::emit(log::Level::Warn, &info.to_string())));
}

/// Exports a type that implements [`Strategy`] as this crate's plugin.
#[macro_export]
macro_rules! export_strategy {
    ($strategy:ty) => {
        #[doc(hidden)]
        #[allow(dead_code)]
        struct GraftworkPlugin;

        impl $crate::bindings::strategy::exports::graftwork::strategy::plugin::Guest for GraftworkPlugin {
            fn describe() -> $crate::bindings::strategy::graftwork::strategy::types::Descriptor {
                type S = $strategy;
                $crate::describe(
                    <S as $crate::Strategy>::NAME,
                    <S as $crate::Strategy>::VERSION,
                    <S as $crate::Strategy>::SUMMARY,
                    <S as $crate::Strategy>::SCHEMA,
                )
            }
        }

        impl $crate::bindings::strategy::exports::graftwork::strategy::strategy::Guest for GraftworkPlugin {
            fn plan(
                config: String,
            ) -> Result<
                $crate::bindings::strategy::graftwork::strategy::types::StrategyPlan,
                $crate::bindings::strategy::graftwork::strategy::types::Error,
            > {
                $crate::run_plan::<$strategy>(&config)
            }
        }

        // A plugin's own tests run outside of WebAssembly, where these names cannot be linked.
        #[cfg(target_family = "wasm")]
        $crate::bindings::strategy::__export_strategy_plugin!(GraftworkPlugin);
    };
}

/// Exports a type that implements [`Selector`] as this crate's plugin.
#[macro_export]
macro_rules! export_selector {
    ($selector:ty) => {
        #[doc(hidden)]
        #[allow(dead_code)]
        struct GraftworkPlugin;

        impl $crate::bindings::selector::exports::graftwork::strategy::plugin::Guest for GraftworkPlugin {
            fn describe() -> $crate::bindings::strategy::graftwork::strategy::types::Descriptor {
                type S = $selector;
                $crate::describe(
                    <S as $crate::Selector>::NAME,
                    <S as $crate::Selector>::VERSION,
                    <S as $crate::Selector>::SUMMARY,
                    <S as $crate::Selector>::SCHEMA,
                )
            }
        }

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

        // A plugin's own tests run outside of WebAssembly, where these names cannot be linked.
        #[cfg(target_family = "wasm")]
        $crate::bindings::selector::__export_selector_plugin!(GraftworkPlugin);
    };
}
