;; A tensor of rank 2^31.
;; call: plan
;; refused: tensors[0]: shape: [2147483648, 2147483648] has more than 68719476736 elements
(data (i32.const 1600) "\00\00\00\80\00\00\00\80")
(func $plan (param i32 i32) (result i32) (call $adapt_with_tensor (i32.const 1600) (i32.const 2)))
