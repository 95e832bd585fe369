;; A table of ten million.
;; call: plan
;; error: call of `plan`: it asked for more than 100000 table elements (limit `table_elements`)
(table $t 10 funcref)
(func $plan (param i32 i32) (result i32) (drop (table.grow $t (ref.null func) (i32.const 10000000))) (unreachable))
