;; An optimizer group whose name turns the rest of the line around.
;; call: plan
;; refused: there is no group `\u{202e}tluafed`
(data (i32.const 2200) "\e2\80\aetluafed")
(func $plan (param i32 i32) (result i32)
  (drop (call $train_parameter (i32.const 0)))
  (call $store (i32.const 644) (i32.const 1))
  (call $list (i32.const 648) (i32.const 2200) (i32.const 10))
  (i32.const 512))
