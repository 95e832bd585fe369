//! Data for fine-tuning: readers, chat templates, loss masks, packing, deterministic order, batches.
//!
//! The path of a record: [`read`] gives [`Record`]s that know their file and line; tokenising gives [`Sample`]s, with
//! a mask of the tokens that the loss counts; samples are laid into [`Row`]s, packed or one each; an [`Epoch`] gives
//! the rows in a fixed order as [`Batch`]es. [`Dataset::load`] does all of it.
//!
//! What there is to learn is the [`Objective`]'s to say: the next token, masked tokens, or the class of a text.
//!
//! The same files, tokenizer and options give the same batches, and batch `(epoch, index)` can be asked for directly,
//! which is what resuming a run needs. One thing can differ from day to day, a chat template that asks for the date:
//! [`Tokenizer::with_now`] fixes it.

mod batch;
mod dataset;
mod error;
mod framed;
mod jinja;
mod labels;
mod mask;
mod masking;
mod message;
mod options;
mod order;
mod pack;
mod preview;
mod python_json;
mod reader;
mod record;
mod sample;
mod source;
mod split;
mod stats;
mod stream;
mod template;
mod tokenizer;
mod turns;

pub use batch::Batch;
pub use dataset::{Dataset, Epoch};
pub use error::DataError;
pub use labels::labels_of;
pub use message::{Content, Conversation, Message};
pub use options::{DataOptions, EvalSplit, Fraction, LossOn, Objective, Order};
pub use order::order;
pub use pack::{Row, pack, unpacked};
pub use preview::{Piece, Preview};
pub use reader::{DataFile, read};
pub use record::{Body, Format, Record};
pub use sample::Sample;
pub use source::Source;
pub use stats::{DataStats, PartStats};
pub use tokenizer::{Encoded, Tokenizer};
