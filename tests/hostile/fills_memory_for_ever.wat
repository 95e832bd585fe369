;; Writes 64 MiB with one instruction, again and again.
;; call: plan
;; error: call of `plan`: it
;; error: (limit `fuel`) | (limit `call_time`)
(memory $memory 1026)
(func $plan (param i32 i32) (result i32)
  (loop $again (memory.fill (i32.const 131072) (i32.const 1) (i32.const 0x4000000)) (br $again))
  (unreachable))
