;; A composition over source 7 of one.
;; call: compose
;; refused: there is no source 7; there are 1
(data (i32.const 3216) "\07")
(func $compose (param i32 i32 i32 i32 i32) (result i32) (call $sum))
