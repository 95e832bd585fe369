;; More tables than anything needs.
;; call: load
;; error: call of `describe`: it has more than 16 tables (limit `tables`)
;; repeat: 17
(table 1 funcref)
;; end
