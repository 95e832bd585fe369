;; A plan of nothing.
;; call: plan
;; refused: plan: nothing trains
(func $plan (param i32 i32) (result i32) (call $empty_plan))
