;; A tensor whose name would fill a disk's folder.
;; call: plan
;; refused: name `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…` must be 1 to 128 letters
(memory $memory 200)
(data (i32.const 1600) "\08\00\00\00\08\00\00\00")
(func $plan (param i32 i32) (result i32)
  (memory.fill (i32.const 131072) (i32.const 97) (i32.const 10485760))
  (drop (call $adapt_with_tensor (i32.const 1600) (i32.const 2)))
  (call $list (i32.const 896) (i32.const 131072) (i32.const 10485760))
  (i32.const 512))
