//! Data for fine-tuning: readers, chat templates, loss masks, packing, deterministic order, batches.
//!
//! The path of a record: [`read`] gives [`Record`]s that know their file and line; tokenising gives [`Sample`]s, with
//! a mask of the tokens that the loss counts, which are kept on the disk; samples are laid into [`Row`]s, packed or one
//! each; an [`Epoch`] gives the rows in a fixed order as [`Batch`]es. [`Dataset::load`] does all of it, for files that
//! may be longer than memory.
//!
//! What there is to learn is the [`Objective`]'s to say: the next token, masked tokens, or the class of a text.
//!
//! The same files, tokenizer and options give the same batches, and batch `(epoch, index)` can be asked for directly,
//! which is what resuming a run needs. One thing can differ from day to day, a chat template that asks for the date:
//! [`Tokenizer::with_now`] fixes it.

mod batch;
mod conversation;
mod data_source;
mod dataset;
mod error;
mod fields;
mod files;
mod framed;
mod jinja;
mod labels;
mod load;
mod mask;
mod masking;
mod message;
mod mix;
mod open;
mod options;
mod order;
mod pack;
#[cfg(feature = "parquet")]
mod parquet;
mod preview;
mod python_json;
mod reader;
mod record;
mod rows;
mod sample;
mod source;
mod split;
mod spool;
mod stats;
mod stdin;
mod stream;
mod table;
mod template;
mod text_reader;
mod tokenizer;
mod tokenizer_config;
mod turns;
mod windows;

pub use batch::Batch;
pub use data_source::{DataSource, Weight};
pub use dataset::{Dataset, Epoch};
pub use error::DataError;
pub use labels::labels_of;
pub use message::{Content, Conversation, Message};
pub use open::FILE_ENDINGS;
pub use options::{DataOptions, EvalSplit, Fraction, LossOn, Objective, Order};
pub use order::order;
pub use pack::{Row, pack};
pub use preview::{Piece, Preview};
pub use reader::{Item, OnItem, read};
pub use record::{Body, Format, Record};
pub use rows::Rows;
pub use sample::Sample;
pub use source::Source;
pub use stats::{DataStats, PartStats, SourceStats};
pub use tokenizer::{Encoded, Tokenizer};
