;; One instruction that is counted for each 64 MiB that are written.
;; call: plan
;; error: call of `plan`: it took longer than 10 s (limit `call_time`)
(memory $memory 1026)
(func $plan (param i32 i32) (result i32)
  (loop $again (memory.fill (i32.const 131072) (i32.const 1) (i32.const 0x4000000)) (br $again))
  (unreachable))
