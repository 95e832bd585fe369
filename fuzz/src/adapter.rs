//! Adapter folders as the PEFT library writes them.

use graftwork_store::{AdapterKey, Overwrite, PeftAdapter};
use serde_json::Value;

use crate::{Verdict, folder};

/// The most bytes that tensors are made of.
const MOST: usize = 1 << 16;

/// `adapter_config.json`, a zero, the header of the tensors. The header gets its length before it, and as many bytes after it as
/// it announces: the raw file is what [`checkpoint`](crate::checkpoint) reads.
///
/// What is accepted says of each of its modules how it is scaled, and is the same when it is written and read again.
pub fn adapter(data: &[u8]) -> Verdict {
    let (config, header) = folder::until_zero(data);
    let mut tensors = (header.len() as u64).to_le_bytes().to_vec();
    tensors.extend_from_slice(header);
    tensors.resize(tensors.len() + announced(header).min(MOST), 0x3c);
    let files = [("adapter_config.json", config), ("adapter_model.safetensors", tensors.as_slice())];
    match PeftAdapter::read(&folder::holding("adapter", &files)) {
        Ok(adapter) => {
            keeps_its_promises(&adapter);
            Verdict::Accepted
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Verdict::Refused
        }
    }
}

/// Where the last tensor ends by a header.
fn announced(header: &[u8]) -> usize {
    let header: Value = serde_json::from_slice(header).unwrap_or_default();
    let ends = header.as_object().into_iter().flat_map(|all| all.values());
    ends.filter_map(|tensor| tensor.pointer("/data_offsets/1")?.as_u64()).max().unwrap_or(0).try_into().unwrap_or(MOST)
}

fn keeps_its_promises(adapter: &PeftAdapter) {
    for name in adapter.tensors.keys() {
        let key: AdapterKey = name.parse().expect("a name that was accepted");
        assert_eq!(key.to_string(), *name);
        adapter.config.rank(&key.module).expect("a pattern that was accepted");
    }
    let folder = folder::path("written");
    adapter.write(&folder, Overwrite::Replace).expect("what was read can be written");
    let again = PeftAdapter::read(&folder).expect("what was written can be read");
    assert_eq!(*adapter, again, "written and read again it is another");
}
