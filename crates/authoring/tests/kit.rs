//! New folders, and builds of them with tools that stand in for the real ones.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::{fixture_path, host};
use graftwork_authoring::{AuthoringError, Builder, Language, new};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_new_folder_has_all_that_the_language_needs_under_the_name_that_was_given() {
    let parent = tempfile::tempdir().unwrap();
    for (language, needed) in [
        (Language::Rust, &["Cargo.toml", "src/lib.rs", "src/schema.json", "vendor/graftwork-sdk/src/lib.rs"][..]),
        (Language::C, &["plugin.c", "runtime.c", "json.h", "bindings/graftwork.c"]),
        (Language::Python, &["app.py", "requirements.txt", "wit/strategy.wit", "wit/plugin.wit"]),
        (Language::JavaScript, &["plugin.js", "package.json", "wit/strategy.wit", "wit/plugin.wit"]),
    ] {
        let into = parent.path().join(language.name());
        let written = new("row-scale", language, &into).unwrap();
        let folder = into.join("row-scale");
        for path in needed.iter().chain(&["README.md"]) {
            assert!(written.contains(&folder.join(path)), "{language}: {path} is not among {written:?}");
        }
        for path in &written {
            let text = fs::read_to_string(path).unwrap();
            assert!(!text.contains("my-method") && !path.to_string_lossy().ends_with(".in"), "{}", path.display());
        }
        let main = fs::read_to_string(folder.join(needed[1].replace("runtime.c", "plugin.c"))).unwrap();
        let main = main + &fs::read_to_string(folder.join(language.marker())).unwrap();
        assert!(main.contains("row-scale"), "{language}");
        assert_eq!(Language::of(&folder).unwrap(), language);
    }
}

/// The SDK in the folder is whole: every file that is in the workspace, and a package without what is not there.
#[test]
fn the_sdk_comes_along() {
    let parent = tempfile::tempdir().unwrap();
    new("row-scale", Language::Rust, parent.path()).unwrap();
    let vendor = parent.path().join("row-scale/vendor/graftwork-sdk");
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk");
    for folder in ["src", "src/bindings"] {
        assert_eq!(names(&vendor.join(folder)), names(&sdk.join(folder)));
    }
    let package: toml::Table = toml::from_str(&fs::read_to_string(vendor.join("Cargo.toml")).unwrap()).unwrap();
    assert!(package.contains_key("dependencies") && !package.contains_key("dev-dependencies"));
}

#[test]
fn a_bad_name_or_a_place_that_is_taken_leaves_nothing_behind() {
    let parent = tempfile::tempdir().unwrap();
    let refused = |name: &str| new(name, Language::C, parent.path()).unwrap_err().to_string();
    for (name, part) in [
        ("", "must begin with a small letter"),
        ("3d", "must begin with a small letter"),
        ("../up", "must begin with a small letter"),
        ("a/b", "it has `/`"),
        ("a b", "it has ` `"),
        ("größe", "it has `\\u{f6}`"),
        ("fn", "a Rust crate cannot have this name"),
        ("serde", "a Rust crate cannot have this name"),
        (&"x".repeat(65), "it has 65 characters; at most 64"),
    ] {
        assert!(refused(name).contains(part), "{}", refused(name));
    }
    fs::write(parent.path().join("file"), "mine").unwrap();
    fs::create_dir(parent.path().join("folder")).unwrap();
    for name in ["file", "folder"] {
        assert!(refused(name).contains("is there already"), "{}", refused(name));
    }
    assert_eq!(names(parent.path()), ["file", "folder"]);
    assert_eq!(names(&parent.path().join("folder")), [] as [&str; 0]);
    assert_eq!(fs::read_to_string(parent.path().join("file")).unwrap(), "mine");
}

#[test]
fn languages_have_names() {
    for language in Language::ALL {
        assert_eq!(language.name().parse(), Ok(language));
    }
    assert_eq!("javascript".parse(), Ok(Language::JavaScript));
    assert!("cobol".parse::<Language>().unwrap_err().contains("rust, c, python, js"));
}

/// A plugin's folder beside a folder of tools, each a script of the shell.
struct Bench {
    parent: tempfile::TempDir,
    plugin: PathBuf,
}

