;; A tensor whose size overflows every counter.
;; call: plan
;; refused: tensors[0]: shape: [4294967295, 4294967295, 4294967295] has more than 68719476736 elements
(data (i32.const 1600) "\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff\ff")
(func $plan (param i32 i32) (result i32) (call $adapt_with_tensor (i32.const 1600) (i32.const 3)))
