;; Scales a weight by what is no number.
;; call: plan
;; refused: adapters[0] (layer.weight).effective.nodes[1]: `factor` of `scale` is NaN
;; Two nodes, `base` and its `scale`; the attribute is its name, a tag and the number.
(data (i32.const 1024) "\00\08\00\00\04\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
(data (i32.const 1048) "\98\08\00\00\05\00\00\00\c0\08\00\00\01\00\00\00\00\09\00\00\01\00\00\00")
(data (i32.const 2200) "scale")
(data (i32.const 2220) "factor")
(data (i32.const 2304) "\ac\08\00\00\06\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\f8\7f")
(func $plan (param i32 i32) (result i32) (call $adapt (i32.const 2) (i32.const 1)))
