;; Calls itself `lоra`, with a Cyrillic letter in it.
;; call: load
;; error: its name, `lоra`, must be 1 to 64 letters
(data (i32.const 2200) "l\d0\bera")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 256) (i32.const 2200) (i32.const 5))
  (i32.const 256))
