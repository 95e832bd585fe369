;; Traps before it has a name: the file's is told.
;; call: load
;; error: plugin `traps_in_describe.wat`, call of `describe`: it trapped: wasm `unreachable` instruction executed
(func $describe (result i32) (unreachable))
