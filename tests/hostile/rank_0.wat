;; A tensor of rank 0.
;; call: plan
;; refused: adapters[0] (layer.weight).tensors[0]: shape: axis 0 of [0, 8] has size 0
(data (i32.const 1600) "\00\00\00\00\08\00\00\00")
(func $plan (param i32 i32) (result i32) (call $adapt_with_tensor (i32.const 1600) (i32.const 2)))
