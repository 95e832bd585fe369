;; Speaks a contract that is no longer spoken.
;; call: load
;; error: was built for contract 0.0.1, but this host speaks 0.1.0; build the plugin with this version's SDK
(func (export "graftwork:strategy/plugin@0.0.1#describe") (result i32) (call $describe_honestly))
