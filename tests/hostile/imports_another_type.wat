;; Wants a function of the contract as it is not.
;; call: load
;; error: failed to resolve import `graftwork:strategy/stats@0.1.0::norm`
(import "graftwork:strategy/stats@0.1.0" "norm" (func (param i32) (result i64)))
