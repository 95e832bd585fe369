;; Composes well, and traps at every parameter but the first: in the middle of a merge.
;; call: compose
;; error: call of `compose`: it trapped: wasm `unreachable` instruction executed
(func $compose (param $target i32) (param i32 i32 i32 i32) (result i32)
  (if (local.get $target) (then (unreachable)))
  (call $sum))
