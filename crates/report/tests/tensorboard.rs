//! Event files, read back by a decoder of their own: TFRecord with its checksums, then protocol buffers field by field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::{fixture, long};
use graftwork_report::EventWriter;
use graftwork_report::history::{Evaluation, F1};

const START: f64 = 1_700_000_000.25;

/// CRC-32C bit by bit, as the standard defines it.
fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0x82f6_3b78 } else { crc >> 1 };
        }
    }
    let crc = !crc;
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// The records of a file, each with both checksums right.
fn records(mut file: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    while !file.is_empty() {
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
        let length = u64::from_le_bytes(file[..8].try_into().expect("eight bytes")) as usize;
        assert_eq!(word(8), checksum(&file[..8]), "of the length");
        assert_eq!(word(12 + length), checksum(&file[12..12 + length]), "of the record");
        records.push(&file[12..12 + length]);
        file = &file[16 + length..];
    }
    records
}

/// A field's value.
#[derive(Clone, Copy)]
enum Field<'a> {
    Integer(u64),
    Double(f64),
    Float(f32),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let take = |bytes: &mut &[u8], n: usize| -> Vec<u8> {
            let taken = bytes[..n].to_vec();
            *bytes = &bytes[n..];
            taken
        };
        let value = match key & 7 {
            0 => Field::Integer(varint(&mut bytes)),
            1 => Field::Double(f64::from_le_bytes(take(&mut bytes, 8).try_into().expect("eight bytes"))),
            5 => Field::Float(f32::from_le_bytes(take(&mut bytes, 4).try_into().expect("four bytes"))),
            2 => {
                let length = varint(&mut bytes) as usize;
                let (value, rest) = bytes.split_at(length);
                bytes = rest;
                Field::Bytes(value)
            }
            wire => panic!("wire type {wire}"),
        };
        fields.push((key >> 3, value));
    }
    fields
}

/// The bytes of a field that comes once.
fn bytes(message: &[u8], number: u64) -> &[u8] {
    let found: Vec<_> = fields(message).into_iter().filter(|(n, _)| *n == number).collect();
    match found[..] {
        [(_, Field::Bytes(bytes))] => bytes,
        _ => panic!("field {number} comes {} times", found.len()),
    }
}

/// Times, steps and values of each tag; texts apart.
#[derive(Default)]
struct Read {
    scalars: BTreeMap<String, Vec<(f64, u64, f32)>>,
    texts: Vec<(u64, String)>,
}

fn read(file: &[u8]) -> Read {
    let mut read = Read::default();
    let records = records(file);
    assert_eq!(bytes(records[0], 3), b"brain.Event:2", "the version comes first");
    for record in &records[1..] {
        let (mut time, mut step) = (0.0, 0);
        for field in fields(record) {
            match field {
                (1, Field::Double(value)) => time = value,
                (2, Field::Integer(value)) => step = value,
                _ => {}
            }
        }
        for (_, value) in fields(bytes(record, 5)) {
            let Field::Bytes(value) = value else { panic!("no value") };
            let tag = String::from_utf8(bytes(value, 1).to_vec()).expect("UTF-8");
            let scalar = fields(value).into_iter().find_map(|field| match field {
                (2, Field::Float(scalar)) => Some(scalar),
                _ => None,
            });
            if let Some(scalar) = scalar {
                read.scalars.entry(tag).or_default().push((time, step, scalar));
                continue;
            }
            assert_eq!(tag, "samples");
            assert_eq!(bytes(bytes(bytes(value, 9), 1), 1), b"text", "the plugin that shows it");
            let tensor = bytes(value, 8);
            assert!(fields(tensor).iter().any(|f| matches!(f, (1, Field::Integer(7)))), "DT_STRING");
            assert!(matches!(fields(bytes(bytes(tensor, 2), 2))[..], [(1, Field::Integer(1))]), "of shape [1]");
            read.texts.push((step, String::from_utf8(bytes(tensor, 8).to_vec()).expect("UTF-8")));
        }
    }
    read
}

#[test]
fn a_run_is_read_back() {
    let history = fixture("lora").history;
    let mut writer = EventWriter::new(Vec::new(), START).expect("a file");
    writer.history(&history).expect("a file");
    let read = read(&writer.into_inner());
    let tags = [
        "eval/accuracy",
        "eval/loss",
        "eval/perplexity",
        "train/grad_norm",
        "train/learning_rate",
        "train/loss",
        "train/tokens_per_second",
    ];
    assert_eq!(read.scalars.keys().map(String::as_str).collect::<Vec<_>>(), tags);
    let mut now = START;
    for (step, told) in history.steps.iter().zip(&read.scalars["train/loss"]) {
        now += step.seconds;
        assert_eq!(*told, (now, step.step, step.loss as f32));
    }
    let norms: Vec<_> = read.scalars["train/grad_norm"].iter().map(|told| told.2).collect();
    assert_eq!(norms, history.steps.iter().map(|s| s.grad_norm as f32).collect::<Vec<_>>());
    let losses: Vec<_> = read.scalars["eval/loss"].iter().map(|told| (told.1, told.2)).collect();
    assert_eq!(losses, history.evaluations.iter().map(|e| (e.step, e.loss as f32)).collect::<Vec<_>>());
    assert_eq!(read.scalars["eval/loss"][0].0, START, "before the first update");
    let texts: Vec<_> = history.samples.iter().map(|s| (s.step, format!("{} ▸ {}", s.prompt, s.text))).collect();
    assert_eq!((read.texts.len(), read.texts), (2, texts));
}

#[test]
fn one_event_at_a_time_makes_the_same_file() {
    let history = fixture("full").history;
    let mut whole = EventWriter::new(Vec::new(), START).expect("a file");
    whole.history(&history).expect("a file");
    let mut single = EventWriter::new(Vec::new(), START).expect("a file");
    let first = |single: &mut EventWriter<Vec<u8>>, step: u64| {
        history.evaluations.iter().filter(|e| e.step == step).for_each(|e| single.evaluation(e).expect("a file"));
        history.samples.iter().filter(|s| s.step == step).for_each(|s| single.sample(s).expect("a file"));
    };
    first(&mut single, 0);
    for step in &history.steps {
        single.step(step).expect("a file");
        first(&mut single, step.step);
    }
    single.flush().expect("a file");
    assert_eq!(whole.into_inner(), single.into_inner());
}

#[test]
fn large_steps_classes_and_no_numbers_are_written_too() {
    let mut writer = EventWriter::new(Vec::new(), START).expect("a file");
    let f1 = Some(F1 { macro_mean: 0.75, by_class: vec![] });
    writer
        .evaluation(&Evaluation { step: 1 << 40, loss: f64::NAN, accuracy: 0.5, f1, ..Evaluation::default() })
        .expect("a file");
    let mut step = long("long", 1).history.steps[0];
    (step.loss, step.seconds) = (f64::INFINITY, f64::NAN);
    writer.step(&step).expect("a file");
    let read = read(&writer.into_inner());
    assert_eq!(read.scalars["eval/f1"], [(START, 1 << 40, 0.75)]);
    assert!(read.scalars["eval/loss"][0].2.is_nan() && !read.scalars.contains_key("eval/perplexity"));
    assert_eq!(read.scalars["train/loss"], [(START, 1, f32::INFINITY)], "a time that is none moves no clock");
}

#[test]
fn the_file_is_called_as_tensorboard_looks_for_it() {
    assert_eq!(EventWriter::file_name(START), "events.out.tfevents.1700000000.graftwork");
}
