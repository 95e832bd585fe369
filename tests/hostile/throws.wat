;; An exception that nobody catches.
;; call: load
;; error: it is not valid
(tag $thrown)
(func $plan (param i32 i32) (result i32) (throw $thrown))
