;; Wants a function that the interface does not have.
;; call: load
;; error: `bytes`
(import "graftwork:strategy/model@0.1.0" "bytes" (func (param i32 i32)))
