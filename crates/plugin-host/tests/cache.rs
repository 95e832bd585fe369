//! Compiled plugins that are kept: taken up again, never when they are damaged, and only in a private folder.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use common::{Module, surroundings};
use graftwork_plan::RawPlan;
use graftwork_plugin_host::{Limits, PluginHost};
use serde_json::json;

fn plan(folder: &Path) -> RawPlan {
    let host = PluginHost::cached(Limits::default(), folder).unwrap();
    let plugin = host.load_bytes("test.wat", Module::default().text().as_bytes()).unwrap();
    plugin.plan(&surroundings(), &json!({})).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn what_was_compiled_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("a/plugins");
    let first = plan(&folder);
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    let [file] = &files(&folder)[..] else { panic!("one file") };
    let written = fs::metadata(file).unwrap().modified().unwrap();
    assert_eq!(plan(&folder), first);
    assert_eq!(fs::metadata(file).unwrap().modified().unwrap(), written, "it was written again");
    // Other limits make other code: the file of the first is not touched.
    let other = Limits { memory_bytes: 16 << 20, ..Limits::default() };
    let host = PluginHost::cached(other, &folder).unwrap();
    host.load_bytes("test.wat", Module::default().text().as_bytes()).unwrap();
    assert_eq!(fs::metadata(file).unwrap().modified().unwrap(), written);
}

#[test]
fn a_damaged_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("plugins");
    let first = plan(&folder);
    let file = files(&folder).remove(0);
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&flipped[..], &whole[..whole.len() - 1], &whole[..40], b"", &[0; 32]] {
        fs::write(&file, damaged).unwrap();
        assert_eq!(plan(&folder), first);
        assert_eq!(fs::read(&file).unwrap(), whole, "not made anew");
    }
}

#[test]
fn a_folder_that_others_can_enter_is_not_used() {
    let parent = tempfile::tempdir().unwrap();
    let open = parent.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
    plan(&open);
    assert!(files(&open).is_empty());
    let (private, link) = (parent.path().join("private"), parent.path().join("link"));
    plan(&private);
    assert_eq!(files(&private).len(), 1);
    fs::remove_file(files(&private).remove(0)).unwrap();
    symlink(&private, &link).unwrap();
    plan(&link);
    assert!(files(&private).is_empty());
}

#[test]
fn what_calls_use_is_counted() {
    let host = PluginHost::new(Limits::default()).unwrap();
    let plugin = host.load_bytes("test.wat", Module::default().text().as_bytes()).unwrap();
    let described = plugin.usage();
    assert!(described.fuel > 0 && described.fuel < 1000, "{described:?}");
    assert_eq!(described.memory_bytes, 2 << 16);
    plugin.plan(&surroundings(), &json!({})).unwrap();
    assert!(plugin.usage().fuel > described.fuel);
}
