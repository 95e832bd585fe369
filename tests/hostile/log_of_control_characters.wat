;; Logs 16 MiB of escapes, and traps.
;; call: plan
;; error: call of `plan`: it trapped: wasm `unreachable` instruction executed; it last said: \u{1b}\u{1b}\u{1b}
;; error: \u{1b}…
(import "graftwork:strategy/log@0.1.0" "emit" (func $log (param i32 i32 i32)))
(memory $memory 300)
(func $plan (param i32 i32) (result i32)
  (memory.fill (i32.const 131072) (i32.const 27) (i32.const 0x1000000))
  (call $log (i32.const 2) (i32.const 131072) (i32.const 0x1000000))
  (unreachable))
