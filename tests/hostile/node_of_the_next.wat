;; An expression over what comes after it.
;; call: plan
;; refused: effective.nodes[0]: `add` takes node 1, which does not come before it
(data (i32.const 1024) "\10\08\00\00\03\00\00\00\c0\08\00\00\02\00\00\00\00\00\00\00\00\00\00\00")
(data (i32.const 1048) "\00\08\00\00\04\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
(data (i32.const 2240) "\01\00\00\00\01\00\00\00")
(func $plan (param i32 i32) (result i32) (call $adapt (i32.const 2) (i32.const 0)))
