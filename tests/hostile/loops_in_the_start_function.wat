;; Never ends to be instantiated.
;; call: load
;; error: call of `describe`: it ran for more than 10000000000 instructions (limit `fuel`)
(func $begin (call $loop_for_ever))
(start $begin)
