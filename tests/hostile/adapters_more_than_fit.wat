;; As many adapters as its memory holds: 120 MiB of them.
;; call: plan
;; error: call of `plan`: what it gives is larger than 33554432 bytes (limit `result_bytes`)
(memory $memory 2000)
(func $plan (param i32 i32) (result i32)
  (drop (call $empty_plan))
  (call $list (i32.const 532) (i32.const 0x100000) (i32.const 1800000))
  (i32.const 512))
