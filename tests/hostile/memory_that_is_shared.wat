;; A memory that threads would share, and that no limit of one instance would count.
;; call: load
;; error: threads must be enabled for shared memories
(memory $memory 2)
(memory 1 65536 shared)
