;; A composition without a node.
;; call: compose
;; refused: root is node 4294967295, but there are 0 nodes
(func $compose (param i32 i32 i32 i32 i32) (result i32) (call $graph (i32.const 0)))
