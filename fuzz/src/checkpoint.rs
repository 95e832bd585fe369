//! Checkpoints: folders with a manifest, a document and a file of tensors.

use std::fs;
use std::path::Path;

use graftwork_store::{CheckpointDir, Dtype, MANIFEST, SafetensorsFile};
use serde_json::{Value, json};

use crate::{Verdict, folder};

const STATE: &str = "state.json";
const TENSORS: &str = "adapter.safetensors";

/// How the manifest and the other files come together.
enum Manifest<'a> {
    /// It describes the files.
    True,
    /// It did, before a bit of one was turned.
    Outdated(usize),
    /// It says anything.
    Any(&'a [u8]),
}

/// The manifest, a zero, the document, a zero, the tensors. No manifest stands for the true one, and one that is no JSON object
/// for the true one of files that were damaged since.
///
/// What is accepted has the content that its manifest says, to the last bit, and tensors that can all be read.
pub fn checkpoint(data: &[u8]) -> Verdict {
    let (manifest, files) = folder::until_zero(data);
    let (state, tensors) = folder::until_zero(files);
    let (mut state, mut tensors) = (state.to_vec(), tensors.to_vec());
    let manifest = match manifest {
        [] => Manifest::True,
        [b'{', ..] => Manifest::Any(manifest),
        damage => Manifest::Outdated(damage.iter().fold(0, |at, &byte| at << 7 ^ usize::from(byte))),
    };
    let described = match manifest {
        Manifest::Any(bytes) => bytes.to_vec(),
        _ => json!({ STATE: entry(&state), TENSORS: entry(&tensors) }).to_string().into_bytes(),
    };
    if let Manifest::Outdated(at) = manifest {
        turn_a_bit(&mut state, &mut tensors, at);
    }
    let path = folder::holding("checkpoint", &[(STATE, &state), (TENSORS, &tensors), (MANIFEST, &described)]);
    match CheckpointDir::read(&path) {
        Ok(read) => {
            assert!(!matches!(manifest, Manifest::Outdated(_)), "a damaged file was accepted");
            described_by(&path, &described);
            read.groups().for_each(|group| every_tensor_is_whole(read.group(group).expect("a group that it has")));
            Verdict::Accepted
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Verdict::Refused
        }
    }
}

fn entry(content: &[u8]) -> Value {
    json!({ "bytes": content.len(), "blake3": blake3::hash(content).to_hex().as_str() })
}

fn turn_a_bit(state: &mut [u8], tensors: &mut Vec<u8>, at: usize) {
    let length = state.len() + tensors.len();
    let mut all = state.iter_mut().chain(tensors.iter_mut());
    match at.checked_rem(length).and_then(|at| all.nth(at)) {
        Some(byte) => *byte ^= 1,
        // Where there is nothing to damage, something is added.
        None => tensors.push(0),
    }
}

/// Both files are named by the manifest, with their sizes and hashes.
fn described_by(path: &Path, manifest: &[u8]) {
    let manifest: Value = serde_json::from_slice(manifest).expect("a manifest that was read");
    for file in [STATE, TENSORS] {
        let content = fs::read(path.join(file)).expect("a file that was just written");
        assert_eq!(manifest.get(file), Some(&entry(&content)), "{file} is not what its manifest says");
    }
}

/// Every tensor fills its shape, converts or says why not, and can be turned.
pub(crate) fn every_tensor_is_whole(file: &SafetensorsFile) {
    for name in file.names() {
        let tensor = file.tensor(&name).expect("a tensor that the file names");
        let count: usize = tensor.shape().iter().product();
        assert_eq!(tensor.bytes().len() * 8, count * tensor.dtype().bitsize(), "{name} does not fill its shape");
        match (tensor.dtype(), tensor.to_f32()) {
            (Dtype::F32 | Dtype::F16 | Dtype::BF16 | Dtype::F64, values) => {
                assert_eq!(values.map(|values| values.len()), Ok(count));
                let turned = tensor.transposed();
                assert_eq!(turned.view().transposed().bytes(), tensor.bytes(), "turned twice, {name} is another");
            }
            (_, values) => assert!(values.is_err()),
        }
    }
}
