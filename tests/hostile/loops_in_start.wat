;; Never lets a run begin.
;; call: start
;; error: call of `start`: it ran for more than 10000000000 instructions (limit `fuel`)
(func $start (param i32 i32 i64) (result i32) (call $loop_for_ever) (unreachable))
