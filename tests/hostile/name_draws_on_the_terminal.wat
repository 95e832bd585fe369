;; Calls itself what clears a screen and turns it red.
;; call: load
;; error: its name, `\u{1b}[2J\u{1b}[31mlora`, must be 1 to 64 letters
(data (i32.const 2200) "\1b[2J\1b[31mlora")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 256) (i32.const 2200) (i32.const 13))
  (i32.const 256))
