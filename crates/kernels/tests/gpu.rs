//! The kernels of a GPU against the definitions in f64, forward and backward. Needs an NVIDIA GPU:
//! `cargo test --release -p graftwork-kernels --features cuda --test gpu`.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

use burn::tensor::{DType, Device, Tensor, TensorData};
use graftwork_kernels::adamw::{AdamW, Clip, Moments, Update, global_norm};
use graftwork_kernels::attention::{Mask, attention};
use graftwork_kernels::embedding::embedding;
use graftwork_kernels::gate::{Gelu, gelu, swiglu};
use graftwork_kernels::linear::{Layer, Path, linear, linear_pair, linears};
use graftwork_kernels::loss::{IGNORED, linear_cross_entropy};
use graftwork_kernels::norm::{layer_norm, rms_norm};
use graftwork_kernels::random::Key;
use graftwork_kernels::roots::backward;
use graftwork_kernels::rotary::Rotary;

/// A result of bf16 operands is as exact as bf16 is.
const BF16: f64 = 5e-3;

fn draw<const D: usize>(name: &str, dims: [usize; D], device: &Device, dtype: DType) -> Tensor<D> {
    let values = Key::new(3).child(name).normal(dims.iter().product(), 0.5);
    // Values that bf16 holds, so that both sides begin with the same.
    let exact =
        Tensor::<D>::from_data(TensorData::new(values, dims), &Device::flex()).cast(DType::BF16).cast(DType::F32);
    let wide = if dtype == DType::F64 { DType::F64 } else { DType::F32 };
    let tensor: Tensor<D> = Tensor::from_data(exact.into_data(), (device, wide));
    tensor.cast(dtype)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    let on_gpu = tensor.dtype() != DType::F64;
    let tensor = if on_gpu { tensor.cast(DType::F32) } else { tensor };
    let data = tensor.into_data();
    if on_gpu {
        data.try_to_vec::<f32>().expect("f32").into_iter().map(f64::from).collect()
    } else {
        data.try_to_vec().expect("f64")
    }
}

/// Relative error in the Euclidean norm.
fn error(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let norm = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    let off = norm(&mut found.iter().zip(expected).map(|(a, b)| a - b));
    // NaN never passes.
    if off.is_nan() { f64::INFINITY } else { off / norm(&mut expected.iter().copied()).max(1e-30) }
}

/// Runs `pass` over tracked inputs on the GPU in bf16 and on the processor in f64; compares its value and the gradients of a
/// weighted sum of it.
fn check<const D: usize>(what: &str, inputs: &[(&str, [usize; D])], pass: impl Fn(&[Tensor<D>], &Device) -> Tensor<D>) {
    let run = |device: &Device, dtype: DType| {
        let leaves: Vec<Tensor<D>> =
            inputs.iter().map(|(name, dims)| draw(name, *dims, device, dtype).autodiff().require_grad()).collect();
        let y = pass(&leaves, device);
        let weights = draw("weights", y.dims(), device, dtype);
        let gradients = (y.clone() * weights.autodiff()).sum().backward();
        let mut found = vec![values(y.inner())];
        found.extend(leaves.iter().map(|leaf| values(leaf.grad(&gradients).expect("a gradient"))));
        found
    };
    let found = run(&Device::cuda(0), DType::BF16);
    let expected = run(&Device::flex(), DType::F64);
    let errors: Vec<f64> = found.iter().zip(&expected).map(|(f, e)| error(f, e)).collect();
    println!("{what}: {errors:.5?}");
    // Gradients go through two or three roundings.
    assert!(errors.iter().all(|&e| e < 2.0 * BF16), "{what}: {errors:.5?}");
}

#[test]
fn products() {
    for [tokens, input, out] in [[256, 128, 512], [200, 1000, 328], [1, 64, 2048], [130, 512, 16], [1024, 2048, 2048]] {
        let dims = [("x", [tokens, input]), ("w", [out, input])];
        check(&format!("linear {tokens} {input} {out}"), &dims, |t, _| linear(t[0].clone(), t[1].clone()));
    }
    let dims = [("x", [200, 512]), ("w", [264, 512]), ("y", [200, 16]), ("v", [264, 16])];
    check("linear_pair", &dims, |t, _| linear_pair([t[0].clone(), t[1].clone()], [t[2].clone(), t[3].clone()]));
}

#[test]
fn a_weight_with_a_side_path() {
    for [tokens, input, out, rank] in
        [[300, 512, 264, 16], [2000, 256, 1024, 8], [70, 2048, 512, 64], [128, 256, 256, 136]]
    {
        let weight = |device: &Device, dtype| draw("frozen", [out, input], device, dtype);
        let dims = [("x", [tokens, input]), ("a", [rank, input]), ("b", [out, rank])];
        check(&format!("low rank {tokens} {input} {out} {rank}"), &dims, |t, device| {
            let weight = weight(device, t[0].dtype()).autodiff();
            let path = Path { down: t[1].clone(), up: t[2].clone(), scale: 0.5 };
            Layer { weight, path: Some(path) }.apply(t[0].clone())
        });
    }
    let dims = [("x", [64, 256]), ("w", [128, 256]), ("a", [8, 256]), ("b", [128, 8])];
    check("low rank on a weight that trains", &dims, |t, _| {
        let path = Path { down: t[2].clone(), up: t[3].clone(), scale: 2.0 };
        Layer { weight: t[1].clone(), path: Some(path) }.apply(t[0].clone())
    });
}

