;; A kind of adapter that would clear the screen of whoever reads of it.
;; call: plan
;; refused: adapters[0] (layer.weight): kind `\u{1b}[2J\r\u{7}` must be 1 to 64 letters
(data (i32.const 2200) "\1b[2J\0d\07")
(func $plan (param i32 i32) (result i32)
  (drop (call $adapt (i32.const 0) (i32.const 0)))
  (call $list (i32.const 772) (i32.const 2200) (i32.const 6))
  (i32.const 512))
