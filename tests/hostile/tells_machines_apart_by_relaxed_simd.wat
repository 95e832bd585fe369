;; Instructions whose results the processor chooses.
;; call: load
;; error: relaxed SIMD support is not enabled | relaxed simd
(func $plan (param i32 i32) (result i32)
  (i32x4.extract_lane 0
    (i32x4.relaxed_trunc_f32x4_s (f32x4.splat (f32.const nan)))))
