;; A result where no memory is.
;; call: plan
;; error: call of `plan`: it broke the contract: pointer out of bounds of memory
(func $plan (param i32 i32) (result i32) (i32.const -8))
