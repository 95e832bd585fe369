;; A result between two words.
;; call: plan
;; error: call of `plan`: it broke the contract: return pointer not aligned
(func $plan (param i32 i32) (result i32) (i32.const 513))
