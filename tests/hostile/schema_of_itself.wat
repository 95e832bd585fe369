;; A schema that refers to itself, without end.
;; call: load
;; error: call of `describe`: it broke the contract: its schema of settings is more than 65536 values once its references are written out (limit `schema_work`)
(memory $memory 6)
(data (i32.const 131072) "{\"$ref\": \"#\"}")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 280) (i32.const 131072) (i32.const 13))
  (i32.const 256))
