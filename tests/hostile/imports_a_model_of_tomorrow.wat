;; Wants an interface of a contract that is not spoken here.
;; call: load
;; error: it imports what no plugin is given: `graftwork:strategy/model@0.2.0`
(component
  (import "graftwork:strategy/model@0.2.0" (instance))
  (instance $empty)
  (export "graftwork:strategy/plugin@0.1.0" (instance $empty))
  (export "graftwork:strategy/strategy@0.1.0" (instance $empty)))
