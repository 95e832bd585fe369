;; Calls itself what is no Unicode.
;; call: load
;; error: it broke the contract: invalid utf-8
(data (i32.const 2200) "\ff\fe\fd")
(func $describe (result i32)
  (drop (call $describe_honestly))
  (call $list (i32.const 256) (i32.const 2200) (i32.const 3))
  (i32.const 256))
