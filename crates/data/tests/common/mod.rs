//! Helpers that the tests share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests; each uses a part of it")]

use std::path::{Path, PathBuf};

use graftwork_data::{
    DataError, DataOptions, Dataset, EvalSplit, Format, Item, Record, Row, Rows, Sample, Source, Tokenizer, read,
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/default/model");
pub(crate) const NOVEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/default/austen.txt");

pub(crate) const CHATML: &str = "{% for message in messages %}\
    {{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}\
    {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/// The example's tokenizer, which has no chat template.
pub(crate) fn tokenizer() -> Tokenizer {
    Tokenizer::from_dir(Path::new(MODEL)).unwrap()
}

/// A folder with a copy of the example's tokenizer and these files beside it.
pub(crate) fn model_dir(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in ["tokenizer.json", "config.json", "generation_config.json"] {
        std::fs::copy(Path::new(MODEL).join(name), dir.path().join(name)).unwrap();
    }
    for (name, content) in files {
        std::fs::write(dir.path().join(name), content).unwrap();
    }
    dir
}

pub(crate) fn tokenizer_with(files: &[(&str, &str)]) -> Tokenizer {
    Tokenizer::from_dir(model_dir(files).path()).unwrap()
}

pub(crate) fn chat_tokenizer(template: &str) -> Tokenizer {
    tokenizer_with(&[("chat_template.jinja", template)])
}

/// The example's `tokenizer.json` with one entry replaced.
pub(crate) fn tokenizer_json_with(key: &str, value: Value) -> String {
    let text = std::fs::read_to_string(Path::new(MODEL).join("tokenizer.json")).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json[key] = value;
    json.to_string()
}

/// The example's tokenizer with a post-processor that puts `<|im_start|>`, id 1, before every text.
pub(crate) fn bos_tokenizer() -> Tokenizer {
    let bos = json!({"SpecialToken": {"id": "<|im_start|>", "type_id": 0}});
    let text = json!({"Sequence": {"id": "A", "type_id": 0}});
    let processor = json!({
        "type": "TemplateProcessing", "single": [bos, text], "pair": [],
        "special_tokens": {"<|im_start|>": {"id": "<|im_start|>", "ids": [1], "tokens": ["<|im_start|>"]}},
    });
    tokenizer_with(&[("tokenizer.json", &tokenizer_json_with("post_processor", processor))])
}

/// A folder of one file, and the file's path.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, content).unwrap();
    (dir, path)
}

/// All records of a file as training samples, in order.
pub(crate) fn load(tokenizer: &Tokenizer, name: &str, content: &str, options: DataOptions) -> Dataset {
    let (_dir, path) = file(name, content);
    let options = DataOptions { eval: EvalSplit::NONE, ..options };
    Dataset::load(&[path.into()], tokenizer, &options).unwrap()
}

/// The message of the error that loading a file gives, without the folder's name.
pub(crate) fn load_error(
    tokenizer: &Tokenizer,
    name: &str,
    content: impl AsRef<[u8]>,
    options: &DataOptions,
) -> String {
    let (dir, path) = file(name, content);
    let error = Dataset::load(&[path.into()], tokenizer, options).unwrap_err();
    error.to_string().replace(&format!("{}/", dir.path().display()), "")
}

/// All rows, read.
pub(crate) fn all(rows: Rows<'_>) -> Vec<Row> {
    rows.iter().collect::<Result<_, _>>().unwrap()
}

/// The only sample of a data set's first row.
pub(crate) fn first_sample(dataset: &Dataset) -> Sample {
    dataset.train_rows().get(0).unwrap().segments()[0].clone()
}

/// What a file holds.
pub(crate) fn items(path: &Path, format: Option<Format>) -> Result<Vec<Item>, DataError> {
    let mut items = Vec::new();
    read(path, format, &mut |item| {
        items.push(item);
        Ok(())
    })?;
    Ok(items)
}

/// The records of a file that holds some.
pub(crate) fn records(name: &str, content: impl AsRef<[u8]>) -> Vec<Record> {
    let (_dir, path) = file(name, content);
    let record = |item| match item {
        Item::Record(record) => record,
        Item::Part { at, .. } => panic!("{at} is plain text"),
    };
    items(&path, None).unwrap().into_iter().map(record).collect()
}

/// What the loss counts of the first row's samples, decoded run by run.
pub(crate) fn counted(dataset: &Dataset, tokenizer: &Tokenizer) -> Vec<String> {
    let previews = dataset.preview(tokenizer, usize::MAX).unwrap();
    let pieces = previews.into_iter().flat_map(|preview| preview.pieces);
    pieces.filter(|piece| piece.trained).map(|piece| piece.text).collect()
}

/// A sample of these ids whose every token counts.
pub(crate) fn sample(ids: Vec<u32>) -> Sample {
    let counts = vec![true; ids.len()];
    Sample::new(ids, counts, Source::new(Path::new("memory"), 1))
}
