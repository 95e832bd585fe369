;; What every plugin of these tests may use. Memory from 1600 on is the plugin's own; `cabi_realloc` gives from 65536 on.
(data (i32.const 16) "test")
(data (i32.const 32) "1.0")
(data (i32.const 48) "A plugin for tests")
(data (i32.const 80) "{\"type\": \"object\"}")
(data (i32.const 700) "evil")
(global $heap (mut i32) (i32.const 65536))
(func $store (param $at i32) (param $value i32) (i32.store (local.get $at) (local.get $value)))
;; A list or a text: pointer and length.
(func $list (param $at i32) (param $items i32) (param $count i32)
  (call $store (local.get $at) (local.get $items))
  (call $store (i32.add (local.get $at) (i32.const 4)) (local.get $count)))
;; The descriptor at 256 is name, version, summary and schema.
(func $describe_honestly (result i32)
  (call $list (i32.const 256) (i32.const 16) (i32.const 4))
  (call $list (i32.const 264) (i32.const 32) (i32.const 3))
  (call $list (i32.const 272) (i32.const 48) (i32.const 18))
  (call $list (i32.const 280) (i32.const 80) (i32.const 18))
  (i32.const 256))
;; `plan` gives result<strategy-plan, error> at 512: a tag, then from 516 what trains, what is shared, the adapters, the
;; groups and the metadata, each a list.
(func $empty_plan (result i32)
  (memory.fill (i32.const 512) (i32.const 0) (i32.const 64))
  (i32.const 512))
;; One entry at 640: the parameter, and from 644 its group as option<string>.
(func $train_parameter (param $id i32) (result i32)
  (drop (call $empty_plan))
  (call $list (i32.const 516) (i32.const 640) (i32.const 1))
  (memory.fill (i32.const 640) (i32.const 0) (i32.const 32))
  (call $store (i32.const 640) (local.get $id))
  (i32.const 512))
;; Parameter 0 trains, and parameter 1 has an adapter at 768: target, kind at 772, tensors at 780, base: option<graph>
;; from 788, effective from 804 as nodes and root, penalty: option<graph> from 816. It takes its nodes from 1024 on.
(func $adapt (param $count i32) (param $root i32) (result i32)
  (drop (call $train_parameter (i32.const 0)))
  (call $list (i32.const 532) (i32.const 768) (i32.const 1))
  (memory.fill (i32.const 768) (i32.const 0) (i32.const 128))
  (call $store (i32.const 768) (i32.const 1))
  (call $list (i32.const 772) (i32.const 700) (i32.const 4))
  (call $list (i32.const 804) (i32.const 1024) (local.get $count))
  (call $store (i32.const 812) (local.get $root))
  (i32.const 512))

;; `select` gives result<list<choice>, error> at 512. One choice has 32 bytes, at 1600: the parameter, its rank as
;; option<u32> from 4 on, its alpha as option<f64>, the tag at 16 and the number at 24.
(func $choose (param $id i32) (result i32)
  (drop (call $empty_plan))
  (call $list (i32.const 516) (i32.const 1600) (i32.const 1))
  (call $store (i32.const 1600) (local.get $id))
  (i32.const 512))
;; The adapter has one tensor, at 896: a name, a shape at 904, whether it trains at 912, its group: option<string> from
;; 916, its first value from 928 as nodes and root, update: option<graph> from 940.
(func $adapt_with_tensor (param $dims i32) (param $rank i32) (result i32)
  (drop (call $adapt (i32.const 0) (i32.const 0)))
  (call $list (i32.const 780) (i32.const 896) (i32.const 1))
  (memory.fill (i32.const 896) (i32.const 0) (i32.const 64))
  (call $list (i32.const 896) (i32.const 700) (i32.const 4))
  (call $list (i32.const 904) (local.get $dims) (local.get $rank))
  (call $store (i32.const 912) (i32.const 1))
  (i32.const 512))
;; result<_, error>: internal, with a text.
(func $fail (param $text i32) (param $length i32) (result i32)
  (drop (call $empty_plan))
  (call $store (i32.const 512) (i32.const 1))
  (call $store (i32.const 516) (i32.const 2))
  (call $list (i32.const 520) (local.get $text) (local.get $length))
  (i32.const 512))
