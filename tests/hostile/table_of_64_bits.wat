;; Two tables whose sizes together are more than a number holds.
;; call: load
;; error: call of `describe`: it asked for more than 100000 table elements (limit `table_elements`)
(table i64 0x7fffffffffffffff funcref)
(table i64 0x7fffffffffffffff funcref)
