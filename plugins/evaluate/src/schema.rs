//! What a plugin's schema says has to hold.

use std::fmt::Debug;

use graftwork_sdk::{Plugin, settings};
use serde_json::{Map, Value};

/// Checks that a plugin's schema describes every setting and admits no other, and that its defaults are those of the code.
/// `required` has a value of each setting without a default that the plugin cannot do without.
pub fn assert_schema<P: Plugin>(required: &str)
where
    P::Config: Debug,
{
    let schema: Value = serde_json::from_str(P::SCHEMA).expect("a schema is JSON");
    assert_eq!((&schema["title"], &schema["additionalProperties"]), (&P::NAME.into(), &false.into()));
    let properties = schema["properties"].as_object().expect("a schema has properties");
    let mut written: Map<String, Value> = serde_json::from_str(required).expect("settings are a JSON object");
    let names: Vec<Value> = written.keys().cloned().map(Value::from).collect();
    assert_eq!(schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default(), names);
    for (key, property) in properties {
        assert!(property["description"].is_string(), "`{key}` has no description");
        if let Some(default) = property.get("default") {
            written.insert(key.clone(), default.clone());
        }
    }
    let read = |config: &str| format!("{:?}", settings::<P::Config>(config).expect("settings"));
    assert_eq!(read(&Value::Object(written).to_string()), read(required));
}
