;; Never ends in what compilers call constructors.
;; call: load
;; error: call of `describe`: it ran for more than 10000000000 instructions (limit `fuel`)
(func (export "_initialize") (call $loop_for_ever))
