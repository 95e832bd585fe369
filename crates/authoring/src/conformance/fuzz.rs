//! Settings and models by the hundred, the same in each run.

use graftwork_plugin_host::Plugin;
use serde_json::{Value, json};

use super::answers::{Answer, ask, surroundings};
use super::schema::Maker;
use crate::models::{self, Sizes};

/// Settings that are made.
const CONFIGS: usize = 400;
/// Models that are made.
const MODELS: usize = 60;
/// Sizes that kernels and shapes stumble over.
const SIZES: [u64; 9] = [1, 2, 3, 4, 7, 8, 17, 31, 64];

/// Every setting that the schema admits gives a valid answer or a reason.
pub(super) fn admitted(plugin: &Plugin, base: &Value) -> Result<String, String> {
    let models = models::all();
    let mut maker = Maker::new(plugin, 2);
    let (mut given, mut refused, mut inadmissible) = (0, 0, 0);
    for round in 0..CONFIGS {
        let made = maker.config();
        let config = if round == 0 { base.clone() } else { made };
        if plugin.check_config(&config).is_err() {
            inadmissible += 1;
            continue;
        }
        let (name, model) = &models[round % models.len()];
        match ask(plugin, &surroundings(model), &config).map_err(|wrong| format!("{config} on {name}: {wrong}"))? {
            Answer::Given(_) => given += 1,
            Answer::Refused(_) => refused += 1,
        }
    }
    if given == 0 {
        return Err(format!("of {refused} settings that its schema admits it refuses every one"));
    }
    Ok(format!("{given} answered, {refused} refused with a reason; {inadmissible} more the schema did not admit"))
}

/// A setting that there is none of, and values of no type that anybody means, have to be refused: by the schema, or by
/// the plugin.
pub(super) fn nonsense(plugin: &Plugin, base: &Value) -> Result<String, String> {
    let schema = &plugin.descriptor().config_schema;
    let names = schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned());
    let misspelt = ("no_such_setting".to_owned(), json!(1));
    let odd = names.map(|name| (name, json!({"": [{"": [null]}]})));
    let (_, model) = models::all().swap_remove(0);
    let mut refused = 0;
    for (key, value) in odd.chain([misspelt]) {
        let mut config = base.clone();
        config[&key] = value;
        match ask(plugin, &surroundings(&model), &config).map_err(|wrong| format!("{config}: {wrong}"))? {
            Answer::Refused(_) => refused += 1,
            Answer::Given(_) => {
                return Err(format!(
                    "{config} is taken as if nothing were wrong with `{key}`; give the schema `\"additionalProperties\": false` \
                     and each setting a `type`"
                ));
            }
        }
    }
    Ok(format!("{refused} refused"))
}

/// Models of any size give a valid answer or a reason.
pub(super) fn sizes(plugin: &Plugin, config: &Value) -> Result<String, String> {
    let mut maker = Maker::new(plugin, 3);
    let (mut given, mut refused) = (0, 0);
    for _ in 0..MODELS {
        let mut size = || SIZES[maker.below(SIZES.len())];
        let sizes =
            Sizes { layers: size().min(4) as u32, hidden: size(), keys: size(), inner: size(), vocabulary: size() };
        let model = models::llama(sizes, maker.below(2) == 0, maker.below(2) == 0);
        match ask(plugin, &surroundings(&model), config).map_err(|wrong| format!("{config} on {sizes:?}: {wrong}"))? {
            Answer::Given(_) => given += 1,
            Answer::Refused(_) => refused += 1,
        }
    }
    Ok(format!("{given} answered, {refused} refused with a reason"))
}
