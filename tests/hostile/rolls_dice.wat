;; Asks for chance: what it is given follows from the run's seed.
;; call: step
;; answer: state: [
(import "graftwork:strategy/random@0.1.0" "next" (func $next (result i64)))
(func $step (param i32 i32 i64 i64 f64 f64 i32 f64 f64) (result i32)
  (i64.store (i32.const 5000) (call $next))
  (i64.store (i32.const 5008) (call $next))
  (call $decide (i32.const 5000) (i32.const 16) (i32.const 0) (i32.const 0)))
