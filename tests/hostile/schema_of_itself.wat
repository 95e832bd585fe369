;; A schema that refers to itself, without end.
;; call: plan
;; answer: Trainable
(data (i32.const 2200) "{\"$ref\": \"#\"}")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 280) (i32.const 2200) (i32.const 13))
  (i32.const 256))
