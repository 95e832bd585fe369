;; Asks for all of 2^64 bytes at once.
;; call: plan
;; error: call of `plan`: it asked for more than 134217728 bytes of memory (limit `memory_bytes`)
(memory $memory 2)
(memory $big i64 1)
(func $plan (param i32 i32) (result i32) (drop (memory.grow $big (i64.const -1))) (unreachable))
