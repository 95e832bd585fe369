;; The bits of a NaN differ from processor to processor; here they are always the same.
;; call: step
;; answer: state: [0, 0, 0, 0, 0, 0, 248, 127, 0, 0, 192, 127]
(func $step (param i32 i32 i64 i64 f64 f64 i32 f64 f64) (result i32)
  (f64.store (i32.const 5000) (f64.div (f64.const -0) (f64.sub (f64.const 1) (f64.const 1))))
  (f32.store (i32.const 5008) (f32.sqrt (f32.const -1)))
  (call $decide (i32.const 5000) (i32.const 12) (i32.const 0) (i32.const 0)))
