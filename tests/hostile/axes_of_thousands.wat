;; A tensor of 10 000 axes.
;; call: plan
;; refused: tensors[0]: shape: a tensor has 1 to 4 axes, not 10000
(data (i32.const 1600) "\01\00\00\00\01\00\00\00")
(func $plan (param i32 i32) (result i32) (call $adapt_with_tensor (i32.const 1600) (i32.const 10000)))
