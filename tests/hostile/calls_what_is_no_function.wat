;; Calls an entry of a table as what it is not.
;; call: plan
;; error: call of `plan`: it trapped: indirect call type mismatch
(table funcref (elem $describe_honestly))
(type $other (func (param i64 i64) (result i32)))
(func $plan (param i32 i32) (result i32) (call_indirect (type $other) (i64.const 0) (i64.const 0) (i32.const 0)))
