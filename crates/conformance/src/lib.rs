//! What every model family has to pass: the numbers that Transformers gives for small random models.
//!
//! A family's own tests name the golden folders that it has to agree with; `tests/oracles/families.py` makes them and says
//! what is in them. Every check panics with the name of what differs and by how much.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a library for tests"
)]

mod golden;
mod numbers;

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use graftwork_kernels::loss::{IGNORED, linear_cross_entropy};
use graftwork_kernels::roots::backward;
use graftwork_model::{Cache, Input, Sampling, Task, Weights, generate};

pub use golden::Golden;
use numbers::{close, close_to_scale, largest, values};

/// Largest difference that is rounding, relative to the largest number of a tensor.
pub const ROUNDING: f32 = 2e-5;

/// What a gradient's largest number has to be of the model's largest, to be more than rounding: that of a bias of keys is 0, since
/// a softmax does not see what is added to all of its scores.
const NOTHING: f32 = 1e-2;

/// All checks of models that have logits, gradients and, if they predict the next token, batches.
pub fn agrees(names: &[&str]) {
    for name in names {
        has_the_parameters(name);
        gives_logits(name);
        gives_gradients(name);
        if Golden::open(name).model.architecture.task() == Task::CausalLm {
            keeps_sequences_apart(name);
            generates_as_it_reads(name);
        }
    }
}

/// The model has the parameters that Transformers saves, in the shapes that it saves.
pub fn has_the_parameters(name: &str) {
    let golden = Golden::open(name);
    let layout = golden.model.architecture.layout();
    let own = layout.params().iter().enumerate().filter(|(_, p)| p.tied_to.is_none()).map(|(index, p)| {
        let mut dims: Vec<usize> = p.shape.dims().iter().map(|&d| d as usize).collect();
        if layout.is_transposed(golden::id(index)) {
            dims.reverse();
        }
        (golden.dir.found(layout, golden::id(index)).unwrap_or_else(|| panic!("{name}: no `{}`", p.name)), dims)
    });
    let saved = golden.dir.0.names().filter(|n| !layout.is_buffer(n)).map(|n| {
        let shape = golden.dir.0.shape(n).expect("a tensor");
        (n.to_owned(), shape.to_vec())
    });
    assert_eq!(own.collect::<BTreeMap<_, _>>(), saved.collect(), "{name}");
}

/// Logits of one text, or of a batch for a classifier.
pub fn gives_logits(name: &str) {
    let golden = Golden::open(name);
    close(name, "logits", &golden.logits(&golden.input()), &golden.floats("logits"));
}

/// The configuration as Transformers 4 wrote it is the same model.
pub fn reads_the_older_configuration(names: &[&str]) {
    for name in names {
        let golden = Golden::with_config(name, "config.v4.json");
        close(name, "logits with config.v4.json", &golden.logits(&golden.input()), &golden.floats("logits"));
    }
}

/// Hidden states of a bare encoder, before any head.
pub fn gives_hidden_states(name: &str) {
    let golden = Golden::open(name);
    let (input, model) = (golden.input(), &golden.model);
    let (mut x, blocks) = model.architecture.begin(&model.weights, &input, 0);
    for index in 0..blocks.count() {
        x = blocks.apply(index, &model.weights, x, None);
    }
    close(name, "hidden", &values(x), &golden.floats("hidden"));
}

/// The loss, and its gradient with respect to every parameter.
pub fn gives_gradients(name: &str) {
    let golden = Golden::open(name);
    let architecture = golden.model.architecture.as_ref();
    let leaves = golden.model.weights.0.iter().map(|w| w.clone().autodiff().require_grad());
    let mut tracked = Weights(leaves.collect());
    // A tied parameter is the same leaf.
    for (index, param) in architecture.params().iter().enumerate() {
        if let Some(source) = param.tied_to {
            tracked.0[index] = tracked.0[source.index()].clone();
        }
    }
    let targets = golden.targets();
    let counted = targets.iter().filter(|&&t| t != IGNORED).count();
    let hidden = architecture.forward(&tracked, &golden.input(), None);
    let hidden = hidden.narrow(0, 0, targets.len());
    let head = architecture.head().output(&tracked).expect("plain weights");
    let entropy = linear_cross_entropy(hidden, head, &targets, 1.0 / counted as f64);
    let loss = entropy.sum.into_scalar::<f32>() / counted as f32;
    close(name, "loss", &[loss], &golden.floats("loss"));
    let gradients = backward(entropy.roots).expect("something is tracked");
    let file = golden.file("grads.safetensors");
    let layout = architecture.layout();
    let own = || layout.params().iter().enumerate().filter(|(_, p)| p.tied_to.is_none());
    let expected = |index| numbers::floats(&file, &golden.dir.found(layout, golden::id(index)).expect("the weight"));
    let of_model = own().map(|(index, _)| largest(&expected(index))).fold(0.0, f32::max);
    for (index, param) in own() {
        let (weight, expected) = (&tracked.0[index], expected(index));
        let found = match weight.grad(&gradients) {
            Some(gradient) if layout.is_transposed(golden::id(index)) => values(gradient.transpose()),
            Some(gradient) => values(gradient),
            None => vec![0.0; expected.len()],
        };
        let scale = largest(&expected).max(NOTHING * of_model);
        close_to_scale(name, &format!("gradient of {}", param.name), &found, &expected, scale);
    }
}

