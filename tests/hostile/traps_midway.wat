;; Steers a run well, and traps after update 5.
;; call: step
;; error: call of `step`: it trapped: wasm `unreachable` instruction executed
(func $step (param i32 i32) (param $step i64) (param i64 f64 f64 i32 f64 f64) (result i32)
  (if (i64.eq (local.get $step) (i64.const 5)) (then (unreachable)))
  (call $nothing))
