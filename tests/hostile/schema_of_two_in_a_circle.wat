;; A schema of two parts, each of which is twice the other.
;; call: load
;; error: call of `describe`: it broke the contract: its schema of settings is more than 65536 values once its references are written out (limit `schema_work`)
(memory $memory 6)
(data (i32.const 131072) "{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"allOf\": [{\"$ref\": \"#/$defs/b\"}, {\"$ref\": \"#/$defs/b\"}]}, \"b\": {\"allOf\": [{\"$ref\": \"#/$defs/a\"}, {\"$ref\": \"#/$defs/a\"}]}}}")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 280) (i32.const 131072) (i32.const 160))
  (i32.const 256))
