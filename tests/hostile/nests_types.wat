;; Each type holds the one before it twice: 2^40 in the end.
;; call: load
;; error: it is not valid: failed to parse WebAssembly module: effective type size exceeds the limit of 1000000
(component
  (type $t0 (tuple u8 u8))
;; repeat: 40
  (type $t{n} (tuple $t{before} $t{before}))
;; end
  (instance $empty)
  (export "graftwork:strategy/plugin@0.1.0" (instance $empty)))
