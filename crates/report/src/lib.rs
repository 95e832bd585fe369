//! What runs came to, as documents: one HTML page, a table for the terminal, TensorBoard's event files.
//!
//! Plain data goes in, [`Run`]s as their folders have them, and text comes out. No tensor, plugin or terminal is touched here.
//!
//! ```
//! use graftwork_report::verdict::Conditions;
//! use graftwork_report::{Comparison, Report, Run};
//!
//! # fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let runs = vec![Run::read("runs/full-1".as_ref())?, Run::read("runs/lora-1".as_ref())?];
//! let comparison = Comparison::new(&runs, &[], Conditions { memory: Some(24 << 30), price: None });
//! let report = Report { title: "Full or LoRA?".to_owned(), comparison: Some(comparison), runs };
//! print!("{}", report.text());
//! std::fs::write("report.html", report.html()?)?;
//! # Ok(())
//! # }
//! ```

pub mod about;
mod compare;
mod derived;
mod error;
pub mod history;
mod html;
pub mod number;
mod plan_diff;
mod report;
mod run;
mod table;
mod tensorboard;
mod text;
pub mod verdict;
mod visible;

pub use about::About;
pub use compare::Comparison;
pub use derived::CurvePoint;
pub use error::ReportError;
pub use history::History;
pub use report::Report;
pub use run::{Measured, Run};
pub use tensorboard::EventWriter;
pub use text::Text;
