;; Asks the host for a text; the host asks for room; and there it asks the host again.
;; call: plan
;; error: call of `plan`: it trapped: cannot leave component instance
(import "graftwork:strategy/model@0.1.0" "config" (func $config (param i32)))
(func $realloc (param i32 i32 i32 i32) (result i32) (call $config (i32.const 1600)) (i32.const 65536))
