//! The fused head and cross-entropy against a plain log-softmax on the host.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "tests")]

mod common;

use burn::tensor::{DType, Tensor};
use common::{close, draws, finite_differences, tensor, values};
use graftwork_kernels::loss::{IGNORED, OutputHead, cross_entropy, linear_cross_entropy};
use graftwork_kernels::roots::backward;

/// Sizes of one head and its batch.
#[derive(Clone, Copy)]
struct Sizes {
    tokens: usize,
    hidden: usize,
    vocabulary: usize,
    /// Bound on the logits.
    cap: Option<f64>,
}

fn biased(weight: Tensor<2>, bias: Tensor<2>) -> OutputHead {
    OutputHead { weight, bias: Some(bias), cap: None }
}

/// Hidden states, weight and bias.
fn inputs(s: Sizes) -> Vec<Vec<f64>> {
    vec![draws("hidden", s.tokens * s.hidden), draws("weight", s.vocabulary * s.hidden), draws("bias", s.vocabulary)]
}

fn tensors(inputs: &[Vec<f64>], s: Sizes, dtype: DType) -> [Tensor<2>; 3] {
    [
        tensor(&inputs[0], [s.tokens, s.hidden], dtype),
        tensor(&inputs[1], [s.vocabulary, s.hidden], dtype),
        tensor(&inputs[2], [1, s.vocabulary], dtype),
    ]
}

fn targets(s: Sizes) -> Vec<u32> {
    // The first and the last class are among them.
    (0..s.tokens).map(|t| if t == 1 { s.vocabulary - 1 } else { t * 7 % s.vocabulary } as u32).collect()
}

/// Probabilities of every class for one token.
fn softmax(inputs: &[Vec<f64>], s: Sizes, token: usize) -> Vec<f64> {
    let logit = |class: usize| {
        let products = (0..s.hidden).map(|i| inputs[0][token * s.hidden + i] * inputs[1][class * s.hidden + i]);
        let logit = products.sum::<f64>() + inputs.get(2).map_or(0.0, |bias| bias[class]);
        s.cap.map_or(logit, |cap| cap * (logit / cap).tanh())
    };
    let exponentials: Vec<f64> = (0..s.vocabulary).map(|c| logit(c).exp()).collect();
    let total: f64 = exponentials.iter().sum();
    exponentials.iter().map(|e| e / total).collect()
}

fn reference(inputs: &[Vec<f64>], s: Sizes) -> f64 {
    targets(s).iter().enumerate().map(|(t, &class)| -softmax(inputs, s, t)[class as usize].ln()).sum()
}

/// Gradients by the closed form, `softmax - onehot`, where there are too many entries for differences.
fn closed_form(inputs: &[Vec<f64>], s: Sizes) -> Vec<Vec<f64>> {
    let mut gradients: Vec<Vec<f64>> = inputs.iter().map(|i| vec![0.0; i.len()]).collect();
    for (token, &class) in targets(s).iter().enumerate() {
        let mut slope = softmax(inputs, s, token);
        slope[class as usize] -= 1.0;
        for (c, d) in slope.iter().enumerate() {
            for i in 0..s.hidden {
                gradients[0][token * s.hidden + i] += d * inputs[1][c * s.hidden + i];
                gradients[1][c * s.hidden + i] += d * inputs[0][token * s.hidden + i];
            }
            gradients[2][c] += d;
        }
    }
    gradients
}

/// The sum and the gradients of all three inputs.
fn found(inputs: &[Vec<f64>], s: Sizes, dtype: DType) -> (f64, Vec<Vec<f64>>) {
    let tracked = tensors(inputs, s, dtype).map(|t| t.autodiff().require_grad());
    let [hidden, weight, bias] = tracked.clone();
    let entropy = linear_cross_entropy(hidden, OutputHead { cap: s.cap, ..biased(weight, bias) }, &targets(s), 1.0);
    assert!(!entropy.sum.is_tracked(), "the sum is a number to report");
    let gradients = backward(entropy.roots).expect("something is tracked");
    let gradients = tracked.map(|t| values(t.grad(&gradients).expect("a gradient"))).to_vec();
    (entropy.sum.into_scalar::<f64>(), gradients)
}

const SMALL: Sizes = Sizes { tokens: 6, hidden: 4, vocabulary: 11, cap: None };

