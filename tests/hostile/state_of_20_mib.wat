;; A state that would go into every checkpoint.
;; call: step
;; error: call of `step`: its state has more than 16777216 bytes (limit `state_bytes`)
(memory $memory 400)
(func $step (param i32 i32 i64 i64 f64 f64 i32 f64 f64) (result i32)
  (call $decide (i32.const 131072) (i32.const 20971520) (i32.const 0) (i32.const 0)))
