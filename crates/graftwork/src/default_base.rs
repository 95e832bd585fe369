//! The small pretrained model and the text that come inside the program.
//!
//! The model is a 5.5 M-parameter Llama, the text six novels of Jane Austen, which it has never seen: enough to see a
//! fine-tuning run work from end to end in a minute on a processor.

use std::path::PathBuf;

use graftwork_data::EvalSplit;
use graftwork_default::{FILES, TEXT};
use graftwork_store::{AtomicDir, Overwrite};

use crate::{Error, RunConfig};

const PROMPT: &str = "Elizabeth was surprised to find";

/// Puts the embedded model and text in place of what the configuration leaves open.
///
/// Without a model and without data this is a whole run of about a minute on two cores; a person's own model or data is
/// never mixed with settings made for the embedded ones. Gives whether it is such a run.
pub(crate) fn fill(config: &mut RunConfig) -> Result<bool, Error> {
    let (no_model, no_data) = (config.model.is_none(), config.data.files.is_empty());
    if !no_model && !no_data {
        return Ok(false);
    }
    let folder = unpack()?;
    if no_data {
        config.data.files = vec![folder.join(TEXT).into()];
    }
    if no_model {
        config.model = Some(folder);
    }
    if no_model && no_data {
        let train = &mut config.train;
        if train.steps.is_none() && train.epochs.is_none() {
            train.steps = Some(100);
        }
        train.eval_every.get_or_insert(50);
        config.sample.get_or_insert_with(|| PROMPT.to_owned());
        config.data.max_length.get_or_insert(128);
        config.data.eval.get_or_insert(EvalSplit::Fraction(0.01.try_into()?));
    }
    Ok(no_model && no_data)
}

/// A learning rate that suits the embedded model: a small one takes greater steps than those that the defaults are for.
pub(crate) fn learning_rate(whole_model: bool) -> f64 {
    if whole_model { 5e-4 } else { 2e-3 }
}

/// The folder with the embedded files, written on first use.
fn unpack() -> Result<PathBuf, Error> {
    let mut hasher = blake3::Hasher::new();
    for (name, bytes) in FILES {
        hasher.update(name.as_bytes()).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    let id = hasher.finalize().to_hex();
    let folder = cache().join("graftwork").join(format!("default-{}", &id[..16]));
    if FILES.iter().all(|(name, bytes)| folder.join(name).metadata().is_ok_and(|m| m.len() == bytes.len() as u64)) {
        return Ok(folder);
    }
    let dir = AtomicDir::create(&folder, Overwrite::Replace, FILES[0].0)?;
    for (name, bytes) in FILES {
        dir.write(name, bytes)?;
    }
    match dir.commit() {
        // Another process unpacked the same files in the meantime.
        Err(_) if folder.join(TEXT).exists() => Ok(folder),
        committed => committed.map(|()| folder).map_err(Error::from),
    }
}

/// Where this user's programs keep what they can make again.
pub(crate) fn cache() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|h| h.join(".cache"))).unwrap_or_else(std::env::temp_dir)
}
