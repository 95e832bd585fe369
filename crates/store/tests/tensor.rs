//! Conversion between `f32` and the types that weights are stored in.
#![allow(clippy::unwrap_used, reason = "tests")]

use graftwork_store::{Dtype, TensorData, TensorError, TensorRef};
use half::{bf16, f16};
use proptest::prelude::*;

/// Any bit pattern, so that subnormals, infinities and NaNs occur as often as ordinary numbers.
fn any_f32() -> impl Strategy<Value = f32> {
    prop_oneof![any::<u32>().prop_map(f32::from_bits), -70000.0f32..70000.0]
}

fn store_and_load(value: f32, dtype: Dtype) -> f32 {
    let tensor = TensorData::from_f32_as(&[value], &[1], dtype).unwrap();
    tensor.to_f32().unwrap()[0]
}

fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn f32_and_f64_keep_every_bit(value in any_f32()) {
        prop_assert!(same(store_and_load(value, Dtype::F32), value));
        prop_assert!(same(store_and_load(value, Dtype::F64), value));
    }

    #[test]
    fn bf16_rounds_to_nearest_even(value in any_f32()) {
        let bits = value.to_bits();
        let rounded = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) & 0xffff_0000;
        let expected = if value.is_nan() { f32::NAN } else { f32::from_bits(rounded) };
        prop_assert!(same(store_and_load(value, Dtype::BF16), expected));
    }

    #[test]
    fn f16_gives_the_nearest_value_that_it_has(value in -65503.0f32..65503.0) {
        let stored = store_and_load(value, Dtype::F16);
        let bits = f16::from_f32(stored).to_bits();
        for other in [bits.wrapping_sub(1), bits.wrapping_add(1)].map(f16::from_bits) {
            if other.is_finite() {
                prop_assert!((value - stored).abs() <= (value - other.to_f32()).abs());
            }
        }
    }

    #[test]
    fn what_a_type_can_hold_survives_it(bits in any::<u16>()) {
        let (half, brain) = (f16::from_bits(bits).to_f32(), bf16::from_bits(bits).to_f32());
        prop_assert!(same(store_and_load(half, Dtype::F16), half));
        prop_assert!(same(store_and_load(brain, Dtype::BF16), brain));
    }
}

#[test]
fn bytes_are_little_endian_and_row_major() {
    let tensor = TensorData::from_f32(&[1.0, 2.0], &[2, 1]).unwrap();
    assert_eq!(tensor.bytes(), [0, 0, 128, 63, 0, 0, 0, 64]);
    assert_eq!((tensor.shape(), tensor.dtype()), (&[2, 1][..], Dtype::F32));
    assert_eq!(tensor.view().to_data(), tensor);
}

#[test]
fn a_shape_that_the_bytes_do_not_fill_is_refused() {
    let error = TensorData::from_f32(&[1.0; 3], &[2, 2]).unwrap_err();
    assert_eq!(error.to_string(), "shape [2, 2] of F32 takes 16 bytes, not 12");
    let error = TensorRef::new(Dtype::U8, &[usize::MAX, 2], &[]).unwrap_err();
    assert!(matches!(error, TensorError::Unaddressable { .. }));
}

#[test]
fn scalars_and_empty_tensors_are_tensors() {
    assert_eq!(TensorData::from_f32(&[5.0], &[]).unwrap().to_f32().unwrap(), [5.0]);
    let empty = TensorData::from_f32(&[], &[0, 4]).unwrap();
    assert!(empty.to_f32().unwrap().is_empty());
    // A file may say so, and going through the rows would take years.
    let vast = TensorRef::new(Dtype::F32, &[0, 1 << 60], &[]).unwrap();
    assert_eq!(vast.transposed().shape(), [1 << 60, 0]);
}

#[test]
fn integers_do_not_pass_for_floats() {
    let indices = TensorData::new(Dtype::I64, vec![1], vec![0; 8]).unwrap();
    assert_eq!(indices.to_f32(), Err(TensorError::NotFloat(Dtype::I64)));
    let error = TensorData::from_f32_as(&[1.0], &[1], Dtype::U8);
    assert_eq!(error, Err(TensorError::NotFloat(Dtype::U8)));
}
