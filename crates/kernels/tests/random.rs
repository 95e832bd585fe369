//! Draws: the same for ever, distributed as they say, and independent of one another.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use graftwork_kernels::random::Key;

const COUNT: usize = 100_000;

/// Mean, variance, skewness and kurtosis.
fn moments(draws: &[f32]) -> [f64; 4] {
    let n = draws.len() as f64;
    let mean = draws.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    let central = |power: i32| draws.iter().map(|&v| (f64::from(v) - mean).powi(power)).sum::<f64>() / n;
    let variance = central(2);
    [mean, variance, central(3) / variance.powf(1.5), central(4) / (variance * variance)]
}

fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let ([mean_a, var_a, ..], [mean_b, var_b, ..]) = (moments(a), moments(b));
    let together: f64 = a.iter().zip(b).map(|(&a, &b)| (f64::from(a) - mean_a) * (f64::from(b) - mean_b)).sum();
    together / a.len() as f64 / (var_a * var_b).sqrt()
}

#[test]
fn draws_never_change() {
    // Runs are resumed and repeated from their seed: these values are part of the file format.
    let key = Key::new(42).child("golden");
    assert_eq!(key.draw(), 16_492_032_422_071_982_838);
    assert_eq!(key.normal(4, 1.0), [-2.074_344_4, -0.431_723_83, 0.422_713_55, 0.270_156_35]);
    assert_eq!(key.uniform(4, 2.0), [1.576_139_5, 0.130_631_91, -1.527_039_2, -1.637_970_4]);
    assert_eq!(key.bernoulli(8, 0.5), [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(key.number(7).draw(), 17_357_182_319_523_165_252);
    assert_eq!(key.child("a").child("b").draw(), 16_054_814_658_030_203_030);
}

#[test]
fn a_longer_draw_begins_with_the_shorter_one() {
    let key = Key::new(3);
    for count in [0, 1, 2, 5, 64] {
        assert_eq!(key.normal(count, 1.0), key.normal(100, 1.0)[..count]);
        assert_eq!(key.uniform(count, 1.0), key.uniform(100, 1.0)[..count]);
        assert_eq!(key.bernoulli(count, 0.5), key.bernoulli(100, 0.5)[..count]);
    }
}

#[test]
fn normal_draws_are_normal() {
    let draws = Key::new(0).normal(COUNT, 2.0);
    let [mean, variance, skewness, kurtosis] = moments(&draws);
    // Four standard errors of each.
    let bound = |variance_of_estimate: f64| 4.0 * (variance_of_estimate / COUNT as f64).sqrt();
    assert!(mean.abs() < bound(4.0), "mean {mean}");
    assert!((variance - 4.0).abs() < 4.0 * bound(2.0), "variance {variance}");
    assert!(skewness.abs() < bound(6.0), "skewness {skewness}");
    assert!((kurtosis - 3.0).abs() < bound(24.0), "kurtosis {kurtosis}");
    let within = |sigmas: f32| draws.iter().filter(|v| v.abs() < 2.0 * sigmas).count() as f64 / COUNT as f64;
    assert!((within(1.0) - 0.682_689).abs() < bound(0.25) && (within(2.0) - 0.954_500).abs() < bound(0.05));
    assert_eq!(Key::new(0).normal(8, 0.0), [0.0; 8]);
}

#[test]
fn uniform_draws_are_uniform() {
    let draws = Key::new(0).uniform(COUNT, 3.0);
    assert!(draws.iter().all(|v| (-3.0..=3.0).contains(v)));
    let [mean, variance, _, kurtosis] = moments(&draws);
    assert!(mean.abs() < 4.0 * (3.0 / COUNT as f64).sqrt(), "mean {mean}");
    assert!((variance - 3.0).abs() < 0.05 && (kurtosis - 1.8).abs() < 0.03, "{variance} {kurtosis}");
    let mut bins = [0u32; 10];
    draws.iter().for_each(|v| bins[((v + 3.0) / 0.6) as usize % 10] += 1);
    let chi_squared: f64 = bins.iter().map(|&b| (f64::from(b) - 1e4).powi(2) / 1e4).sum();
    assert!(chi_squared < 30.0, "{chi_squared} for nine degrees of freedom");
}

#[test]
fn bernoulli_draws_have_their_probability() {
    for p in [0.1, 0.5, 0.9] {
        let draws = Key::new(0).bernoulli(COUNT, p);
        assert!(draws.iter().all(|&v| v == 0.0 || v == 1.0));
        let mean = moments(&draws)[0];
        assert!((mean - p).abs() < 4.0 * (p * (1.0 - p) / COUNT as f64).sqrt(), "{p}: {mean}");
    }
    let all_are = |p: f64, value: f32| Key::new(0).bernoulli(COUNT, p).iter().all(|&v| v == value);
    assert!(all_are(1.0, 1.0) && all_are(0.0, 0.0));
    assert!(all_are(2.0, 1.0) && all_are(-1.0, 0.0) && all_are(f64::NAN, 0.0), "what is no probability is cut to one");
}

#[test]
fn every_key_has_draws_of_its_own() {
    let root = Key::new(5);
    let keys = [
        root,
        Key::new(6),
        root.child("a"),
        root.child("b"),
        root.child(""),
        root.child("a").child("b"),
        root.child("b").child("a"),
        root.child("ab"),
        root.number(0),
        root.number(1),
        root.number(1).number(0),
    ];
    let bound = 4.5 / (COUNT as f64).sqrt();
    let drawn: Vec<_> = keys.iter().map(|k| k.normal(COUNT, 1.0)).collect();
    for (i, a) in drawn.iter().enumerate() {
        for (j, b) in drawn.iter().enumerate().skip(i + 1) {
            let found = correlation(a, b);
            assert!(found.abs() < bound, "keys {i} and {j}: {found}");
            assert_ne!(keys[i].draw(), keys[j].draw());
        }
        let shifted = correlation(&a[1..], &a[..COUNT - 1]);
        assert!(shifted.abs() < bound, "key {i}, one draw and the next: {shifted}");
    }
}

#[test]
fn numbered_draws_are_uniform() {
    let key = Key::new(9);
    let draws: Vec<f32> = (0..20_000).map(|n| (key.number(n).draw() as f64 / 2f64.powi(64)) as f32).collect();
    let [mean, variance, ..] = moments(&draws);
    assert!((mean - 0.5).abs() < 0.009 && (variance - 1.0 / 12.0).abs() < 0.003, "{mean} {variance}");
}
