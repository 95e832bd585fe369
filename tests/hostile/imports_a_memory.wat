;; Wants to be given a memory.
;; call: load
;; error: `env`
(import "env" "memory" (memory 1))
