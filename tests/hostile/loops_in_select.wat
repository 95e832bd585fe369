;; Never ends to choose.
;; call: select
;; error: call of `select`: it ran for more than 10000000000 instructions (limit `fuel`)
(func $select (param i32 i32) (result i32) (call $loop_for_ever) (unreachable))
