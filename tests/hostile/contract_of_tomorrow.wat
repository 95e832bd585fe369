;; Speaks a contract that is not written yet.
;; call: load
;; error: contract_of_tomorrow.wat` was built for contract 0.9.0, but this host speaks 0.1.0; upgrade Graftwork
(func (export "graftwork:strategy/plugin@0.9.0#describe") (result i32) (call $describe_honestly))
