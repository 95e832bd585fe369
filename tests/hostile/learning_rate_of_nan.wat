;; An optimizer group whose learning rate is no number.
;; call: plan
;; refused: groups[0]: learning-rate-scale is NaN; it must be finite and not negative
(func $plan (param i32 i32) (result i32)
  (drop (call $train_parameter (i32.const 0)))
  (call $list (i32.const 540) (i32.const 1600) (i32.const 1))
  (call $list (i32.const 1600) (i32.const 700) (i32.const 4))
  (f64.store (i32.const 1608) (f64.const nan))
  (i32.const 512))
