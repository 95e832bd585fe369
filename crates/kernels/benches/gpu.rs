//! Times of the kernels of a GPU, a line of JSON each, in the shapes of a step of Llama-3.2-1B with 8 × 1024 tokens:
//! `cargo bench -p graftwork-kernels --features cuda --bench gpu`. `benches/gpu/kernels.py` sets PyTorch's beside them.
//!
//! A time is the median of seven, each that of many passes queued one after the other until the GPU is done: it has in it
//! what the processor takes to launch a kernel only where that is longer than the kernel itself. Inputs stay the same and are
//! as warm in the GPU's caches as they fit.
//!
//! A graph serves once, so "backward" is the time of both passes, less that of the forward pass and less that of the gradient
//! which the backward pass starts with: it starts at the result, not at a sum of it, with ones, and that is one fill.
//! "both" is of what computes its gradient on the way forward. What has no gradient counts as "forward".
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark prints, and ends where it cannot go on")]

use std::time::Instant;

use burn::tensor::{DType, Device, Tensor, TensorData};
use graftwork_kernels::adamw::{AdamW, Clip, Moments, Update, global_norm};
use graftwork_kernels::attention::{Mask, attention};
use graftwork_kernels::gate::{Gelu, gelu, swiglu};
use graftwork_kernels::linear::{Layer, Path, linear};
use graftwork_kernels::loss::linear_cross_entropy;
use graftwork_kernels::norm::{layer_norm, rms_norm};
use graftwork_kernels::random::Key;
use graftwork_kernels::roots::backward;
use graftwork_kernels::rotary::Rotary;

const WARM_UP: usize = 3;
const REPETITIONS: usize = 7;
/// Passes between two waits for the GPU: at least so many, and as many as take so long that the wait does not count.
const LEAST_PASSES: usize = 5;
const LEAST_SECONDS: f64 = 0.02;

/// Draws that a tensor repeats: drawing each value of the largest would take longer than all the rest.
const DRAWS: usize = 1_000_003;
/// Of inputs; small, so that no softmax has all its weight in one place.
const DEVIATION: f64 = 0.1;

const TOKENS: usize = 8 * 1024;
const HIDDEN: usize = 2048;
const WIDE: usize = 8192;
const VOCABULARY: usize = 128_256;
const RANK: usize = 16;

