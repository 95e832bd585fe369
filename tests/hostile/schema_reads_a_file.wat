;; A schema of its settings that the host would have to read from the disk.
;; call: load
;; error: call of `describe`: it broke the contract: its schema of settings refers to `
(data (i32.const 2200) "{\"$ref\": \"file:///etc/hostname\"}")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 280) (i32.const 2200) (i32.const 32))
  (i32.const 256))
