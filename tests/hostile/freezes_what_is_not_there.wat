;; Steers a run well, and freezes parameter 9999 after update 5.
;; call: step
;; refused: there is no parameter 9999
(func $step (param i32 i32) (param $step i64) (param i64 f64 f64 i32 f64 f64) (result i32)
  (call $freeze (i32.const 3104) (i32.const 9999))
  (call $decide (i32.const 0) (i32.const 0) (i32.const 3104) (i64.eq (local.get $step) (i64.const 5))))
