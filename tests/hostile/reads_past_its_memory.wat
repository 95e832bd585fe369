;; Reads what lies behind its memory.
;; call: plan
;; error: call of `plan`: it trapped: out of bounds memory access
(func $plan (param i32 i32) (result i32) (i32.load (i32.const -4)))
