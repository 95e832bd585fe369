;; An operation that there is none of.
;; call: plan
;; refused: no op is called `teleport`; there are: base
(data (i32.const 1024) "\18\08\00\00\08\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
(func $plan (param i32 i32) (result i32) (call $adapt (i32.const 1) (i32.const 0)))
