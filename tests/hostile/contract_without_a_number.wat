;; Has a version that is none.
;; call: load
;; error: `0.1.x` is no version of the contract
(func (export "graftwork:strategy/plugin@0.1.x#describe") (result i32) (call $describe_honestly))
