;; Never ends, without a loop and without a stack.
;; call: plan
;; error: call of `plan`: it
;; error: (limit `fuel`) | (limit `call_time`)
(func $ping (param i32) (return_call $pong (local.get 0)))
(func $pong (param i32) (return_call $ping (local.get 0)))
(func $plan (param i32 i32) (result i32) (call $ping (i32.const 0)) (unreachable))
