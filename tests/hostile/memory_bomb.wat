;; Takes memory until there is no more.
;; call: plan
;; error: call of `plan`: it asked for more than 134217728 bytes of memory (limit `memory_bytes`)
(func $plan (param i32 i32) (result i32)
  (loop $again (br_if $again (i32.ne (memory.grow (i32.const 256)) (i32.const -1))))
  (unreachable))
