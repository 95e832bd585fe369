;; Chooses parameter 0 a million times.
;; call: select
;; error: call of `select`: it broke the contract: what it chooses for `norm.weight` comes twice
(memory $memory 600)
(func $select (param i32 i32) (result i32)
  (drop (call $empty_plan))
  (call $list (i32.const 516) (i32.const 131072) (i32.const 1000000))
  (i32.const 512))
