;; A weight that would be its own gradient.
;; call: plan
;; refused: `delta` cannot stand here: `delta` belongs to compositions
(data (i32.const 1024) "\08\08\00\00\05\00\00\00\00\00\00\00\00\00\00\00\00\09\00\00\01\00\00\00")
(data (i32.const 2304) "\28\08\00\00\05\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
(func $plan (param i32 i32) (result i32) (call $adapt (i32.const 1) (i32.const 0)))
