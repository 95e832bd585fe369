;; The Kronecker product of a weight with itself, of that with itself, and so on: 8^(2^12) rows in the end.
;; call: plan
;; refused: effective.nodes[3]: 
;; refused: has more than 68719476736 elements
(data (i32.const 1024) "\00\08\00\00\04\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
(data (i32.const 2200) "kron")
(func $plan (param i32 i32) (result i32)
  (local $i i32) (local $node i32) (local $inputs i32)
  (loop $again
    (local.set $node (i32.add (i32.const 1048) (i32.mul (local.get $i) (i32.const 24))))
    (local.set $inputs (i32.add (i32.const 5000) (i32.shl (local.get $i) (i32.const 3))))
    (call $list (local.get $inputs) (local.get $i) (local.get $i))
    (call $list (local.get $node) (i32.const 2200) (i32.const 4))
    (call $list (i32.add (local.get $node) (i32.const 8)) (local.get $inputs) (i32.const 2))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const 12))))
  (call $adapt (i32.const 13) (i32.const 12)))
