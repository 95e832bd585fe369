//! Damage that disks and copies do: files cut short anywhere, bits turned over anywhere. All of it is found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use common::{Draws, matrix, names, real_model};
use graftwork_store::{CheckpointDir, CheckpointWriter, Dtype, SafetensorsFile, StoreError};
use serde_json::json;
use tempfile::tempdir;

/// The lengths to which a file of `whole` bytes is cut: every byte of its first `header`, and 1,000 later ones where there are
/// as many. From the end, so that each cut is one call and not a copy.
fn cuts(header: usize, whole: usize, draws: &mut Draws) -> impl Iterator<Item = usize> {
    let mut later = BTreeSet::new();
    while later.len() < 1000.min(whole - header) {
        later.insert(draws.between(header, whole));
    }
    (0..header).chain(later).rev()
}

/// The bytes before the first tensor.
fn header(safetensors: &[u8]) -> usize {
    8 + u64::from_le_bytes(*safetensors.first_chunk().unwrap()) as usize
}

#[test]
fn a_file_cut_at_any_byte_of_its_header_or_later_says_so() {
    let whole = fs::read(real_model().join("model.safetensors")).unwrap();
    let header = header(&whole);
    let dir = tempdir().unwrap();
    let path = dir.path().join("model.safetensors");
    fs::write(&path, &whole).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    for length in cuts(header, whole.len(), &mut Draws(1)) {
        file.set_len(length as u64).unwrap();
        let needed = match length {
            0..8 => 8,
            _ if length < header => header,
            _ => whole.len(),
        };
        let expected = format!(
            "{} is truncated: {needed} bytes expected, {length} found; copy or download it again",
            path.display()
        );
        assert_eq!(SafetensorsFile::open(&path).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_checkpoint_of_which_any_file_is_cut_anywhere_says_which() {
    let run = tempdir().unwrap();
    let path = checkpoint(run.path());
    let mut draws = Draws(3);
    let mut found = 0;
    for name in names(&path) {
        let whole = fs::read(path.join(&name)).unwrap();
        // What is no safetensors file is a header from its first byte to its last.
        let header = if name.ends_with(".safetensors") { header(&whole) } else { whole.len() };
        let file = OpenOptions::new().write(true).open(path.join(&name)).unwrap();
        for length in cuts(header, whole.len(), &mut draws) {
            file.set_len(length as u64).unwrap();
            let error = CheckpointDir::read(&path).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{} is damaged", path.join(&name).display())), "{length}: {error}");
            found += 1;
        }
        fs::write(path.join(&name), whole).unwrap();
        CheckpointDir::read(&path).unwrap();
    }
    assert!(found > 3 * 1000, "{found} cuts");
}

/// A checkpoint of three groups and a state with what a run keeps in one.
fn checkpoint(run: &Path) -> PathBuf {
    let mut writer = CheckpointWriter::create(run, 40).unwrap();
    for (group, dtype) in [("trained", Dtype::BF16), ("optimizer", Dtype::F32), ("controllers", Dtype::F32)] {
        let tensors: BTreeMap<_, _> =
            (0..4).map(|n| (format!("model.layers.{n}.lora_A"), matrix(8, 20, dtype))).collect();
        writer.tensors(group, &tensors).unwrap();
    }
    writer
        .commit(&json!({ "step": 40, "seed": 0, "plan": { "adapters": [{ "target": "q_proj", "rank": 4 }] } }))
        .unwrap()
}

/// A file of a checkpoint, and what it should hold.
struct Target {
    file: File,
    content: Vec<u8>,
}

impl Target {
    fn open(path: &Path) -> Self {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        Self { file, content: fs::read(path).unwrap() }
    }

    fn bits(&self) -> usize {
        8 * self.content.len()
    }

    /// Turns one bit over, reads the checkpoint, and turns it back.
    fn read_with_flip(&mut self, checkpoint: &Path, bit: usize) -> Result<CheckpointDir, StoreError> {
        let (at, right) = (bit / 8, self.content[bit / 8]);
        self.put(at, right ^ 1 << (bit % 8));
        let read = CheckpointDir::read(checkpoint);
        self.put(at, right);
        read
    }

    fn put(&mut self, at: usize, byte: u8) {
        self.file.seek(SeekFrom::Start(at as u64)).unwrap();
        self.file.write_all(&[byte]).unwrap();
    }
}

#[test]
fn every_one_of_100_000_flipped_bits_is_found() {
    let run = tempdir().unwrap();
    let path = checkpoint(run.path());
    let names = names(&path);
    assert_eq!(names.len(), 5, "the manifest, the state and three groups");
    let mut files: Vec<Target> = names.iter().map(|name| Target::open(&path.join(name))).collect();
    // Every file as often as every other: the manifest is short.
    let mut draws = Draws(2);
    for _ in 0..100_000 {
        let file = draws.between(0, files.len());
        let bit = draws.between(0, files[file].bits());
        match files[file].read_with_flip(&path, bit) {
            Err(StoreError::Damaged { .. } | StoreError::Escapes { .. }) => {}
            other => panic!("bit {bit} of {}: {other:?}", names[file]),
        }
    }
    CheckpointDir::read(&path).unwrap();
}

#[test]
fn every_bit_of_a_manifest_is_checked() {
    let run = tempdir().unwrap();
    let path = checkpoint(run.path());
    let file = path.join("MANIFEST");
    let mut target = Target::open(&file);
    for bit in 0..target.bits() {
        let error = target.read_with_flip(&path, bit).unwrap_err().to_string();
        assert!(!error.chars().any(char::is_control), "bit {bit}: {error:?}");
    }
    // What a flip does not do: the same values in another spelling, a file left out, a file that nobody listed.
    let text = String::from_utf8(target.content).unwrap();
    for other in [text.replace("  ", " "), text.trim_end().to_owned(), format!("{text}\n")] {
        fs::write(&file, other).unwrap();
        let error = CheckpointDir::read(&path).unwrap_err().to_string();
        assert!(error.contains("MANIFEST is damaged: it is not spelt as it was written"), "{error}");
    }
    fs::write(&file, text).unwrap();
    fs::copy(path.join("trained.safetensors"), path.join("smuggled.safetensors")).unwrap();
    assert!(!CheckpointDir::read(&path).unwrap().has("smuggled"));
}

#[test]
fn a_checkpoint_without_a_state_is_refused() {
    let run = tempdir().unwrap();
    let path = checkpoint(run.path());
    fs::write(path.join("MANIFEST"), "{}\n").unwrap();
    let error = CheckpointDir::read(&path).unwrap_err().to_string();
    assert!(error.contains("state.json is damaged: the checkpoint was written without it"), "{error}");
}
