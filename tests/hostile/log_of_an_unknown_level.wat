;; Logs at a level that there is none of.
;; call: plan
;; error: call of `plan`: it broke the contract: unexpected discriminant: 99
(import "graftwork:strategy/log@0.1.0" "emit" (func $log (param i32 i32 i32)))
(func $plan (param i32 i32) (result i32)
  (call $log (i32.const 99) (i32.const 48) (i32.const 4))
  (unreachable))
