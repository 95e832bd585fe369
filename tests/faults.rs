//! Whole runs on a disk where any one operation fails, or every one from there on: the error says where, what is there is whole, and on a
//! healed disk the run ends to the last bit as if nothing had happened.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

mod common;

use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use common::{golden, host, plugin, short};
use graftwork::{Control, Error, Host, RunConfig, RunReport};
use graftwork_store::{CheckpointDir, Fault, Operation, with_faults};
use tempfile::TempDir;

fn config(out: &Path) -> RunConfig {
    let mut config = RunConfig { model: Some(golden("curve/models/llama")), ..short(plugin("lora"), out, 3) };
    config.strategy[0].config = serde_json::from_str(r#"{"rank": 2, "dropout": 0.1}"#).expect("settings");
    config.train.checkpoint_every = Some(1);
    config.train.keep_last = 2.try_into().ok();
    config
}

/// In memory where there is such a place: hundreds of runs are synced.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.expect("a folder")
}

/// Begins the run, or goes on where it has begun.
fn go_on(host: &Host, out: &Path) -> Result<RunReport, Error> {
    let control = Control::new();
    if out.join("run.toml").exists() {
        host.resume(out, &[], &control, &mut |_| {})
    } else {
        host.run(&config(out), &control, &mut |_| {})
    }
}

fn result(out: &Path) -> Vec<u8> {
    std::fs::read(out.join("adapter/adapter_model.safetensors")).expect("an adapter")
}

/// What lies in the run's folder and its checkpoints.
fn names(out: &Path) -> Vec<PathBuf> {
    let list = |dir: PathBuf| std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut names: Vec<_> = list(out.to_owned()).chain(list(out.join("checkpoints"))).collect();
    names.iter_mut().for_each(|name| *name = undated(name.strip_prefix(out).expect("below")));
    names.sort();
    names
}

/// Without the time that the name of TensorBoard's file has in it.
fn undated(name: &Path) -> PathBuf {
    let prefix = "events.out.tfevents";
    if name.to_string_lossy().starts_with(prefix) { prefix.into() } else { name.to_owned() }
}

/// What the system says when this operation fails.
fn kinds(operation: Operation) -> [ErrorKind; 2] {
    match operation {
        Operation::Write | Operation::Resize => [ErrorKind::StorageFull, ErrorKind::Other],
        Operation::Create => [ErrorKind::StorageFull, ErrorKind::ReadOnlyFilesystem],
        Operation::Sync => [ErrorKind::Other, ErrorKind::StorageFull],
        Operation::Read | Operation::Rename | Operation::Remove => [ErrorKind::PermissionDenied, ErrorKind::Other],
    }
}

#[test]
fn whichever_operation_fails_a_run_can_be_gone_on_with() {
    let (host, home) = (host(), folder());
    let whole = home.path().join("whole");
    let operations = Rc::new(RefCell::new(Vec::new()));
    let seen = Rc::clone(&operations);
    let note = move |operation, path: &Path| {
        seen.borrow_mut().push((operation, path.to_owned()));
        None
    };
    with_faults(note, || go_on(&host, &whole)).expect("the run ends well");
    let (operations, expected, clean) = (operations.take(), result(&whole), names(&whole));
    assert!(operations.len() > 80, "{}", operations.len());

    let mut told = 0;
    for (n, (operation, path)) in operations.iter().enumerate() {
        // Both of its kinds, one alone and one for good, in turn.
        let kinds = kinds(*operation);
        for (kind, forever) in [(kinds[n % 2], false), (kinds[(n + 1) % 2], true)] {
            let out = home.path().join(format!("{n}-{forever}"));
            let mut count = 0;
            let fail = move |_: Operation, _: &Path| {
                count += 1;
                (count == n + 1 || (forever && count > n)).then_some(Fault { kind, short: true })
            };
            let case = format!("operation {n}, {operation:?} of {}, {kind:?}, forever: {forever}", path.display());
            if let Err(error) = with_faults(fail, || go_on(&host, &out)) {
                told += 1;
                let text = error.to_string();
                assert!(text.contains('/') && !text.contains(".tmp-"), "{case}: {text}");
            }
            for (_, path) in CheckpointDir::list(&out).expect("a list") {
                CheckpointDir::read(&path).unwrap_or_else(|error| panic!("{case}: {error}"));
            }
            let report = go_on(&host, &out).unwrap_or_else(|error| panic!("{case}: afterwards: {error}"));
            assert!(report.finished && report.steps == 3, "{case}");
            assert!(result(&out) == expected, "{case}: the result, to the last bit");
            assert_eq!(names(&out), clean, "{case}: nothing is left over");
            std::fs::remove_dir_all(&out).expect("removed");
        }
    }
    println!("{} operations, {told} of {} faults told", operations.len(), 2 * operations.len());
    assert!(told > operations.len(), "{told}");
}