#[test]
fn sum_and_gradients_are_the_definitions() {
    let inputs = inputs(SMALL);
    let (sum, gradients) = found(&inputs, SMALL, DType::F64);
    close("sum", &[sum], &[reference(&inputs, SMALL)], 1e-14);
    let slopes = finite_differences(|at| reference(at, SMALL), &inputs);
    for ((name, found), slope) in ["hidden", "weight", "bias"].iter().zip(&gradients).zip(&slopes) {
        close(name, found, slope, 1e-9);
    }
    for (slope, closed) in slopes.iter().zip(closed_form(&inputs, SMALL)) {
        close("closed form", &closed, slope, 1e-9);
    }
    let (sum, gradients) = found(&inputs, SMALL, DType::F32);
    close("sum, f32", &[sum], &[reference(&inputs, SMALL)], 1e-6);
    for (found, slope) in gradients.iter().zip(&slopes) {
        close("gradient, f32", found, slope, 1e-6);
    }
}

#[test]
fn capped_logits_have_their_own_slope() {
    let s = Sizes { cap: Some(0.5), ..SMALL };
    let inputs = inputs(s);
    let (sum, gradients) = found(&inputs, s, DType::F64);
    close("capped sum", &[sum], &[reference(&inputs, s)], 1e-14);
    let slopes = finite_differences(|at| reference(at, s), &inputs);
    for (found, slope) in gradients.iter().zip(&slopes) {
        // The bend is sharper than the softmax, and so are the finite differences' own errors.
        close("capped gradient", found, slope, 1e-8);
    }
    let plain = reference(&inputs, SMALL);
    assert!((plain - reference(&inputs, s)).abs() > 1e-2, "the cap makes a difference");
}

#[test]
fn chunks_add_up() {
    // Two tokens fill a chunk at this size, so that there are three chunks, the last of them half full.
    let s = Sizes { tokens: 5, hidden: 2, vocabulary: 1 << 21, cap: None };
    let inputs = inputs(s);
    let (sum, gradients) = found(&inputs, s, DType::F64);
    close("sum in chunks", &[sum], &[reference(&inputs, s)], 1e-13);
    for (found, expected) in gradients.iter().zip(closed_form(&inputs, s)) {
        close("gradient in chunks", found, &expected, 1e-12);
    }
}

#[test]
fn a_head_without_bias_is_one_with_a_bias_of_nothing() {
    let mut inputs = inputs(SMALL);
    inputs[2].fill(0.0);
    let [hidden, weight, _] = tensors(&inputs, SMALL, DType::F64);
    let entropy = linear_cross_entropy(hidden, weight, &targets(SMALL), 1.0);
    close("without bias", &[entropy.sum.into_scalar::<f64>()], &[reference(&inputs, SMALL)], 1e-14);
}

#[test]
fn an_ignored_target_is_as_if_its_token_were_not_there() {
    let inputs = inputs(SMALL);
    let run = |kept: &[usize], targets: &[u32]| {
        let rows: Vec<f64> =
            kept.iter().flat_map(|&t| inputs[0][t * SMALL.hidden..][..SMALL.hidden].to_vec()).collect();
        let hidden = tensor(&rows, [kept.len(), SMALL.hidden], DType::F64).autodiff().require_grad();
        let weight = tensor(&inputs[1], [SMALL.vocabulary, SMALL.hidden], DType::F64).autodiff().require_grad();
        let entropy = linear_cross_entropy(hidden.clone(), weight.clone(), targets, 1.0);
        let gradients = backward(entropy.roots).expect("tracked");
        let [dh, dw] = [hidden, weight].map(|t| values(t.grad(&gradients).expect("a gradient")));
        (entropy.sum.into_scalar::<f64>(), dh, dw)
    };
    let all = targets(SMALL);
    let kept: Vec<usize> = (0..SMALL.tokens).filter(|&t| t != 0 && t != 3).collect();
    let some: Vec<u32> = (0..SMALL.tokens).map(|t| if kept.contains(&t) { all[t] } else { IGNORED }).collect();
    let (sum, dh, dw) = run(&(0..SMALL.tokens).collect::<Vec<_>>(), &some);
    let (expected, dh_of_kept, dw_of_kept) = run(&kept, &kept.iter().map(|&t| all[t]).collect::<Vec<_>>());
    close("sum", &[sum], &[expected], 1e-14);
    close("weight", &dw, &dw_of_kept, 1e-13);
    let found: Vec<f64> = kept.iter().flat_map(|&t| dh[t * SMALL.hidden..][..SMALL.hidden].to_vec()).collect();
    close("hidden", &found, &dh_of_kept, 1e-14);
    assert!(dh[..SMALL.hidden].iter().all(|&g| g == 0.0));
}

