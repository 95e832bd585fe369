;; A schema of its settings that the host would have to fetch.
;; call: load
;; error: call of `describe`: it broke the contract: its schema of settings refers to `
(data (i32.const 2200) "{\"$ref\": \"http://127.0.0.1:1/schema.json\"}")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 280) (i32.const 2200) (i32.const 42))
  (i32.const 256))
