;; Never ends to compose.
;; call: compose
;; error: call of `compose`: it ran for more than 10000000000 instructions (limit `fuel`)
(func $compose (param i32 i32 i32 i32 i32) (result i32) (call $loop_for_ever) (unreachable))
