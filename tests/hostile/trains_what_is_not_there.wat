;; Trains parameter 2^32 - 1.
;; call: plan
;; refused: trainable[0]: there is no parameter 4294967295; the model has 2
(func $plan (param i32 i32) (result i32) (call $train_parameter (i32.const -1)))
