;; A million entries of metadata, and each is the same text of 1 MiB: 1 TiB to read.
;; call: plan
;; error: call of `plan`: what it gives is larger than 33554432 bytes (limit `result_bytes`)
(memory $memory 300)
(func $plan (param i32 i32) (result i32)
  (local $i i32) (local $at i32)
  (drop (call $empty_plan))
  (loop $again
    (local.set $at (i32.add (i32.const 0x200000) (i32.shl (local.get $i) (i32.const 4))))
    (call $list (local.get $at) (i32.const 0x100000) (i32.const 0x100000))
    (call $list (i32.add (local.get $at) (i32.const 8)) (i32.const 0x100000) (i32.const 0x100000))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $again (i32.lt_u (local.get $i) (i32.const 1000000))))
  (call $list (i32.const 548) (i32.const 0x200000) (i32.const 1000000))
  (i32.const 512))