impl Bench {
    fn new(language: Language, tools: &[(&str, &str)]) -> Self {
        let parent = tempfile::tempdir().unwrap();
        new("row-scale", language, parent.path()).unwrap();
        fs::create_dir(parent.path().join("tools")).unwrap();
        for (name, script) in tools {
            let path = parent.path().join("tools").join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let plugin = parent.path().join("row-scale");
        Self { parent, plugin }
    }

    fn build(&self) -> Result<graftwork_authoring::Built, AuthoringError> {
        Builder::new(host()).with_path(self.parent.path().join("tools")).build(&self.plugin)
    }

    fn error(&self) -> String {
        match self.build() {
            Ok(built) => panic!("it should not have built {}", built.file.display()),
            Err(error) => error.to_string(),
        }
    }
}

/// Puts a file where `-o`, the last but one argument of some tools, says.
fn giving(file: &Path) -> String {
    format!("while [ \"$1\" != -o ]; do shift; done; /bin/cp '{}' \"$2\"", file.display())
}

#[test]
fn each_language_is_built_by_its_tool_and_loaded() {
    let (c, js) = (giving(&fixture_path("c")), giving(&fixture_path("js")));
    for (language, tools) in [
        (Language::C, &[("clang", c.as_str()), ("wasm-ld", "")][..]),
        (Language::C, &[("python-zig", c.as_str())]),
        (Language::Python, &[("componentize-py", c.as_str())]),
        (Language::JavaScript, &[("node", ""), ("componentize-qjs", js.as_str())]),
    ] {
        let bench = Bench::new(language, tools);
        let built = bench.build().unwrap();
        assert_eq!(built.language, language);
        assert_eq!(built.file, bench.plugin.canonicalize().unwrap().join("row-scale.wasm"));
        assert_eq!(built.bytes, fs::metadata(&built.file).unwrap().len());
        assert_eq!(built.plugin.descriptor().name, "my-method");
        assert!(!names(&bench.plugin).iter().any(|name| name.starts_with(".build")), "{:?}", names(&bench.plugin));
    }
}

#[test]
fn cargo_says_which_file_it_made() {
    let sysroot = tempfile::tempdir().unwrap();
    fs::create_dir_all(sysroot.path().join("lib/rustlib/wasm32-unknown-unknown")).unwrap();
    let rustc = format!("echo {}", sysroot.path().display());
    let cargo = format!(
        r#"echo '{{"reason":"compiler-artifact","filenames":["/nowhere/libserde.rlib"]}}'
echo '{{"reason":"compiler-artifact","filenames":["{}"]}}'
echo '{{"reason":"build-finished","success":true}}'"#,
        fixture_path("rust").display()
    );
    let bench = Bench::new(Language::Rust, &[("rustc", &rustc), ("cargo", &cargo)]);
    assert_eq!(bench.build().unwrap().plugin.descriptor().name, "my-method");
    let bench = Bench::new(Language::Rust, &[("rustc", &rustc), ("cargo", "")]);
    assert!(bench.error().contains("crate-type = [\"cdylib\"]"), "{}", bench.error());
}

#[test]
fn a_missing_tool_is_named_with_the_command_that_installs_it() {
    for (language, tools, parts) in [
        (Language::Rust, &[][..], &["cargo", "sh.rustup.rs"][..]),
        (Language::C, &[], &["clang", "apt-get install clang lld", "pip install ziglang"]),
        (Language::C, &[("clang", "")], &["wasm-ld", "apt-get install clang lld"]),
        (Language::Python, &[], &["componentize-py", "pip install -r requirements.txt"]),
        (Language::JavaScript, &[], &["Node.js", "apt-get install nodejs npm"]),
        (Language::JavaScript, &[("node", "")], &["componentize-qjs", "npm install"]),
    ] {
        let error = Bench::new(language, tools).error();
        assert!(parts.iter().all(|part| error.contains(part)), "{language}: {error}");
    }
}

#[test]
fn what_a_compiler_says_is_shown_and_the_last_build_stays() {
    let failing = [("clang", "echo 'plugin.c:7: error: oh no' >&2; exit 3"), ("wasm-ld", "")];
    let bench = Bench::new(Language::C, &failing);
    fs::write(bench.plugin.join("row-scale.wasm"), "the last one").unwrap();
    let error = bench.error();
    assert!(error.contains("clang failed (exit status: 3)") && error.contains("plugin.c:7: error: oh no"), "{error}");
    let garbage = [("clang", "while [ \"$1\" != -o ]; do shift; done; echo garbage >\"$2\""), ("wasm-ld", "")];
    let bench = Bench::new(Language::C, &garbage);
    fs::write(bench.plugin.join("row-scale.wasm"), "the last one").unwrap();
    assert!(bench.error().contains("no plugin that can be loaded: plugin `row-scale.wasm`: it is no WebAssembly"));
    assert_eq!(fs::read_to_string(bench.plugin.join("row-scale.wasm")).unwrap(), "the last one");
}

#[test]
fn a_folder_that_is_no_plugin_says_what_is_missing() {
    let bench = Bench::new(Language::C, &[]);
    let of = |path: &Path| Language::of(path).unwrap_err().to_string();
    assert!(of(bench.parent.path()).contains("neither Cargo.toml (Rust), plugin.c (C)"));
    assert!(of(&bench.parent.path().join("nowhere")).contains("`host plugin new NAME`"));
    fs::write(bench.plugin.join("app.py"), "").unwrap();
    assert!(of(&bench.plugin).contains("has both plugin.c and app.py"));
}
