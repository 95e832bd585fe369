;; An error of its own that would turn the terminal red and write backwards.
;; call: plan
;; error: call of `plan`, failed: \u{1b}[31m\u{202e}!dne
(data (i32.const 2200) "\1b[31m\e2\80\ae!dne")
(func $plan (param i32 i32) (result i32) (call $fail (i32.const 2200) (i32.const 12)))
