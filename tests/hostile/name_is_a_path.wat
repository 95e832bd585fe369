;; Calls itself a file of the system.
;; call: load
;; error: its name, `../../etc/passwd`, must be 1 to 64 letters
(data (i32.const 2200) "../../etc/passwd")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 256) (i32.const 2200) (i32.const 16))
  (i32.const 256))
