;; Brackets in brackets, until the parser's stack ends.
;; call: load
;; error: nesting too deep
;; repeat: 100000
(component
;; end
