;; Lets the host write over what it gives: harms itself alone.
;; call: plan
;; answer: Trainable
(func $realloc (param i32 i32 i32 i32) (result i32) (i32.const 640))
