;; An error that nobody reads to its end.
;; call: plan
;; error: call of `plan`, failed: aaaaaaaa
;; error: aaaa…
(memory $memory 200)
(func $plan (param i32 i32) (result i32)
  (memory.fill (i32.const 131072) (i32.const 97) (i32.const 10485760))
  (call $fail (i32.const 131072) (i32.const 10485760)))