#[test]
fn logits_of_any_origin_have_the_same_loss_and_gradients() {
    for (dtype, precision) in [(DType::F64, 1e-12), (DType::F32, 1e-6)] {
        let inputs = inputs(SMALL);
        let tracked = tensors(&inputs, SMALL, dtype).map(|t| t.autodiff().require_grad());
        let [hidden, weight, bias] = tracked.clone();
        let entropy = cross_entropy(hidden.matmul(weight.transpose()) + bias, &targets(SMALL), 1.0);
        assert!(!entropy.sum.is_tracked(), "the sum is a number to report");
        close("sum", &[entropy.sum.into_scalar::<f64>()], &[reference(&inputs, SMALL)], precision);
        let gradients = backward(entropy.roots).expect("something is tracked");
        for (tensor, expected) in tracked.iter().zip(closed_form(&inputs, SMALL)) {
            close("gradient", &values(tensor.grad(&gradients).expect("a gradient")), &expected, precision);
        }
    }
    let [hidden, weight, _] = tensors(&inputs(SMALL), SMALL, DType::F32);
    assert!(cross_entropy(hidden.matmul(weight.transpose()), &targets(SMALL), 1.0).roots.is_empty());
}

#[test]
fn only_what_is_tracked_gets_a_gradient() {
    let inputs = inputs(SMALL);
    let [hidden, weight, bias] = tensors(&inputs, SMALL, DType::F64);
    let plain = linear_cross_entropy(hidden.clone(), biased(weight.clone(), bias.clone()), &targets(SMALL), 1.0);
    assert!(plain.roots.is_empty(), "nothing is tracked");
    let closed = closed_form(&inputs, SMALL);
    let (frozen_weight, frozen_bias) = (weight.clone().autodiff(), bias.clone().autodiff());
    let tracked = hidden.clone().autodiff().require_grad();
    let entropy =
        linear_cross_entropy(tracked.clone(), biased(frozen_weight.clone(), frozen_bias), &targets(SMALL), 1.0);
    let gradients = backward(entropy.roots).expect("the hidden states are tracked");
    close("hidden alone", &values(tracked.grad(&gradients).expect("a gradient")), &closed[0], 1e-12);
    assert!(frozen_weight.grad(&gradients).is_none());
    let tracked = weight.autodiff().require_grad();
    let entropy =
        linear_cross_entropy(hidden.autodiff(), biased(tracked.clone(), bias.autodiff()), &targets(SMALL), 1.0);
    let gradients = backward(entropy.roots).expect("the weight is tracked");
    close("weight alone", &values(tracked.grad(&gradients).expect("a gradient")), &closed[1], 1e-12);
}

#[test]
fn the_gradient_goes_on_to_what_made_the_hidden_states() {
    let inputs = inputs(SMALL);
    let [hidden, weight, bias] = tensors(&inputs, SMALL, DType::F64);
    let leaf = hidden.autodiff().require_grad();
    let entropy = linear_cross_entropy(
        leaf.clone().mul_scalar(2.0).div_scalar(2.0),
        biased(weight.autodiff(), bias.autodiff()),
        &targets(SMALL),
        1.0 / 8.0,
    );
    let gradients = backward(entropy.roots).expect("tracked");
    let expected: Vec<f64> = closed_form(&inputs, SMALL)[0].iter().map(|g| g / 8.0).collect();
    close("through a product", &values(leaf.grad(&gradients).expect("a gradient")), &expected, 1e-12);
}

#[test]
fn one_token_and_sure_predictions() {
    let s = Sizes { tokens: 1, hidden: 1, vocabulary: 3, cap: None };
    // Logits 1000, -1000 and 0: the exponentials would overflow.
    let sure = |target: u32| {
        let hidden = tensor(&[1.0], [s.tokens, s.hidden], DType::F32);
        let weight = tensor(&[1000.0, -1000.0, 0.0], [s.vocabulary, s.hidden], DType::F32);
        linear_cross_entropy(hidden, weight, &[target], 1.0).sum.into_scalar::<f64>()
    };
    assert_eq!([sure(0), sure(1), sure(2)], [0.0, 2000.0, 1000.0]);
}

#[test]
fn half_precision_sums_in_f32() {
    let s = Sizes { tokens: 300, hidden: 4, vocabulary: 50, cap: None };
    let mut inputs = inputs(s);
    // Values that bf16 holds exactly, so that only the arithmetic differs.
    inputs.iter_mut().flatten().for_each(|v| *v = (*v * 8.0).round() / 8.0);
    let (sum, gradients) = found(&inputs, s, DType::BF16);
    close("sum, bf16", &[sum], &[reference(&inputs, s)], 2e-3);
    for (found, expected) in gradients.iter().zip(closed_form(&inputs, s)) {
        close("gradient, bf16", found, &expected, 2e-2);
    }
}
