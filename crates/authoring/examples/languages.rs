//! Makes the templates of all languages, builds them, and compares their plans; `check_languages.sh` calls it.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use graftwork_authoring::{Builder, Built, Language, conformance, models, new};
use graftwork_plan::Plan;
use graftwork_plugin_host::{Limits, PluginHost, Surroundings};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["new", folder] => Language::ALL.into_iter().try_for_each(|language| {
            new("my-method", language, &Path::new(folder).join(language.name()))?;
            Ok(())
        }),
        ["build", folder] => build(Path::new(folder)),
        _ => Err("usage: languages new|build FOLDER".into()),
    }
}

fn build(folder: &Path) -> Result<(), Box<dyn Error>> {
    let cache = folder.join("cache");
    let host = PluginHost::cached(Limits::default(), &cache)?;
    let (mut first, mut failed) = (None, false);
    for language in Language::ALL {
        let started = Instant::now();
        let Built { file, bytes, plugin, .. } =
            Builder::new(&host).build(&folder.join(language.name()).join("my-method"))?;
        let built = started.elapsed().as_secs_f64();
        let mut hashes = Vec::new();
        let started = Instant::now();
        for (_, model) in models::all() {
            for config in [json!({}), json!({"init": 0.1, "target_modules": models::layer_names(&model)[..1]})] {
                let raw = plugin.plan(&Surroundings::of(model.clone()), &config)?;
                hashes.push(Plan::validate(&raw, &model)?.hash());
            }
        }
        let call = started.elapsed().as_secs_f64() * 1000.0 / hashes.len() as f64;
        println!(
            "{language:<8} {bytes:>9} bytes  built and loaded in {built:>6.2} s  a plan in {call:>7.2} ms  {}",
            hashes[0]
        );
        let started = Instant::now();
        for check in conformance::run(&plugin) {
            let verdict = if check.passed { "passed" } else { "FAILED" };
            println!("  {verdict}: {}: {}", check.name, check.detail);
            failed |= !check.passed;
        }
        println!("  checked in {:.2} s", started.elapsed().as_secs_f64());
        let started = Instant::now();
        PluginHost::cached(Limits::default(), &cache)?.load(&file)?;
        println!("  loaded again, from the cache, in {:.2} s", started.elapsed().as_secs_f64());
        match &first {
            None => first = Some(hashes),
            Some(first) if *first == hashes => {}
            Some(_) => return Err(format!("the plans of {language} differ").into()),
        }
    }
    println!("all plans are equal");
    if failed { Err("a check failed".into()) } else { Ok(()) }
}
