;; Logs without end.
;; call: plan
;; error: call of `plan`: it logged more than 256 lines (limit `log_lines`); it last said: A pl
(import "graftwork:strategy/log@0.1.0" "emit" (func $log (param i32 i32 i32)))
(func $plan (param i32 i32) (result i32)
  (loop $again (call $log (i32.const 0) (i32.const 48) (i32.const 4)) (br $again))
  (unreachable))
