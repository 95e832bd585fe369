;; Decisions: result<decision, error> at 4160 is a tag, then from 4164 state and actions, each a list. An action has 32
;; bytes, its tag first and its value from 8 on.
(func $decide (param $state i32) (param $bytes i32) (param $actions i32) (param $count i32) (result i32)
  (call $store (i32.const 4160) (i32.const 0))
  (call $list (i32.const 4164) (local.get $state) (local.get $bytes))
  (call $list (i32.const 4172) (local.get $actions) (local.get $count))
  (i32.const 4160))
(func $nothing (result i32) (call $decide (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
;; freeze(param)
(func $freeze (param $at i32) (param $param i32)
  (i32.store8 (local.get $at) (i32.const 1))
  (call $store (i32.add (local.get $at) (i32.const 8)) (local.get $param)))
