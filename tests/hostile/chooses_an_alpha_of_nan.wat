;; Chooses an alpha that is no number.
;; call: select
;; error: call of `select`: it broke the contract: what it chooses for `norm.weight` has an alpha of NaN
(func $select (param i32 i32) (result i32)
  (drop (call $choose (i32.const 0)))
  (call $store (i32.const 1616) (i32.const 1))
  (f64.store (i32.const 1624) (f64.const nan))
  (i32.const 512))
