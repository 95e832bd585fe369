;; Says what it is in one contract and plans in another.
;; call: load
;; error: was built for contract 1.0.0, but this host speaks 0.1.0; upgrade Graftwork
(func (export "graftwork:strategy/strategy@1.0.0#plan") (param i32 i32) (result i32)
  (call $train_parameter (i32.const 0)))
