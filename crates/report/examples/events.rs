//! Writes a run's TensorBoard file: `cargo run --release -p graftwork-report --example events -- RUN OUT`.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use graftwork_report::{EventWriter, History};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(run), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("give the folder of a run, and the folder to write into".into());
    };
    let history = History::read(&Path::new(&run).join("metrics.jsonl"))?;
    fs::create_dir_all(&out)?;
    let file = File::create(Path::new(&out).join(EventWriter::file_name(0.0)))?;
    EventWriter::new(BufWriter::new(file), 0.0)?.history(&history)?;
    Ok(())
}
