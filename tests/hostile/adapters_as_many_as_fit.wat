;; As many as may cross: 150 000 adapters of the same parameter, all of zeros but for their target.
;; call: plan
;; refused: `layer.weight` is claimed twice
;; refused: more
(memory $memory 600)
(func $plan (param i32 i32) (result i32)
  (local $i i32)
  (drop (call $empty_plan))
  (loop $again
    (call $store (i32.add (i32.const 0x100000) (i32.mul (local.get $i) (i32.const 64))) (i32.const 1))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const 150000))))
  (call $list (i32.const 532) (i32.const 0x100000) (i32.const 150000))
  (i32.const 512))
