//! Every command that the README, the pages of `docs/` and the recipes of `examples/` tell a reader to type is typed here, in
//! order, in a folder that has what a clone of the repository has. A test for each document.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod checkout;
#[path = "../common/mod.rs"]
mod common;
mod document;
mod output;
mod own;
mod shell;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use document::{Document, Treatment};
use libtest_mimic::{Arguments, Failed, Trial};
use shell::{Outcome, Step};

/// The most blocks of commands that may be left out in all documents together.
const LEFT_OUT: usize = 24;

fn main() -> ExitCode {
    let root = common::root();
    let cache = Arc::new(tempfile::tempdir().expect("a folder"));
    let mut trials = own::trials();
    let paths = documents(&root);
    for path in paths.clone() {
        let (root, cache) = (root.clone(), Arc::clone(&cache));
        let name = path.display().to_string();
        trials.push(Trial::test(name, move || tried(&root, &path, cache.path())));
    }
    trials.push(Trial::test("what_is_left_out_is_little_and_no_recipe", move || left_out(&root, &paths)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// The README, the pages of `docs/`, and the README of each folder in `examples/`.
fn documents(root: &Path) -> Vec<PathBuf> {
    let entries = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).expect("a folder of documents");
        let names = entries.map(|entry| Path::new(folder).join(entry.expect("an entry").file_name()));
        names.collect::<Vec<_>>()
    };
    let pages = entries("docs").into_iter().filter(|path| path.extension().is_some_and(|e| e == "md"));
    let recipes = entries("examples").into_iter().map(|folder| folder.join("README.md"));
    let mut all: Vec<_> = pages.chain(recipes).filter(|path| root.join(path).is_file()).collect();
    all.sort();
    all.insert(0, PathBuf::from("README.md"));
    all
}

/// Runs a document's commands and compares what they print with what it shows.
fn tried(root: &Path, path: &Path, cache: &Path) -> Result<(), Failed> {
    let document = Document::read(root, path)?;
    let folder = checkout::make(root).map_err(|e| format!("the folder to try it in: {e}"))?;
    let steps = shell::steps(&document)?;
    let outcome = shell::run(&steps, folder.path(), &checkout::environment(folder.path(), cache))?;
    shell::log(&document, &steps, &outcome)?;
    judge(&document, &steps, &outcome).map_err(Failed::from)
}

/// Whether all commands went through, and printed what the document shows.
fn judge(document: &Document, steps: &[Step<'_>], outcome: &Outcome) -> Result<(), String> {
    let at = |line: usize| format!("{}:{line}", document.path.display());
    if outcome.failed {
        let (step, (printed, _)) = steps.iter().zip(&outcome.done).next_back().ok_or("bash did not start")?;
        return Err(format!("{}: this command failed:\n{}\nIt printed:\n{printed}", at(step.line), step.text));
    }
    for block in &document.blocks {
        let Some(shown) = block.shown.as_ref().filter(|_| block.treatment == Treatment::Run) else { continue };
        let mine = steps.iter().zip(&outcome.done).filter(|(step, _)| std::ptr::eq(step.block, block));
        let printed: String = mine.map(|(_, (printed, _))| printed.as_str()).collect();
        output::compare(&shown.text, &printed).map_err(|difference| {
            let line = at(shown.line + difference.line);
            let other = difference.printed.unwrap_or_else(|| "(nothing more)".to_owned());
            format!("{line}: shown is\n{}\nbut printed was\n{other}\nof\n{printed}", difference.shown)
        })?;
    }
    Ok(())
}

/// Few blocks are not run, each recipe is, and so is every `run.toml`.
fn left_out(root: &Path, paths: &[PathBuf]) -> Result<(), Failed> {
    let mut omitted = Vec::new();
    for path in paths {
        let document = Document::read(root, path)?;
        let run: Vec<_> = document.blocks.iter().filter(|b| !matches!(b.treatment, Treatment::Omitted(_))).collect();
        for block in &document.blocks {
            if let Treatment::Omitted(reason) = &block.treatment {
                omitted.push(format!("{}:{}: {reason}", path.display(), block.line));
            }
        }
        let recipe = path.parent().filter(|_| path.starts_with("examples"));
        let Some(toml) = recipe.map(|folder| folder.join("run.toml")).filter(|toml| root.join(toml).exists()) else {
            continue;
        };
        if !run.iter().any(|block| block.text.contains(&toml.display().to_string())) {
            return Err(format!("{}: no command that is run takes {}", path.display(), toml.display()).into());
        }
    }
    println!("left out:\n{}", omitted.join("\n"));
    if omitted.len() > LEFT_OUT {
        return Err(format!("{} blocks are not run, more than {LEFT_OUT}", omitted.len()).into());
    }
    Ok(())
}
