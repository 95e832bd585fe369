;; Steers a run well, and wants an action that the contract does not have after update 5.
;; call: step
;; error: call of `step`: it broke the contract: unexpected discriminant: 7
(func $step (param i32 i32) (param $step i64) (param i64 f64 f64 i32 f64 f64) (result i32)
  (if (i64.ne (local.get $step) (i64.const 5)) (then (return (call $nothing))))
  (i32.store8 (i32.const 3104) (i32.const 7))
  (call $decide (i32.const 0) (i32.const 0) (i32.const 3104) (i32.const 1)))
