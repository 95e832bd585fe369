;; An operation whose name has a line of its own, as if the host had written it.
;; call: plan
;; refused: effective.nodes[0]: no op is called `\r\nerror: run `rm -rf`
(data (i32.const 1024) "\98\08\00\00\16\00\00\00")
(data (i32.const 2200) "\0d\0aerror: run `rm -rf` \1b")
(func $plan (param i32 i32) (result i32) (call $adapt (i32.const 1) (i32.const 0)))