#[test]
fn layers_that_share_an_input() {
    let dims = [
        ("x", [300, 256]),
        ("w0", [512, 256]),
        ("a0", [16, 256]),
        ("b0", [512, 16]),
        ("w1", [128, 256]),
        ("w2", [128, 256]),
        ("a2", [8, 256]),
        ("b2", [128, 8]),
        ("w3", [64, 256]),
        ("w4", [256, 256]),
    ];
    // More layers than one product sums; with paths and without; all are used, or the second one with a path is not.
    for used in [5, 2] {
        check(&format!("{used} of five layers"), &dims[..if used == 5 { 10 } else { 5 }], |t, device| {
            let get = |i: usize| {
                t.get(i).cloned().unwrap_or_else(|| draw(dims[i].0, dims[i].1, device, t[0].dtype()).autodiff())
            };
            let path = |a, b| Some(Path { down: get(a), up: get(b), scale: 0.5 });
            let layers = vec![
                Layer { weight: get(1), path: path(2, 3) },
                Layer { weight: get(4), path: None },
                Layer { weight: get(5), path: path(6, 7) },
                Layer { weight: get(8), path: None },
                Layer { weight: get(9), path: None },
            ];
            Tensor::cat(linears(get(0), layers).into_iter().take(used).collect(), 1)
        });
    }
}

#[test]
fn attention_over_groups_segments_and_windows() {
    let cases = [
        (256, 64, None, false),
        (200, 64, None, true),
        (333, 128, Some(70), false),
        (65, 96, None, false),
        (100, 32, Some(9), true),
    ];
    for (length, width, window, packed) in cases {
        let (rows, heads, kv_heads) = (2, 4, 2);
        let segments: Vec<u32> =
            (0..rows * length).map(|i| if packed { (i % length) as u32 / 40 + 1 } else { 1 }).collect();
        // As a model has them: heads of a token side by side.
        let dims = [
            ("q", [rows, length, heads, width]),
            ("k", [rows, length, kv_heads, width]),
            ("v", [rows, length, kv_heads, width]),
        ];
        check(&format!("attention {length} {width} {window:?} {packed}"), &dims, |t, device| {
            let mask = Mask::causal(&segments, rows, 0, window, device);
            let [q, k, v] = [0, 1, 2].map(|i| t[i].clone().swap_dims(1, 2));
            attention(q, k, v, &mask, 1.0 / (width as f64).sqrt()).swap_dims(1, 2)
        });
    }
}

#[test]
fn segments_that_come_back() {
    let (rows, length, heads, width) = (1, 200, 2, 64);
    let segments: Vec<u32> = (0..length).map(|i| (i / 70 % 2) as u32 + 1).collect();
    check("attention, scattered", &[("x", [rows, length, heads, width])], |t, device| {
        let mask = Mask::causal(&segments, rows, 0, None, device);
        let x = t[0].clone().swap_dims(1, 2);
        attention(x.clone(), x.clone(), x, &mask, 0.125).swap_dims(1, 2)
    });
}

#[test]
fn passes_over_rows() {
    for [tokens, width] in [[70, 576], [300, 2048], [9, 8192]] {
        check(&format!("norm {tokens} {width}"), &[("x", [tokens, width]), ("s", [1, width])], |t, _| {
            rms_norm(t[0].clone(), t[1].clone(), 1e-5)
        });
    }
    for [tokens, width] in [[70, 768], [9, 8192]] {
        let dims = [("x", [tokens, width]), ("s", [1, width]), ("b", [1, width])];
        check(&format!("layer norm {tokens} {width}"), &dims, |t, _| {
            layer_norm(t[0].clone(), t[1].clone(), Some(t[2].clone()), 1e-5)
        });
        check("layer norm without a bias", &dims[..2], |t, _| layer_norm(t[0].clone(), t[1].clone(), None, 1e-5));
    }
    for kind in [Gelu::Exact, Gelu::Tanh] {
        check(&format!("{kind:?}"), &[("x", [100, 264])], |t, _| gelu(t[0].clone().mul_scalar(4.0), kind));
    }
    check("gate", &[("gate", [100, 264]), ("up", [100, 264])], |t, _| swiglu(t[0].clone(), t[1].clone()));
    let (rows, length, heads, width) = (2, 50, 3, 64);
    let frequencies: Vec<f64> = (0..width / 2).map(|i| 1e4f64.powf(-2.0 * i as f64 / width as f64)).collect();
    for shared in [true, false] {
        let positions: Vec<u32> = (0..rows * length)
            .map(|i| (i % length) as u32 / if shared { 1 } else { 1 + (i / length) as u32 })
            .collect();
        check("rotary", &[("x", [rows, length, heads, width])], |t, device| {
            let rotary = Rotary::new(&positions, rows, &frequencies, 1.0, t[0].dtype(), device);
            rotary.apply(t[0].clone().swap_dims(1, 2)).swap_dims(1, 2)
        });
    }
}

