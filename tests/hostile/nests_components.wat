;; Each component holds the one before it twice: 2^40 in the end.
;; call: load
;; error: it instantiates more than 32 components (limit `component_instances`)
(component
  (component $c0)
;; repeat: 40
  (component $c{n}
    (alias outer 1 $c{before} (component $c)) (instance (instantiate $c)) (instance (instantiate $c)))
;; end
  (instance (instantiate $c40))
  (instance $empty)
  (export "graftwork:strategy/plugin@0.1.0" (instance $empty)))
