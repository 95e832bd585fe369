;; Entries where no memory is.
;; call: plan
;; error: call of `plan`: it broke the contract: list pointer/length out of bounds of memory
(func $plan (param i32 i32) (result i32)
  (drop (call $empty_plan))
  (call $list (i32.const 516) (i32.const 0xffff0000) (i32.const 4))
  (i32.const 512))
