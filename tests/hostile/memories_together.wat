;; Each memory is small enough, and all together are not.
;; call: load
;; error: call of `describe`: it asked for more than 134217728 bytes of memory (limit `memory_bytes`)
(memory $memory 2)
(memory 1000)
(memory 1000)
(memory 1000)
