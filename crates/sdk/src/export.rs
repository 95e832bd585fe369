//! What a plugin implements, and how it is exported.

use serde::de::DeserializeOwned;

use crate::bindings::strategy::graftwork::strategy::{selection, types};
use crate::{Choice, Error, Model, Plan, log};

/// Declares which parameters train and which adapters there are. Export it with [`export_strategy!`](crate::export_strategy).
pub trait Strategy {
    /// Name: letters, digits, `-`, `_`.
    const NAME: &'static str;
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
    /// What it does, in a line.
    const SUMMARY: &'static str;
    /// JSON Schema of the settings, which the host checks before it calls the plugin.
    const SCHEMA: &'static str;
    /// The settings.
    type Config: DeserializeOwned;

    /// Chooses.
    ///
    /// # Errors
    /// A setting makes no sense for the model, or the model does not suit the method.
    fn select(config: Self::Config, model: &Model) -> Result<Vec<Choice>, Error>;
}

/// Reads settings from JSON, as the exported plugin does.
///
/// # Errors
/// What does not fit, with the path of the setting, e.g. `rank_pattern.q_proj`.
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

/// Sends the message of a panic to the host, which shows it beside the trap.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| log::warn(&info.to_string())));
}

/// Exports a type that implements [`Strategy`] as this crate's plugin, under the crate's version.
#[macro_export]
macro_rules! export_strategy {
    ($strategy:ty) => {
        $crate::__export_description!(strategy, <$strategy as $crate::Strategy>);

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

        // A plugin's own tests run outside of WebAssembly, where the exported names cannot be linked.
        #[cfg(target_family = "wasm")]
        $crate::bindings::strategy::__export_strategy_plugin!(GraftworkPlugin);
        #[cfg(not(target_family = "wasm"))]
        const _: () = {
            let _ = <GraftworkPlugin as $crate::bindings::strategy::exports::graftwork::strategy::strategy::Guest>::plan;
        };
    };
}

/// Exports a type that implements [`Selector`] as this crate's plugin, under the crate's version.
#[macro_export]
macro_rules! export_selector {
    ($selector:ty) => {
        $crate::__export_description!(selector, <$selector as $crate::Selector>);

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
            let _ = <GraftworkPlugin as $crate::bindings::selector::exports::graftwork::strategy::selector::Guest>::select;
        };
    };
}

/// The type that is exported, with what every plugin says of itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __export_description {
    ($world:ident, <$plugin:ty as $kind:path>) => {
        #[doc(hidden)]
        struct GraftworkPlugin;

        impl $crate::bindings::$world::exports::graftwork::strategy::plugin::Guest for GraftworkPlugin {
            fn describe() -> $crate::bindings::strategy::graftwork::strategy::types::Descriptor {
                $crate::bindings::strategy::graftwork::strategy::types::Descriptor {
                    name: <$plugin as $kind>::NAME.to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                    summary: <$plugin as $kind>::SUMMARY.to_owned(),
                    config_schema: <$plugin as $kind>::SCHEMA.to_owned(),
                }
            }
        }
    };
}
