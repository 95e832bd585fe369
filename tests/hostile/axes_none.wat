;; A tensor without axes.
;; call: plan
;; refused: tensors[0]: shape: a tensor has 1 to 4 axes, not 0
(data (i32.const 1600) "")
(func $plan (param i32 i32) (result i32) (call $adapt_with_tensor (i32.const 1600) (i32.const 0)))
