;; Ends a run, for a reason that would turn the terminal red.
;; call: step
;; answer: Stop("bad\\u{1b}[31m")
(data (i32.const 2200) "bad\1b[31m")
(func $step (param i32 i32 i64 i64 f64 f64 i32 f64 f64) (result i32)
  (i32.store8 (i32.const 3104) (i32.const 6))
  (call $list (i32.const 3112) (i32.const 2200) (i32.const 8))
  (call $decide (i32.const 0) (i32.const 0) (i32.const 3104) (i32.const 1)))
