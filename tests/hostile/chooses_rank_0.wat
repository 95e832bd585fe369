;; Chooses a rank of 0.
;; call: select
;; error: call of `select`: it broke the contract: what it chooses for `norm.weight` has a rank of 0
(func $select (param i32 i32) (result i32)
  (drop (call $choose (i32.const 0)))
  (call $store (i32.const 1604) (i32.const 1))
  (i32.const 512))
