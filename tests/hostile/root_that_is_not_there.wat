;; An expression whose value is node 2^32 - 1.
;; call: plan
;; refused: effective: root is node 4294967295, but there are 1 nodes
(data (i32.const 1024) "\00\08\00\00\04\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
(func $plan (param i32 i32) (result i32) (call $adapt (i32.const 1) (i32.const -1)))