/// Names and numbers that say what is measured.
type Shape = [(&'static str, usize)];

struct Bench {
    device: Device,
    draws: Vec<f32>,
}

impl Bench {
    fn tensor(&self, dims: [usize; 2], dtype: DType) -> Tensor<2> {
        let values: Vec<f32> = self.draws.iter().copied().cycle().take(dims[0] * dims[1]).collect();
        let tensor: Tensor<2> = Tensor::from_data(TensorData::new(values, dims), (&self.device, DType::F32));
        tensor.cast(dtype)
    }

    /// Seconds of one pass of several.
    fn seconds(&self, passes: usize, pass: &mut impl FnMut()) -> f64 {
        self.device.sync().expect("a device at rest");
        let start = Instant::now();
        (0..passes).for_each(|_| pass());
        self.device.sync().expect("passes that succeed");
        start.elapsed().as_secs_f64() / passes as f64
    }

    fn median(&self, mut pass: impl FnMut()) -> f64 {
        self.seconds(WARM_UP, &mut pass);
        let passes = (LEAST_SECONDS / self.seconds(LEAST_PASSES, &mut pass)).ceil() as usize;
        let mut times = [(); REPETITIONS].map(|()| self.seconds(passes.max(LEAST_PASSES), &mut pass));
        times.sort_by(f64::total_cmp);
        times[REPETITIONS / 2]
    }

    /// Both passes of an operation on bf16 inputs that all have a gradient.
    fn passes(&self, op: &str, shape: &Shape, inputs: &[[usize; 2]], pass: impl Fn(&[Tensor<2>]) -> Tensor<2>) {
        let plain: Vec<Tensor<2>> = inputs.iter().map(|&dims| self.tensor(dims, DType::BF16)).collect();
        let result = pass(&plain).dims();
        // Not tracked: a graph that no backward pass consumes keeps its tensors.
        let forward = self.median(|| drop(pass(&plain)));
        print(op, shape, "forward", forward);
        let ones = self.median(|| drop(Tensor::<2>::ones(result, (&self.device, DType::BF16))));
        let leaves: Vec<Tensor<2>> = plain.into_iter().map(|t| t.autodiff().require_grad()).collect();
        let both = self.median(|| drop(pass(&leaves).backward()));
        print(op, shape, "backward", both - forward - ones);
    }

    fn products(&self) {
        let of_blocks = [[HIDDEN, HIDDEN], [512, HIDDEN], [WIDE, HIDDEN], [HIDDEN, WIDE]];
        let of_head = (2048, [VOCABULARY, HIDDEN]);
        for (tokens, [out, input]) in of_blocks.map(|weight| (TOKENS, weight)).into_iter().chain([of_head]) {
            let shape = [("tokens", tokens), ("in", input), ("out", out)];
            self.passes("linear", &shape, &[[tokens, input], [out, input]], |t| linear(t[0].clone(), t[1].clone()));
        }
        for [out, input] in of_blocks {
            let frozen = self.tensor([out, input], DType::BF16);
            let shape = [("tokens", TOKENS), ("in", input), ("out", out), ("rank", RANK)];
            self.passes("linear_low_rank", &shape, &[[TOKENS, input], [RANK, input], [out, RANK]], |t| {
                let path = Path { down: t[1].clone(), up: t[2].clone(), scale: 2.0 };
                Layer { weight: frozen.clone(), path: Some(path) }.apply(t[0].clone())
            });
        }
    }

    /// As in a model: heads of a token side by side, there and back.
    fn attention(
        &self,
        [rows, length]: [usize; 2],
        [heads, kv_heads, width]: [usize; 3],
        window: Option<usize>,
        segment: Option<usize>,
    ) {
        let mut shape =
            vec![("rows", rows), ("length", length), ("heads", heads), ("kv_heads", kv_heads), ("head_dim", width)];
        shape.extend(window.map(|w| ("window", w)));
        shape.extend(segment.map(|s| ("segment", s)));
        let segments: Vec<u32> =
            (0..rows * length).map(|i| (i % length / segment.unwrap_or(length)) as u32 + 1).collect();
        let mask = Mask::causal(&segments, rows, 0, window, &self.device);
        let inputs = [heads, kv_heads, kv_heads].map(|heads| [rows * length, heads * width]);
        self.passes("attention", &shape, &inputs, |t| {
            let [q, k, v] = [(0, heads), (1, kv_heads), (2, kv_heads)]
                .map(|(i, heads)| t[i].clone().reshape([rows, length, heads, width]).swap_dims(1, 2));
            let attended = attention(q, k, v, &mask, 1.0 / (width as f64).sqrt());
            attended.swap_dims(1, 2).reshape([rows * length, heads * width])
        });
    }

    fn loss(&self) {
        let hidden = self.tensor([TOKENS, HIDDEN], DType::BF16).autodiff().require_grad();
        let head = self.tensor([VOCABULARY, HIDDEN], DType::BF16);
        let targets: Vec<u32> = (0..TOKENS).map(|i| (i * 7919 % VOCABULARY) as u32).collect();
        let both = self.median(|| {
            let entropy = linear_cross_entropy(hidden.clone(), head.clone(), &targets, 1.0);
            drop(backward(entropy.roots));
        });
        let shape = [("tokens", TOKENS), ("hidden", HIDDEN), ("vocabulary", VOCABULARY)];
        print("linear_cross_entropy", &shape, "both", both);
    }

    fn rows(&self) {
        let shape = [("tokens", TOKENS), ("width", HIDDEN)];
        self.passes("rms_norm", &shape, &[[TOKENS, HIDDEN], [1, HIDDEN]], |t| {
            rms_norm(t[0].clone(), t[1].clone(), 1e-5)
        });
        self.passes("layer_norm", &shape, &[[TOKENS, HIDDEN], [1, HIDDEN], [1, HIDDEN]], |t| {
            layer_norm(t[0].clone(), t[1].clone(), Some(t[2].clone()), 1e-5)
        });

        let [rows, length, heads, width] = [8, 1024, 32, 64];
        let shape = [("rows", rows), ("length", length), ("heads", heads), ("head_dim", width)];
        let positions: Vec<u32> = (0..rows * length).map(|i| (i % length) as u32).collect();
        let frequencies: Vec<f64> = (0..width / 2).map(|i| 5e5f64.powf(-2.0 * i as f64 / width as f64)).collect();
        let rotary = Rotary::new(&positions, rows, &frequencies, 1.0, DType::BF16, &self.device);
        self.passes("rotary", &shape, &[[rows * length, heads * width]], |t| {
            let rotated = rotary.apply(t[0].clone().reshape([rows, length, heads, width]).swap_dims(1, 2));
            rotated.swap_dims(1, 2).reshape([rows * length, heads * width])
        });

        let shape = [("tokens", TOKENS), ("width", WIDE)];
        self.passes("swiglu", &shape, &[[TOKENS, WIDE]; 2], |t| swiglu(t[0].clone(), t[1].clone()));
        self.passes("gelu", &shape, &[[TOKENS, WIDE]], |t| gelu(t[0].clone(), Gelu::Tanh));
    }

    /// An update of f32 tensors of one shape, and the norm of their gradients.
    fn update(&self, tensors: usize, [rows, columns]: [usize; 2]) {
        let shape = [("tensors", tensors), ("rows", rows), ("columns", columns)];
        let draw = || self.tensor([rows, columns], DType::F32);
        let gradients: Vec<Tensor<2>> = (0..tensors).map(|_| draw()).collect();
        let begin = |parameter: Tensor<2>| {
            let moments = Moments::zeros(&parameter);
            (parameter, moments)
        };
        let mut state: Vec<(Tensor<2>, Moments)> = (0..tensors).map(|_| begin(draw())).collect();
        let norm = global_norm(&gradients).expect("gradients");
        let update = self.median(|| {
            // Handed over, not shared: an update is then made in place.
            let owned = std::mem::take(&mut state).into_iter().zip(gradients.iter().cloned());
            let one = |((parameter, moments), gradient)| Update {
                parameter,
                gradient,
                moments,
                lr: 1e-4,
                weight_decay: 0.01,
            };
            let clip = Clip { norm: norm.clone(), most: Some(1.0) };
            state = AdamW::default().update_all(owned.map(one).collect(), 3, clip);
        });
        print("adamw", &shape, "forward", update);
        print("global_norm", &shape, "forward", self.median(|| drop(global_norm(&gradients))));
    }
}

fn print(op: &str, shape: &Shape, pass: &str, seconds: f64) {
    let shape: Vec<String> = shape.iter().map(|(name, number)| format!("\"{name}\": {number}")).collect();
    let (shape, microseconds) = (shape.join(", "), 1e6 * seconds);
    println!(r#"{{"op": "{op}", "shape": {{{shape}}}, "pass": "{pass}", "microseconds": {microseconds:.2}}}"#);
}

fn main() {
    let bench = Bench { device: Device::cuda(0), draws: Key::new(0).normal(DRAWS, DEVIATION) };
    bench.products();
    let llama = [32, 8, 64];
    bench.attention([8, 1024], llama, None, None);
    bench.attention([1, 8192], llama, None, None);
    bench.attention([8, 1024], [16, 8, 128], None, None);
    bench.attention([8, 1024], [16, 16, 96], None, None);
    bench.attention([1, 8192], llama, Some(256), None);
    bench.attention([8, 1024], llama, None, Some(256));
    bench.loss();
    bench.rows();
    // All weights of some blocks, and adapters'.
    bench.update(64, [HIDDEN, HIDDEN]);
    bench.update(100, [RANK, HIDDEN]);
}