#[test]
fn rows_of_a_table() {
    // More than a block looks at in one go; some rows often, some never.
    for [tokens, vocabulary, width] in [[700, 90, 64], [5, 1000, 2048], [3000, 7, 8]] {
        check(&format!("embedding {tokens} {vocabulary} {width}"), &[("w", [vocabulary, width])], |t, device| {
            let ids: Vec<i32> = (0..tokens).map(|i| (i * i * 31 % (vocabulary - 1)) as i32).collect();
            embedding(t[0].clone(), Tensor::from_data(TensorData::new(ids, [tokens]), device))
        });
    }
}

#[test]
fn losses_and_their_gradients() {
    // The last is in several chunks.
    for [tokens, hidden, vocabulary] in [[70, 64, 1000], [300, 128, 4096], [300, 8, 1 << 20]] {
        let targets: Vec<u32> =
            (0..tokens).map(|t| if t % 9 == 4 { IGNORED } else { (t * 7919 % vocabulary) as u32 }).collect();
        let run = |device: &Device, dtype: DType| {
            let leaf = |name, dims| draw::<2>(name, dims, device, dtype).autodiff().require_grad();
            let (h, w) = (leaf("h", [tokens, hidden]), leaf("head", [vocabulary, hidden]));
            let entropy = linear_cross_entropy(h.clone(), w.clone(), &targets, 0.25);
            let gradients = backward(entropy.roots).expect("tracked");
            let gradient = |t: Tensor<2>| values(t.grad(&gradients).expect("a gradient"));
            [vec![entropy.sum.into_scalar::<f64>()], gradient(h), gradient(w)]
        };
        let (found, expected) = (run(&Device::cuda(0), DType::BF16), run(&Device::flex(), DType::F64));
        let errors: Vec<f64> = found.iter().zip(&expected).map(|(f, e)| error(f, e)).collect();
        println!("loss {tokens} {hidden} {vocabulary}: {errors:.5?}");
        assert!(errors[0] < 1e-4 && errors[1] < 2.0 * BF16 && errors[2] < 4.0 * BF16, "{errors:.5?}");
    }
}

#[test]
fn updates_of_many_tensors_together() {
    let device = Device::cuda(0);
    let adamw = AdamW::default();
    // More than one launch takes, of sizes with and without a rest.
    let shapes: Vec<[usize; 2]> = (0..40).map(|i| if i == 7 { [1, 3] } else { [i + 1, 37 * (i % 5 + 1)] }).collect();
    let tensors = |device: &Device, dtype| -> Vec<[Tensor<2>; 4]> {
        let draw = |i: usize, part: &str| draw(&format!("{part}{i}"), shapes[i], device, dtype);
        (0..shapes.len()).map(|i| [draw(i, "p"), draw(i, "m"), draw(i, "v").abs(), draw(i, "g")]).collect()
    };
    let (on_gpu, exact) = (tensors(&device, DType::F32), tensors(&Device::flex(), DType::F64));
    let gradients: Vec<Tensor<2>> = on_gpu.iter().map(|t| t[3].clone()).collect();
    let squares: f64 = exact.iter().flat_map(|t| values(t[3].clone())).map(|g| g * g).sum();
    let norm = global_norm(&gradients).expect("gradients").into_scalar::<f64>();
    assert!((norm / squares.sqrt() - 1.0).abs() < 1e-6, "{norm} and {}", squares.sqrt());

    let updates = |tensors: &[[Tensor<2>; 4]]| -> Vec<Update> {
        let one = |(i, [parameter, first, second, gradient]): (usize, &[Tensor<2>; 4])| Update {
            parameter: parameter.clone(),
            gradient: gradient.clone(),
            moments: Moments { first: first.clone(), second: second.clone() },
            lr: 1e-2 * (i + 1) as f64,
            weight_decay: 0.1 * (i % 3) as f64,
        };
        tensors.iter().enumerate().map(one).collect()
    };
    let before = values(on_gpu[0][0].clone());
    let clip = |norm: f32, device: &Device| Clip { norm: Tensor::from_floats([norm], device), most: Some(4.0) };
    let found = adamw.update_all(updates(&on_gpu), 3, clip(8.0, &device));
    assert_eq!(values(on_gpu[0][0].clone()), before, "what somebody holds is not changed");
    let still = adamw.update_all(updates(&on_gpu), 3, clip(f32::INFINITY, &device));
    for ((p, m), t) in still.into_iter().zip(&on_gpu) {
        assert_eq!([p, m.first, m.second].map(values), [0, 1, 2].map(|i| values(t[i].clone())), "no norm, no update");
    }
    let expected = adamw.update_all(updates(&exact), 3, clip(8.0, &Device::flex()));
    for ((p, m), (q, n)) in found.into_iter().zip(expected) {
        let errors = [(p, q), (m.first, n.first), (m.second, n.second)].map(|(a, b)| error(&values(a), &values(b)));
        assert!(errors.iter().all(|&e| e < 1e-6), "{errors:.5?}");
    }
}
