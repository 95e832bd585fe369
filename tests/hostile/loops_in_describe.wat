;; Never says what it is.
;; call: load
;; error: loops_in_describe.wat`, call of `describe`: it ran for more than 10000000000 instructions (limit `fuel`)
(func $describe (result i32) (call $loop_for_ever) (unreachable))
