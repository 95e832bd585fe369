;; Steers a run well, and sets the learning rate to what is no number after update 5.
;; call: step
;; refused: a learning rate times NaN
(func $step (param i32 i32) (param $step i64) (param i64 f64 f64 i32 f64 f64) (result i32)
  (f64.store (i32.const 3128) (f64.const nan))
  (call $decide (i32.const 0) (i32.const 0) (i32.const 3104) (i64.eq (local.get $step) (i64.const 5))))
