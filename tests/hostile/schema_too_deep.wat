;; A schema of 100 000 brackets, one in the other.
;; call: load
;; error: call of `describe`: it broke the contract: its schema of settings is no JSON
(memory $memory 10)
(func $describe (result i32)
  (drop (call $describe_honestly))
  (memory.fill (i32.const 131072) (i32.const 91) (i32.const 100000))
  (call $list (i32.const 280) (i32.const 131072) (i32.const 100000))
  (i32.const 256))
