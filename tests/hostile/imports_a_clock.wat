;; Wants to know the time.
;; call: load
;; error: it imports what no plugin is given: `wasi:clocks/wall-clock@0.2.0`; a plugin has no system to call
(component
  (import "wasi:clocks/wall-clock@0.2.0" (instance))
  (instance $empty)
  (export "graftwork:strategy/plugin@0.1.0" (instance $empty))
  (export "graftwork:strategy/strategy@0.1.0" (instance $empty)))
