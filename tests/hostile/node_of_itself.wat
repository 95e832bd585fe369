;; An expression over its own value.
;; call: plan
;; refused: effective.nodes[0]: `add` takes node 0, which does not come before it
(data (i32.const 1024) "\10\08\00\00\03\00\00\00\c0\08\00\00\02\00\00\00\00\00\00\00\00\00\00\00")
(func $plan (param i32 i32) (result i32) (call $adapt (i32.const 1) (i32.const 0)))
