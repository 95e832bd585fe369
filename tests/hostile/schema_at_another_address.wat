;; A schema with a part that is at an address of its own, where the same reference means another thing.
;; call: load
;; error: call of `describe`: it broke the contract: its schema of settings has an `$id` in one of its parts; leave it out
(memory $memory 6)
(data (i32.const 131072) "{\"$defs\": {\"a\": {\"$id\": \"http://localhost/a\", \"$ref\": \"#/$defs/b\", \"$defs\": {\"b\": {\"$ref\": \"#\"}}}, \"b\": {}}}")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 280) (i32.const 131072) (i32.const 108))
  (i32.const 256))
