;; Gives a plan, and never ends to clean up after it.
;; call: plan
;; error: call of `plan`: it ran for more than 10000000000 instructions (limit `fuel`)
(func (export "cabi_post_graftwork:strategy/strategy@0.1.0#plan") (param i32) (call $loop_for_ever))
