//! The small pretrained model and the text that are inside Graftwork: a 5.5 M-parameter Llama with its tokenizer, and six
//! novels of Jane Austen, which it has never seen.

/// Every file, by its name in the folder that they make together: a model folder, with [`TEXT`] in it.
/// A `static`: a constant would be in a program once for every use.
pub static FILES: [(&str, &[u8]); 5] = [
    ("config.json", include_bytes!("model/config.json")),
    ("generation_config.json", include_bytes!("model/generation_config.json")),
    ("tokenizer.json", include_bytes!("model/tokenizer.json")),
    ("model.safetensors", include_bytes!("model/model.safetensors")),
    (TEXT, include_bytes!("austen.txt")),
];

/// The name of the text.
pub const TEXT: &str = "austen.txt";
