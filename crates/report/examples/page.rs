//! Writes the page of some runs: `cargo run --release -p graftwork-report --example page -- OUT.html RUN…`.

use std::path::Path;

use graftwork_report::verdict::Conditions;
use graftwork_report::{Comparison, Report, Run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("give the file to write, then the folders of runs")?;
    let runs = arguments.map(|folder| Run::read(Path::new(&folder))).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<_> = runs.iter().map(|run| format!("`{}`", run.name)).collect();
    let memory = runs.iter().filter_map(|run| run.about.device_memory).min();
    let comparison = (runs.len() > 1).then(|| Comparison::new(&runs, &[], Conditions { memory, price: None }));
    let report = Report { title: names.join(" or ").replace('`', ""), runs, comparison };
    std::fs::write(out, report.html()?)?;
    Ok(())
}
