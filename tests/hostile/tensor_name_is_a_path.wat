;; A tensor that would be saved in the system.
;; call: plan
;; refused: adapters[0] (layer.weight).tensors[0]: name `../../etc/passwd` must be 1 to 128 letters
(data (i32.const 2200) "../../etc/passwd")
(data (i32.const 1600) "\08\00\00\00\08\00\00\00")
(func $plan (param i32 i32) (result i32)
  (drop (call $adapt_with_tensor (i32.const 1600) (i32.const 2)))
  (call $list (i32.const 896) (i32.const 2200) (i32.const 16))
  (i32.const 512))
