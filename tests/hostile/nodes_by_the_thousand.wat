;; An expression of 300 000 nodes.
;; call: plan
;; refused: adapters[0] (layer.weight).effective: has 300000 nodes; at most 4096 are allowed
(memory $memory 400)
(func $plan (param i32 i32) (result i32)
  (drop (call $adapt (i32.const 0) (i32.const 0)))
  (call $list (i32.const 804) (i32.const 131072) (i32.const 300000))
  (i32.const 512))
