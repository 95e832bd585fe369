;; Never ends to plan, in the smallest of loops: whether instructions or seconds run out first is the machine's affair.
;; call: plan
;; error: call of `plan`: it
;; error: (limit `fuel`) | (limit `call_time`)
(func $plan (param i32 i32) (result i32) (loop $again (br $again)) (unreachable))
