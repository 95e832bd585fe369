;; Calls itself what is shown from right to left.
;; call: load
;; error: its name, `\u{202e}arol`, must be 1 to 64 letters
(data (i32.const 2200) "\e2\80\aearol")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 256) (i32.const 2200) (i32.const 7))
  (i32.const 256))
