;; Has no name.
;; call: load
;; error: its name, ``, must be 1 to 64 letters
(data (i32.const 2200) "")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 256) (i32.const 2200) (i32.const 0))
  (i32.const 256))
