;; A result that is neither a plan nor an error.
;; call: plan
;; error: call of `plan`: it broke the contract: invalid expected discriminant
(func $plan (param i32 i32) (result i32)
  (drop (call $empty_plan))
  (i32.store8 (i32.const 512) (i32.const 7))
  (i32.const 512))
