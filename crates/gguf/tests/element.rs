//! How values are stored.
#![allow(clippy::unwrap_used, reason = "tests")]

use graftwork_gguf::ElementType;
use half::{bf16, f16};
use proptest::prelude::*;

/// One block of Q8_0 as stored: its scale, and the values in steps of it.
fn block(values: &[f32]) -> (f32, Vec<i8>) {
    let bytes = ElementType::Q8_0.encode(values).unwrap();
    let scale = f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
    (scale, bytes[2..].iter().map(|&byte| byte as i8).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn q8_0_is_off_by_half_a_step_and_what_rounding_the_scale_adds(
        values in prop::collection::vec(-1.0f32..1.0, 32), magnitude in -12i32..12,
    ) {
        let values: Vec<f32> = values.iter().map(|value| value * 2f32.powi(magnitude)).collect();
        let exact = values.iter().fold(0.0f32, |largest, value| largest.max(value.abs())) / 127.0;
        let (scale, _) = block(&values);
        let bound = exact / 2.0 * 1.0001 + 127.0 * (exact - scale).abs();
        let back = ElementType::Q8_0.decode(&ElementType::Q8_0.encode(&values).unwrap());
        for (value, stored) in values.iter().zip(back) {
            prop_assert!((value - stored).abs() <= bound, "{value} became {stored}, the scale is {scale}");
        }
    }

    #[test]
    fn q8_0_keeps_what_it_can_represent(
        steps in prop::collection::vec(-127i8..=127, 31), scale in 1u16..1024, exponent in -14i32..0,
    ) {
        // A scale of ten bits is an f16; the block's largest value is 127 of it.
        let scale = f32::from(scale) * 2f32.powi(exponent);
        let values: Vec<f32> = steps.iter().chain([&127]).map(|&step| f32::from(step) * scale).collect();
        let back = ElementType::Q8_0.decode(&ElementType::Q8_0.encode(&values).unwrap());
        prop_assert_eq!(back, values);
    }

    #[test]
    fn floats_round_to_nearest_and_keep_what_they_can_represent(bits in any::<u16>()) {
        let (half, brain) = (f16::from_bits(bits), bf16::from_bits(bits));
        prop_assume!(!half.is_nan() && !brain.is_nan());
        for (element, value) in [(ElementType::F16, half.to_f32()), (ElementType::Bf16, brain.to_f32())] {
            let bytes = element.encode(&[value]).unwrap();
            prop_assert_eq!(&bytes[..], &bits.to_le_bytes()[..]);
            prop_assert_eq!(element.decode(&bytes), vec![value]);
        }
    }
}

#[test]
fn q8_0_rounds_half_away_from_zero() {
    let mut values = [0.0; 32];
    values[..5].copy_from_slice(&[127.0, 0.5, -0.5, 2.5, 1.4]);
    let (scale, steps) = block(&values);
    assert_eq!(scale, 1.0);
    assert_eq!(&steps[..5], [127, 1, -1, 3, 1]);
}

#[test]
fn a_block_of_zeros_is_zeros() {
    assert_eq!(block(&[0.0; 32]), (0.0, vec![0; 32]));
}

#[test]
fn what_a_type_does_not_hold_is_refused() {
    assert_eq!(ElementType::F16.encode(&[1.0, 7e4]), Err(7e4));
    assert_eq!(ElementType::Bf16.encode(&[f32::MAX]), Err(f32::MAX));
    let mut values = [1.0; 32];
    values[9] = f32::NAN;
    assert!(ElementType::Q8_0.encode(&values).is_err_and(f32::is_nan));
    values[9] = 1e7;
    assert_eq!(ElementType::Q8_0.encode(&values), Err(1e7));
    // An infinity stays one where there is one.
    assert_eq!(ElementType::F16.decode(&ElementType::F16.encode(&[f32::INFINITY]).unwrap()), [f32::INFINITY]);
}
