;; More memories than anything needs.
;; call: load
;; error: call of `describe`: it has more than 4 memories (limit `memories`)
(memory $memory 2)
(memory 1) (memory 1) (memory 1) (memory 1)
