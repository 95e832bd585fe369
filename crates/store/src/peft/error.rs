//! Why an adapter cannot be used.

use crate::path::quoted;

/// A problem with an adapter's configuration or tensors.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "fields are named by the message they appear in")]
pub enum PeftError {
    /// Another kind of adapter.
    #[error("peft_type {} is not read, only \"LORA\"; `host import` reads it with the strategy of its method", quoted(.0))]
    Type(String),

    /// Settings under which the adapter computes something that would not be computed here.
    #[error("these settings change what the adapter computes and are not supported: {}; merge the adapter into its base with PEFT first", .0.join(", "))]
    Unsupported(Vec<String>),

    /// Rank zero.
    #[error("r is 0; a rank is at least 1")]
    ZeroRank,

    /// A pattern that does not compile.
    #[error(
        "the pattern {} of rank_pattern or alpha_pattern is not a regular expression that is supported here: {reason}",
        quoted(pattern)
    )]
    Pattern { pattern: String, reason: String },

    /// A tensor without PEFT's prefix, which PEFT would pass over in silence.
    #[error("tensor {0:?} does not begin with \"base_model.model.\"; save the adapter with save_pretrained()")]
    Prefix(String),

    /// A tensor of no known part.
    #[error("tensor {0:?} is of no part that a LoRA adapter has; save the adapter with a current PEFT")]
    Key(String),

    /// Half of a pair.
    #[error("module {module:?} has no {missing}; the adapter is not complete")]
    Unpaired { module: String, missing: &'static str },

    /// A factor of another number of dimensions, or factors that do not multiply.
    #[error("module {module:?}: factors A {a:?} and B {b:?} do not multiply; A is [rank, in], B is [out, rank]")]
    Shapes { module: String, a: Vec<usize>, b: Vec<usize> },

    /// Tensors and configuration disagree.
    #[error("module {module:?} has rank {tensors} in the tensors and {config} by adapter_config.json")]
    Rank { module: String, tensors: usize, config: usize },

    /// A magnitude vector without DoRA, or the reverse.
    #[error("module {module:?} {}; the adapter and use_dora do not fit", if *present { "has a lora_magnitude_vector, but use_dora is false" } else { "has no lora_magnitude_vector, but use_dora is true" })]
    Dora { module: String, present: bool },

    /// Only the pickled file is there.
    #[error(
        "only adapter_model.bin is there, a pickle that can run code and is not read; convert it once in Python: \
             save_file(torch.load(\"adapter_model.bin\", weights_only=True), \"adapter_model.safetensors\", {{\"format\": \"pt\"}}) \
             with save_file from safetensors.torch"
    )]
    Pickle,
}