/// Padding and packing leave each sequence alone.
pub fn keeps_sequences_apart(name: &str) {
    let golden = Golden::open(name);
    let (device, file) = (Device::flex(), golden.file("batch.safetensors"));
    let of = |key: &str| numbers::integers(&file, key);
    let mask = of("padded.mask");
    let input = Input::new(2, of("padded.ids"), numbers::places(&mask, 2), mask.clone(), &device);
    let expected = numbers::floats(&file, "padded.logits");
    let width = expected.len() / mask.len();
    let mut found = golden.logits(&input);
    // What a model gives for padding means nothing; the golden file has zeros there.
    for (row, &seen) in found.chunks_mut(width).zip(&mask) {
        if seen == 0 {
            row.fill(0.0);
        }
    }
    close(name, "padded", &found, &expected);
    let segments = of("packed.segments");
    let first = segments.iter().copied().min().unwrap_or(1);
    let segments = segments.into_iter().map(|s| s + 1 - first).collect();
    let input = Input::new(1, of("packed.ids"), of("packed.positions"), segments, &device);
    close(name, "packed", &golden.logits(&input), &numbers::floats(&file, "packed.logits"));
}

/// Reading a text in pieces, with a cache, is reading it at once.
pub fn generates_as_it_reads(name: &str) {
    let golden = Golden::open(name);
    let (model, ids, device) = (&golden.model, golden.integers("ids"), Device::flex());
    let whole = model.architecture.forward(&model.weights, &golden.input(), None);
    let mut cache = Cache::default();
    let mut parts: Vec<Tensor<2>> = Vec::new();
    for piece in [&ids[..7], &ids[7..8], &ids[8..20], &ids[20..]] {
        let input = Input::sequence(piece, cache.length() as u32, &device);
        parts.push(model.architecture.forward(&model.weights, &input, Some(&mut cache)));
    }
    close(name, "with a cache", &values(Tensor::cat(parts, 0)), &values(whole));
}

/// Greedy continuation of the first `prompt` tokens is, token by token, what a pass over the whole text says.
pub fn continues(name: &str, prompt: usize, tokens: usize) {
    let golden = Golden::open(name);
    let (model, device) = (&golden.model, Device::flex());
    let mut text = golden.integers("ids")[..prompt].to_vec();
    let sampling = Sampling { max_tokens: tokens, temperature: 0.0, top_p: 1.0, stop: Vec::new(), seed: 0 };
    let found = generate(model.architecture.as_ref(), &model.weights, &text, &sampling, &device, |_| true);
    for _ in 0..tokens {
        let logits = golden.logits(&Input::sequence(&text, 0, &device));
        let last = &logits[logits.len() - logits.len() / text.len()..];
        let likeliest = (0..last.len()).max_by(|&a, &b| last[a].total_cmp(&last[b])).expect("a token");
        text.push(likeliest as u32);
    }
    assert_eq!(found, text[prompt..], "{name}");
}

/// The head's parameters are all used: a family that forgets its bias or its cap would pass where they are nought.
pub fn has_a_head(name: &str, bias: bool, cap: bool) {
    let head = Golden::open(name).model.architecture.head();
    assert_eq!((head.bias.is_some(), head.cap.is_some()), (bias, cap), "{name}");
}

/// Whether some parameter of the model is another one's tensor.
pub fn is_tied(name: &str) -> bool {
    Golden::open(name).model.architecture.params().iter().any(|p| p.tied_to.is_some())
}
