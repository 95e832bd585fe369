//! A new plugin's folder, from the templates in this program.

use std::fs;
use std::path::{Path, PathBuf};

use graftwork_plugin_host::WIT;
use include_dir::{Dir, include_dir};

use crate::{AuthoringError, Language, name};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
/// The SDK goes into the folder too, so that who has the program needs nothing of its sources.
static SDK: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sdk/src");
const SDK_PACKAGE: &str = include_str!("../sdk/package.toml");
const SDK_FOLDER: &str = "vendor/graftwork-sdk";

/// What the templates call the plugin.
const PLACEHOLDER: &str = "my-method";
/// Ends the name of a template's file that would mean something to the tools of this workspace.
const GUARD: &str = ".in";

/// Makes the folder `into/NAME` with a plugin that builds as it is, and gives the paths of its files.
///
/// # Errors
/// The name is none for a plugin, there is something of that name already, or a file cannot be written: then nothing is
/// left of the folder.
pub fn new(name: &str, language: Language, into: &Path) -> Result<Vec<PathBuf>, AuthoringError> {
    name::check(name)?;
    let files = files(name, language)?;
    let folder = into.join(name);
    fs::create_dir_all(into).map_err(AuthoringError::io("make the folder", into))?;
    fs::create_dir(&folder).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => AuthoringError::Exists { path: folder.clone() },
        _ => AuthoringError::Io { action: "make the folder", path: folder.clone(), source },
    })?;
    write(&folder, files).inspect_err(|_| {
        // What failed is told; that cleaning up fails for the same reason is not worth a second message.
        drop(fs::remove_dir_all(&folder));
    })
}

fn write(folder: &Path, files: Vec<(PathBuf, String)>) -> Result<Vec<PathBuf>, AuthoringError> {
    let mut written = Vec::with_capacity(files.len());
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(AuthoringError::io("make the folder", parent))?;
        }
        fs::write(&path, text).map_err(AuthoringError::io("write", &path))?;
        written.push(path);
    }
    Ok(written)
}

/// The files of a plugin, by their paths within its folder.
fn files(name: &str, language: Language) -> Result<Vec<(PathBuf, String)>, AuthoringError> {
    let mut files = Vec::new();
    let template = TEMPLATES.get_dir(language.name()).ok_or_else(|| damaged(language.name()))?;
    collect(template, template.path(), &mut |path, text| files.push((path, text.replace(PLACEHOLDER, name))))?;
    match language {
        Language::Rust => {
            let vendor = Path::new(SDK_FOLDER);
            files.push((vendor.join("Cargo.toml"), sdk_package()?));
            collect(&SDK, Path::new(""), &mut |path, text| {
                files.push((vendor.join("src").join(path), text.to_owned()));
            })?;
        }
        Language::C => {}
        Language::Python | Language::JavaScript => {
            let world = TEMPLATES.get_file("plugin.wit").and_then(|file| file.contents_utf8());
            files.push(("wit/plugin.wit".into(), world.ok_or_else(|| damaged("plugin.wit"))?.to_owned()));
            files.push(("wit/strategy.wit".into(), WIT.to_owned()));
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn damaged(what: &str) -> AuthoringError {
    AuthoringError::Embedded(format!("its template `{what}` is not as it should be"))
}

/// Every file of an embedded folder, with its path below `root`.
fn collect(dir: &Dir<'_>, root: &Path, each: &mut dyn FnMut(PathBuf, &str)) -> Result<(), AuthoringError> {
    for file in dir.files() {
        let shown = || file.path().display().to_string();
        let path = file.path().strip_prefix(root).map_err(|_| damaged(&shown()))?;
        let path = match path.to_str().and_then(|p| p.strip_suffix(GUARD)) {
            Some(guarded) => PathBuf::from(guarded),
            None => path.to_owned(),
        };
        each(path, file.contents_utf8().ok_or_else(|| damaged(&shown()))?);
    }
    dir.dirs().try_for_each(|dir| collect(dir, root, each))
}

/// The SDK's package without its own tests, whose dependencies are not there.
fn sdk_package() -> Result<String, AuthoringError> {
    let mut package: toml::Table = toml::from_str(SDK_PACKAGE).map_err(|e| damaged(&e.to_string()))?;
    package.remove("dev-dependencies");
    toml::to_string(&package).map_err(|e| damaged(&e.to_string()))
}
