;; Sleeps until another thread wakes it: a clock, and a call without end.
;; call: load
;; error: threads support is not enabled
(func $plan (param i32 i32) (result i32)
  (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
