;; Wants an interface that the contract does not have.
;; call: load
;; error: graftwork:strategy/weights@0.1.0
(import "graftwork:strategy/weights@0.1.0" "bytes" (func (param i32 i32)))
