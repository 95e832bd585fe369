;; Objects outside of its memory, which the host would have to collect.
;; call: load
;; error: it is not valid: failed to parse WebAssembly module: cannot define array types when gc types are disabled
(type $bytes (array (mut i8)))
(func $plan (param i32 i32) (result i32)
  (loop $again (drop (array.new_default $bytes (i32.const 0x10000000))) (br $again))
  (unreachable))
