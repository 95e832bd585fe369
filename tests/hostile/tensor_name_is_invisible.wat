;; A tensor whose name has a mark in it that nobody sees.
;; call: plan
;; refused: name `lora\u{200b}_A` must be 1 to 128 letters
(data (i32.const 2200) "lora\e2\80\8b_A")
(data (i32.const 1600) "\08\00\00\00\08\00\00\00")
(func $plan (param i32 i32) (result i32)
  (drop (call $adapt_with_tensor (i32.const 1600) (i32.const 2)))
  (call $list (i32.const 896) (i32.const 2200) (i32.const 9))
  (i32.const 512))
