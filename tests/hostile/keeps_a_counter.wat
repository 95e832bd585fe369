;; Counts its calls, in a global and in its memory, to answer another thing each time.
;; call: step
;; answer: state: [1, 1]
(global $calls (mut i32) (i32.const 0))
(func $step (param i32 i32 i64 i64 f64 f64 i32 f64 f64) (result i32)
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (i32.store8 (i32.const 5001) (i32.add (i32.load8_u (i32.const 5001)) (i32.const 1)))
  (i32.store8 (i32.const 5000) (global.get $calls))
  (call $decide (i32.const 5000) (i32.const 2) (i32.const 0) (i32.const 0)))
