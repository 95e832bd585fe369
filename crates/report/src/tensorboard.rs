//! TensorBoard's event files: records of TFRecord, each a message `Event` of `tensorflow/core/util/event.proto`.
//!
//! The few messages are written here by hand, with the field numbers beside them: they have not changed since 2016, and a
//! compiler of protocol buffers would be a large tool for six fields.

use std::io::{self, Write};

use crate::History;
use crate::history::{Evaluation, Sample, Step};

/// Writes an event file. TensorBoard finds it by its name, [`EventWriter::file_name`].
#[derive(Debug)]
pub struct EventWriter<W> {
    out: W,
    /// Seconds since 1970 of the last event.
    now: f64,
}

impl EventWriter<Vec<u8>> {
    /// What the file of a run is called that began at so many seconds since 1970.
    #[must_use]
    pub fn file_name(wall_time_start: f64) -> String {
        format!("events.out.tfevents.{:010}.graftwork", wall_time_start.max(0.0) as u64)
    }
}

impl<W: Write> EventWriter<W> {
    /// A new file of a run that began at so many seconds since 1970.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W, wall_time_start: f64) -> io::Result<Self> {
        let mut writer = Self { out, now: wall_time_start };
        let mut version = Message::default();
        version.bytes(3, b"brain.Event:2");
        writer.event(0, &version)?;
        Ok(writer)
    }

    /// An update, with its four numbers. The time goes on by what it took.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn step(&mut self, step: &Step) -> io::Result<()> {
        if step.seconds.is_finite() {
            self.now += step.seconds;
        }
        self.scalars(
            step.step,
            &[
                ("train/loss", Some(step.loss)),
                ("train/grad_norm", Some(step.grad_norm)),
                ("train/learning_rate", Some(step.learning_rate)),
                ("train/tokens_per_second", Some(step.tokens_per_second)),
            ],
        )
    }

    /// An evaluation.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn evaluation(&mut self, evaluation: &Evaluation) -> io::Result<()> {
        self.scalars(
            evaluation.step,
            &[
                ("eval/loss", Some(evaluation.loss)),
                ("eval/accuracy", Some(evaluation.accuracy)),
                ("eval/perplexity", evaluation.perplexity),
                ("eval/f1", evaluation.f1.as_ref().map(|f1| f1.macro_mean)),
            ],
        )
    }

    /// A text that the model wrote, after its prompt.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn sample(&mut self, sample: &Sample) -> io::Result<()> {
        let mut plugin = Message::default();
        plugin.bytes(1, b"text"); // PluginData.plugin_name
        let mut metadata = Message::default();
        metadata.message(1, &plugin); // SummaryMetadata.plugin_data
        metadata.integer(4, 2); // SummaryMetadata.data_class: DATA_CLASS_TENSOR
        let mut dimension = Message::default();
        dimension.integer(1, 1); // Dim.size
        let mut shape = Message::default();
        shape.message(2, &dimension); // TensorShapeProto.dim
        let mut tensor = Message::default();
        tensor.integer(1, 7); // TensorProto.dtype: DT_STRING
        tensor.message(2, &shape); // TensorProto.tensor_shape
        tensor.bytes(8, format!("{} ▸ {}", sample.prompt, sample.text).as_bytes()); // TensorProto.string_val
        let mut value = Message::default();
        value.bytes(1, b"samples"); // Value.tag
        value.message(8, &tensor); // Value.tensor
        value.message(9, &metadata); // Value.metadata
        let mut summary = Message::default();
        summary.message(1, &value); // Summary.value
        let mut event = Message::default();
        event.message(5, &summary); // Event.summary
        self.event(sample.step, &event)
    }

    /// Everything that a run has told, in the order in which it happened.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn history(&mut self, history: &History) -> io::Result<()> {
        let mut evaluations = history.evaluations.iter().peekable();
        let mut samples = history.samples.iter().peekable();
        let ends = history.steps.iter().skip(1).map(|next| next.step).chain([u64::MAX]);
        self.before(history.steps.first().map_or(u64::MAX, |first| first.step), &mut evaluations, &mut samples)?;
        for (step, end) in history.steps.iter().zip(ends) {
            self.step(step)?;
            self.before(end, &mut evaluations, &mut samples)?;
        }
        self.flush()
    }

    /// What came before an update.
    fn before<'a>(
        &mut self,
        end: u64,
        evaluations: &mut std::iter::Peekable<std::slice::Iter<'a, Evaluation>>,
        samples: &mut std::iter::Peekable<std::slice::Iter<'a, Sample>>,
    ) -> io::Result<()> {
        while let Some(evaluation) = evaluations.next_if(|e| e.step < end) {
            self.evaluation(evaluation)?;
        }
        while let Some(sample) = samples.next_if(|s| s.step < end) {
            self.sample(sample)?;
        }
        Ok(())
    }

    /// Hands on to the file what is held back.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// The file.
    #[must_use]
    pub fn into_inner(self) -> W {
        self.out
    }

    fn scalars(&mut self, step: u64, scalars: &[(&str, Option<f64>)]) -> io::Result<()> {
        let mut summary = Message::default();
        for (tag, number) in scalars {
            let Some(number) = number else { continue };
            let mut value = Message::default();
            value.bytes(1, tag.as_bytes()); // Value.tag
            value.float(2, *number as f32); // Value.simple_value
            summary.message(1, &value); // Summary.value
        }
        let mut event = Message::default();
        event.message(5, &summary); // Event.summary
        self.event(step, &event)
    }

    /// A record: the length, its checksum, the message, its checksum.
    fn event(&mut self, step: u64, what: &Message) -> io::Result<()> {
        let mut event = Message::default();
        event.double(1, self.now); // Event.wall_time
        event.integer(2, step); // Event.step
        event.0.extend_from_slice(&what.0);
        let length = (event.0.len() as u64).to_le_bytes();
        self.out.write_all(&length)?;
        self.out.write_all(&masked(&length).to_le_bytes())?;
        self.out.write_all(&event.0)?;
        self.out.write_all(&masked(&event.0).to_le_bytes())
    }
}

/// The checksum of TFRecord, which is not that of the bytes alone so that records within records do not look whole.
fn masked(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// A message of protocol buffers, as its bytes.
#[derive(Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn key(&mut self, field: u64, wire: u64) {
        self.varint(field << 3 | wire);
    }

    fn integer(&mut self, field: u64, value: u64) {
        self.key(field, 0);
        self.varint(value);
    }

    fn double(&mut self, field: u64, value: f64) {
        self.key(field, 1);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn float(&mut self, field: u64, value: f32) {
        self.key(field, 5);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.key(field, 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    fn message(&mut self, field: u64, value: &Self) {
        self.bytes(field, &value.0);
    }
}
