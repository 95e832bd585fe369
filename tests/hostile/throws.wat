;; An exception that nobody catches.
;; call: load
;; error: it is not valid: failed to parse WebAssembly module: exceptions proposal not enabled
(tag $thrown)
(func $plan (param i32 i32) (result i32) (throw $thrown))
