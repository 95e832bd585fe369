;; A decision of 200 000 actions.
;; call: start
;; error: call of `start`: it wants more than 100000 actions at once (limit `actions`)
(memory $memory 200)
(func $start (param i32 i32 i64) (result i32)
  (call $decide (i32.const 0) (i32.const 0) (i32.const 131072) (i32.const 200000)))
