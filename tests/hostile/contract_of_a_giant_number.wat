;; Has a version that no counter holds.
;; call: load
;; error: `0.1.99999999999999999999` is no version of the contract
(func (export "graftwork:strategy/plugin@0.1.99999999999999999999#describe") (result i32)
  (call $describe_honestly))
