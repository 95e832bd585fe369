;; Trains parameter 1 and adapts it too.
;; call: plan
;; refused: adapters[0]: `layer.weight` is claimed twice, first by trainable[0]
(func $plan (param i32 i32) (result i32)
  (drop (call $adapt (i32.const 0) (i32.const 0)))
  (call $store (i32.const 640) (i32.const 1))
  (i32.const 512))
