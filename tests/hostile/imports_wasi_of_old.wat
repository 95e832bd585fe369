;; A program of the first WASI.
;; call: load
;; error: wasi_snapshot_preview1
;; error: build it for `wasm32-unknown-unknown`
(import "wasi_snapshot_preview1" "path_open" (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
