;; Wants to be given a memory.
;; call: load
;; error: it cannot be made a component: failed to satisfy import `env::memory`: main module cannot import memory
(import "env" "memory" (memory 1))
