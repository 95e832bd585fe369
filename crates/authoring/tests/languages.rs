//! The templates of all languages say the same method: what they build to gives the same plans.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use common::fixture;
use graftwork_authoring::models;
use graftwork_plan::Plan;
use graftwork_plugin_host::Surroundings;
use serde_json::json;

const BUILT: [&str; 3] = ["rust", "c", "js"];

#[test]
fn the_same_settings_give_the_same_plan_in_every_language() {
    for (name, model) in models::all() {
        let names = models::layer_names(&model);
        for config in [
            json!({}),
            json!({"init": 0.1}),
            json!({"init": -2.5e-3, "target_modules": names}),
            json!({"target_modules": [names[0]], "init": 7}),
        ] {
            let hash = |language| {
                let raw = fixture(language).plan(&Surroundings::of(model.clone()), &config).unwrap();
                Plan::validate(&raw, &model).unwrap().hash()
            };
            let [rust, c, js] = BUILT.map(hash);
            assert_eq!([&c, &js], [&rust, &rust], "{name}, {config}");
        }
    }
}

#[test]
fn what_no_layer_is_called_is_refused_in_the_same_words() {
    let (_, model) = models::all().swap_remove(0);
    for language in BUILT {
        let config = json!({"target_modules": ["q_proj", "proj"]});
        let error = fixture(language).plan(&Surroundings::of(model.clone()), &config).unwrap_err().to_string();
        assert_eq!(error, "plugin `my-method`, setting `target_modules`: no linear layer is called `proj`");
    }
}
