;; A schema of 1 MiB of spaces.
;; call: load
;; error: call of `describe`: it broke the contract: its schema has more than 262144 bytes (limit `schema_bytes`)
(memory $memory 40)
(func $describe (result i32)
  (drop (call $describe_honestly))
  (memory.fill (i32.const 131072) (i32.const 32) (i32.const 1048576))
  (call $list (i32.const 280) (i32.const 131072) (i32.const 1048576))
  (i32.const 256))
