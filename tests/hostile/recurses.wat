;; Calls itself until the stack ends.
;; call: plan
;; error: call of `plan`: its call stack grew over 524288 bytes (limit `stack_bytes`)
(func $down (param i32) (result i32) (i32.add (i32.const 1) (call $down (local.get 0))))
(func $plan (param i32 i32) (result i32) (call $down (i32.const 0)))
