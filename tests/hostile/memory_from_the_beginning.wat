;; Begins with 256 MiB.
;; call: load
;; error: call of `describe`: it asked for more than 134217728 bytes of memory (limit `memory_bytes`)
(memory $memory 4096)
