;; Traps at once.
;; call: plan
;; error: plugin `test`, call of `plan`: it trapped: wasm `unreachable` instruction executed
(func $plan (param i32 i32) (result i32) (unreachable))
