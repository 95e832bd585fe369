;; Wants an action that the contract does not have.
;; call: step
;; error: call of `step`: it broke the contract: unexpected discriminant: 7
(func $step (param i32 i32 i64 i64 f64 f64 i32 f64 f64) (result i32)
  (i32.store8 (i32.const 3104) (i32.const 7))
  (call $decide (i32.const 0) (i32.const 0) (i32.const 3104) (i32.const 1)))
