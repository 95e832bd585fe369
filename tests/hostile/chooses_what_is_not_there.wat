;; Chooses parameter 2^32 - 1.
;; call: select
;; error: call of `select`: it broke the contract: it chooses parameter 4294967295; the model has 2
(func $select (param i32 i32) (result i32) (call $choose (i32.const -1)))
