;; Imports a name that would be shown backwards.
;; call: load
;; error: it is not valid | it imports what no plugin is given
(component
  (import "\e2\80\aeledom" (instance))
  (instance $empty)
  (export "graftwork:strategy/plugin@0.1.0" (instance $empty)))
