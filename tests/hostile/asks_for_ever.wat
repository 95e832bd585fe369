;; Asks the host for one number after the other: its time is not the plugin's, but its patience has an end.
;; call: plan
;; error: call of `plan`: it asked for statistics more than 10000 times (limit `stats_calls`)
(import "graftwork:strategy/stats@0.1.0" "norm" (func $norm (param i32 i32)))
(func $plan (param i32 i32) (result i32)
  (loop $again (call $norm (i32.const 1) (i32.const 1600)) (br $again))
  (unreachable))
