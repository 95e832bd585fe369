//! What a plugin is given, in full: the functions of the contract, and what may cross there.
#![allow(clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::Module;
use graftwork_plugin_host::{Limits, PluginHost, WIT};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, Resolve, Type, TypeDefKind, WorldItem};

/// Every function that a plugin may import, with what it takes and gives: names, shapes and settings, numbers about a
/// weight, and a log. None has a byte of a tensor, a file, a variable of the environment or the time.
const GIVEN: [(&str, &str); 11] = [
    ("log.emit", "(enum, string)"),
    ("model.architecture", "() -> string"),
    ("model.config", "() -> string"),
    (
        "model.params",
        "() -> list<{name: string, shape: list<u32>, dtype: string, role: string, layer: option<u32>, tied-to: option<u32>}>",
    ),
    ("random.next", "() -> u64"),
    ("selection.choices", "() -> option<list<{param: u32, rank: option<u32>, alpha: option<f64>}>>"),
    ("stats.gradient-norm", "(u32) -> result<f64, string>"),
    ("stats.norm", "(u32) -> result<f64, string>"),
    ("stats.singular-values", "(u32, u32) -> result<list<f64>, string>"),
    ("training.scores", "(u32, string) -> result<list<f64>, string>"),
    ("training.trained", "() -> list<u32>"),
];

/// The contract, from whose text the host's own linker is made.
fn contract() -> Resolve {
    let mut resolve = Resolve::default();
    resolve.push_str("strategy.wit", WIT).expect("the contract");
    resolve
}

/// Functions that a plugin of any kind may import, by their names.
fn imports(resolve: &Resolve) -> BTreeMap<String, &Function> {
    let (_, world) = resolve.worlds.iter().find(|(_, world)| world.name == "any-plugin").expect("the world of all");
    let interfaces = world.imports.values().map(|item| match item {
        WorldItem::Interface { id, .. } => &resolve.interfaces[*id],
        _ => panic!("something else than an interface is imported"),
    });
    let named = interfaces.flat_map(|interface| {
        let name = interface.name.as_deref().expect("its name");
        interface.functions.values().map(move |function| (format!("{name}.{}", function.name), function))
    });
    named.collect()
}

/// A type, written out to the last field.
fn written(resolve: &Resolve, kind: &Type) -> String {
    let Type::Id(id) = kind else { return format!("{kind:?}").to_lowercase() };
    let of = |kind: &Type| written(resolve, kind);
    match &resolve.types[*id].kind {
        TypeDefKind::Type(kind) => of(kind),
        TypeDefKind::List(kind) => format!("list<{}>", of(kind)),
        TypeDefKind::Option(kind) => format!("option<{}>", of(kind)),
        TypeDefKind::Record(record) => {
            let fields: Vec<_> = record.fields.iter().map(|f| format!("{}: {}", f.name, of(&f.ty))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        TypeDefKind::Result(result) => {
            let [ok, err] = [result.ok, result.err].map(|kind| kind.as_ref().map_or_else(|| "_".to_owned(), of));
            format!("result<{ok}, {err}>")
        }
        TypeDefKind::Enum(_) => "enum".to_owned(),
        other => panic!("{other:?} is nothing that crosses"),
    }
}

#[test]
fn a_plugin_is_given_these_functions_and_no_others() {
    let resolve = contract();
    let found: Vec<(String, String)> = imports(&resolve)
        .into_iter()
        .map(|(name, function)| {
            let params: Vec<_> = function.params.iter().map(|param| written(&resolve, &param.ty)).collect();
            let result = function.result.map(|kind| format!(" -> {}", written(&resolve, &kind)));
            (name, format!("({}){}", params.join(", "), result.unwrap_or_default()))
        })
        .collect();
    let given: Vec<_> = GIVEN.map(|(name, kind)| (name.to_owned(), kind.to_owned())).to_vec();
    assert_eq!(found, given);
}

/// A module that imports a function, and nothing else that is not honest.
fn importing(interface: &str, name: &str, function: &Function, resolve: &Resolve) -> Module {
    let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
    let types = |types: &[WasmType]| {
        let names = types.iter().map(|kind| match kind {
            WasmType::I64 => "i64",
            WasmType::F32 => "f32",
            WasmType::F64 => "f64",
            _ => "i32",
        });
        names.collect::<Vec<_>>().join(" ")
    };
    let (params, results) = (types(&signature.params), types(&signature.results));
    Module {
        imports: format!(
            "(import \"graftwork:strategy/{interface}@0.1.0\" \"{name}\" (func (param {params}) (result {results})))"
        ),
        ..Module::default()
    }
}

#[test]
fn each_is_linked_and_none_beside_it() {
    let resolve = contract();
    let host = PluginHost::new(Limits::default()).expect("a host");
    for (name, function) in imports(&resolve) {
        let (interface, own) = name.split_once('.').expect("two names");
        let load = |name: &str| {
            let text = importing(interface, name, function, &resolve).text();
            host.load_bytes("test.wat", text.as_bytes()).map(|plugin| plugin.imports().to_vec())
        };
        // Interfaces of types alone come along.
        assert!(load(own).expect("it loads").contains(&format!("graftwork:strategy/{interface}@0.1.0")));
        let other = format!("{own}-of-all");
        let error = load(&other).expect_err("there is no such function").to_string();
        assert!(error.contains(&other), "{error}");
    }
}
