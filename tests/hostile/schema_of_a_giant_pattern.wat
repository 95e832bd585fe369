;; A pattern that compiles to more than any memory.
;; call: load
;; error: call of `describe`: it broke the contract: its schema of settings is no JSON Schema
(data (i32.const 2200) "{\"properties\": {\"a\": {\"pattern\": \"((((a{1000}){1000}){1000}){1000})\"}}}")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 280) (i32.const 2200) (i32.const 71))
  (i32.const 256))
