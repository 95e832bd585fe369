#[allow(dead_code, clippy::all)]
pub mod graftwork {
    pub mod strategy {
        /// What the host tells about the model.
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod model {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            use super::super::super::_rt;
            /// Index into `params()`.
            pub type ParamId = u32;
            #[derive(Clone)]
            pub struct Param {
                /// Name in the checkpoint, e.g. `model.layers.0.self_attn.q_proj.weight`.
                pub name: _rt::String,
                /// `[out, in]` for the weight of a linear layer.
                pub shape: _rt::Vec<u32>,
                /// `f64`, `f32`, `f16`, `bf16`.
                pub dtype: _rt::String,
                /// `linear`, `embedding`, `norm`, `bias`, `head`; open, so treat one that you do not know as `other`.
                pub role: _rt::String,
                /// Decoder or encoder layer, counted from 0.
                pub layer: ::core::option::Option<u32>,
                /// The parameter that this one is the same tensor as. Tied parameters are adapted and trained through that one.
                pub tied_to: ::core::option::Option<ParamId>,
            }
            impl ::core::fmt::Debug for Param {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Param")
                        .field("name", &self.name)
                        .field("shape", &self.shape)
                        .field("dtype", &self.dtype)
                        .field("role", &self.role)
                        .field("layer", &self.layer)
                        .field("tied-to", &self.tied_to)
                        .finish()
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            #[allow(async_fn_in_trait)]
            pub fn params() -> _rt::Vec<Param> {
                unsafe {
                    #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                    #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 2
                            * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/model@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "params"]
                        fn wit_import1(_: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(ptr0);
                    let l2 = *ptr0.add(0).cast::<*mut u8>();
                    let l3 = *ptr0
                        .add(::core::mem::size_of::<*const u8>())
                        .cast::<usize>();
                    let base20 = l2;
                    let len20 = l3;
                    let mut result20 = _rt::Vec::with_capacity(len20);
                    for i in 0..len20 {
                        let base = base20
                            .add(i * (16 + 8 * ::core::mem::size_of::<*const u8>()));
                        let e20 = {
                            let l4 = *base.add(0).cast::<*mut u8>();
                            let l5 = *base
                                .add(::core::mem::size_of::<*const u8>())
                                .cast::<usize>();
                            let len6 = l5;
                            let bytes6 = _rt::Vec::from_raw_parts(l4.cast(), len6, len6);
                            let l7 = *base
                                .add(2 * ::core::mem::size_of::<*const u8>())
                                .cast::<*mut u8>();
                            let l8 = *base
                                .add(3 * ::core::mem::size_of::<*const u8>())
                                .cast::<usize>();
                            let len9 = l8;
                            let l10 = *base
                                .add(4 * ::core::mem::size_of::<*const u8>())
                                .cast::<*mut u8>();
                            let l11 = *base
                                .add(5 * ::core::mem::size_of::<*const u8>())
                                .cast::<usize>();
                            let len12 = l11;
                            let bytes12 = _rt::Vec::from_raw_parts(
                                l10.cast(),
                                len12,
                                len12,
                            );
                            let l13 = *base
                                .add(6 * ::core::mem::size_of::<*const u8>())
                                .cast::<*mut u8>();
                            let l14 = *base
                                .add(7 * ::core::mem::size_of::<*const u8>())
                                .cast::<usize>();
                            let len15 = l14;
                            let bytes15 = _rt::Vec::from_raw_parts(
                                l13.cast(),
                                len15,
                                len15,
                            );
                            let l16 = i32::from(
                                *base
                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                    .cast::<u8>(),
                            );
                            let l18 = i32::from(
                                *base
                                    .add(8 + 8 * ::core::mem::size_of::<*const u8>())
                                    .cast::<u8>(),
                            );
                            Param {
                                name: _rt::string_lift(bytes6),
                                shape: <_ as From<
                                    _rt::Vec<_>,
                                >>::from(_rt::Vec::from_raw_parts(l7.cast(), len9, len9)),
                                dtype: _rt::string_lift(bytes12),
                                role: _rt::string_lift(bytes15),
                                layer: match l16 {
                                    0 => None,
                                    1 => {
                                        let e = {
                                            let l17 = *base
                                                .add(4 + 8 * ::core::mem::size_of::<*const u8>())
                                                .cast::<i32>();
                                            l17 as u32
                                        };
                                        Some(e)
                                    }
                                    _ => _rt::invalid_enum_discriminant(),
                                },
                                tied_to: match l18 {
                                    0 => None,
                                    1 => {
                                        let e = {
                                            let l19 = *base
                                                .add(12 + 8 * ::core::mem::size_of::<*const u8>())
                                                .cast::<i32>();
                                            l19 as u32
                                        };
                                        Some(e)
                                    }
                                    _ => _rt::invalid_enum_discriminant(),
                                },
                            }
                        };
                        result20.push(e20);
                    }
                    _rt::cabi_dealloc(
                        base20,
                        len20 * (16 + 8 * ::core::mem::size_of::<*const u8>()),
                        ::core::mem::size_of::<*const u8>(),
                    );
                    let result21 = result20;
                    result21
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            /// The checkpoint's config.json.
            #[allow(async_fn_in_trait)]
            pub fn config() -> _rt::String {
                unsafe {
                    #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                    #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 2
                            * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/model@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "config"]
                        fn wit_import1(_: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(ptr0);
                    let l2 = *ptr0.add(0).cast::<*mut u8>();
                    let l3 = *ptr0
                        .add(::core::mem::size_of::<*const u8>())
                        .cast::<usize>();
                    let len4 = l3;
                    let bytes4 = _rt::Vec::from_raw_parts(l2.cast(), len4, len4);
                    let result5 = _rt::string_lift(bytes4);
                    result5
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            /// Name of the model's family, e.g. `llama`.
            #[allow(async_fn_in_trait)]
            pub fn architecture() -> _rt::String {
                unsafe {
                    #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                    #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 2
                            * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/model@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "architecture"]
                        fn wit_import1(_: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(ptr0);
                    let l2 = *ptr0.add(0).cast::<*mut u8>();
                    let l3 = *ptr0
                        .add(::core::mem::size_of::<*const u8>())
                        .cast::<usize>();
                    let len4 = l3;
                    let bytes4 = _rt::Vec::from_raw_parts(l2.cast(), len4, len4);
                    let result5 = _rt::string_lift(bytes4);
                    result5
                }
            }
        }
        /// Numbers about the frozen weights, computed by the host and budgeted for each call of the plugin.
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod stats {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            use super::super::super::_rt;
            pub type ParamId = super::super::super::graftwork::strategy::model::ParamId;
            #[allow(unused_unsafe, clippy::all)]
            /// Frobenius norm.
            #[allow(async_fn_in_trait)]
            pub fn norm(param: ParamId) -> ::core::result::Result<f64, _rt::String> {
                unsafe {
                    #[repr(align(8))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 8 + 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 8
                            + 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/stats@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "norm"]
                        fn wit_import1(_: i32, _: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: i32, _: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(_rt::as_i32(param), ptr0);
                    let l2 = i32::from(*ptr0.add(0).cast::<u8>());
                    let result7 = match l2 {
                        0 => {
                            let e = {
                                let l3 = *ptr0.add(8).cast::<f64>();
                                l3
                            };
                            Ok(e)
                        }
                        1 => {
                            let e = {
                                let l4 = *ptr0.add(8).cast::<*mut u8>();
                                let l5 = *ptr0
                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let len6 = l5;
                                let bytes6 = _rt::Vec::from_raw_parts(
                                    l4.cast(),
                                    len6,
                                    len6,
                                );
                                _rt::string_lift(bytes6)
                            };
                            Err(e)
                        }
                        _ => _rt::invalid_enum_discriminant(),
                    };
                    result7
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            /// The `count` largest singular values, largest first; fewer where the matrix has fewer.
            #[allow(async_fn_in_trait)]
            pub fn singular_values(
                param: ParamId,
                count: u32,
            ) -> ::core::result::Result<_rt::Vec<f64>, _rt::String> {
                unsafe {
                    #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                    #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 3 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 3
                            * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/stats@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "singular-values"]
                        fn wit_import1(_: i32, _: i32, _: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: i32, _: i32, _: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(_rt::as_i32(param), _rt::as_i32(&count), ptr0);
                    let l2 = i32::from(*ptr0.add(0).cast::<u8>());
                    let result9 = match l2 {
                        0 => {
                            let e = {
                                let l3 = *ptr0
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l4 = *ptr0
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let len5 = l4;
                                <_ as From<
                                    _rt::Vec<_>,
                                >>::from(_rt::Vec::from_raw_parts(l3.cast(), len5, len5))
                            };
                            Ok(e)
                        }
                        1 => {
                            let e = {
                                let l6 = *ptr0
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l7 = *ptr0
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let len8 = l7;
                                let bytes8 = _rt::Vec::from_raw_parts(
                                    l6.cast(),
                                    len8,
                                    len8,
                                );
                                _rt::string_lift(bytes8)
                            };
                            Err(e)
                        }
                        _ => _rt::invalid_enum_discriminant(),
                    };
                    result9
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            /// Mean squared gradient of the loss over the calibration batches, where the run has any.
            #[allow(async_fn_in_trait)]
            pub fn gradient_norm(
                param: ParamId,
            ) -> ::core::result::Result<f64, _rt::String> {
                unsafe {
                    #[repr(align(8))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 8 + 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 8
                            + 2 * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/stats@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "gradient-norm"]
                        fn wit_import1(_: i32, _: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: i32, _: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(_rt::as_i32(param), ptr0);
                    let l2 = i32::from(*ptr0.add(0).cast::<u8>());
                    let result7 = match l2 {
                        0 => {
                            let e = {
                                let l3 = *ptr0.add(8).cast::<f64>();
                                l3
                            };
                            Ok(e)
                        }
                        1 => {
                            let e = {
                                let l4 = *ptr0.add(8).cast::<*mut u8>();
                                let l5 = *ptr0
                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let len6 = l5;
                                let bytes6 = _rt::Vec::from_raw_parts(
                                    l4.cast(),
                                    len6,
                                    len6,
                                );
                                _rt::string_lift(bytes6)
                            };
                            Err(e)
                        }
                        _ => _rt::invalid_enum_discriminant(),
                    };
                    result7
                }
            }
        }
        /// What selectors earlier in the chain chose.
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod selection {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            use super::super::super::_rt;
            pub type ParamId = super::super::super::graftwork::strategy::model::ParamId;
            #[repr(C)]
            #[derive(Clone, Copy)]
            pub struct Choice {
                pub param: ParamId,
                /// Rank of the parameter's adapter; none leaves it to the strategy.
                pub rank: ::core::option::Option<u32>,
                /// Alpha of the parameter's adapter; none leaves it to the strategy.
                pub alpha: ::core::option::Option<f64>,
            }
            impl ::core::fmt::Debug for Choice {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Choice")
                        .field("param", &self.param)
                        .field("rank", &self.rank)
                        .field("alpha", &self.alpha)
                        .finish()
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            /// None where no selector ran before.
            #[allow(async_fn_in_trait)]
            pub fn choices() -> ::core::option::Option<_rt::Vec<Choice>> {
                unsafe {
                    #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                    #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                    struct RetArea(
                        [::core::mem::MaybeUninit<
                            u8,
                        >; 3 * ::core::mem::size_of::<*const u8>()],
                    );
                    let mut ret_area = RetArea(
                        [::core::mem::MaybeUninit::uninit(); 3
                            * ::core::mem::size_of::<*const u8>()],
                    );
                    let ptr0 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/selection@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "choices"]
                        fn wit_import1(_: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: *mut u8) {
                        unreachable!()
                    }
                    wit_import1(ptr0);
                    let l2 = i32::from(*ptr0.add(0).cast::<u8>());
                    let result11 = match l2 {
                        0 => None,
                        1 => {
                            let e = {
                                let l3 = *ptr0
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l4 = *ptr0
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base10 = l3;
                                let len10 = l4;
                                let mut result10 = _rt::Vec::with_capacity(len10);
                                for i in 0..len10 {
                                    let base = base10.add(i * 32);
                                    let e10 = {
                                        let l5 = *base.add(0).cast::<i32>();
                                        let l6 = i32::from(*base.add(4).cast::<u8>());
                                        let l8 = i32::from(*base.add(16).cast::<u8>());
                                        Choice {
                                            param: l5 as u32,
                                            rank: match l6 {
                                                0 => None,
                                                1 => {
                                                    let e = {
                                                        let l7 = *base.add(8).cast::<i32>();
                                                        l7 as u32
                                                    };
                                                    Some(e)
                                                }
                                                _ => _rt::invalid_enum_discriminant(),
                                            },
                                            alpha: match l8 {
                                                0 => None,
                                                1 => {
                                                    let e = {
                                                        let l9 = *base.add(24).cast::<f64>();
                                                        l9
                                                    };
                                                    Some(e)
                                                }
                                                _ => _rt::invalid_enum_discriminant(),
                                            },
                                        }
                                    };
                                    result10.push(e10);
                                }
                                _rt::cabi_dealloc(base10, len10 * 32, 8);
                                result10
                            };
                            Some(e)
                        }
                        _ => _rt::invalid_enum_discriminant(),
                    };
                    result11
                }
            }
        }
        /// Seeded from the run: the same run always gives the same numbers.
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod random {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            #[allow(unused_unsafe, clippy::all)]
            #[allow(async_fn_in_trait)]
            pub fn next() -> u64 {
                unsafe {
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/random@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "next"]
                        fn wit_import0() -> i64;
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import0() -> i64 {
                        unreachable!()
                    }
                    let ret = wit_import0();
                    ret as u64
                }
            }
        }
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod log {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            #[repr(u8)]
            #[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
            pub enum Level {
                Debug,
                Info,
                Warn,
            }
            impl ::core::fmt::Debug for Level {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    match self {
                        Level::Debug => f.debug_tuple("Level::Debug").finish(),
                        Level::Info => f.debug_tuple("Level::Info").finish(),
                        Level::Warn => f.debug_tuple("Level::Warn").finish(),
                    }
                }
            }
            impl Level {
                #[doc(hidden)]
                pub unsafe fn _lift(val: u8) -> Level {
                    if !cfg!(debug_assertions) {
                        return unsafe { ::core::mem::transmute(val) };
                    }
                    match val {
                        0 => Level::Debug,
                        1 => Level::Info,
                        2 => Level::Warn,
                        _ => panic!("invalid enum discriminant"),
                    }
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            #[allow(async_fn_in_trait)]
            pub fn emit(level: Level, message: &str) -> () {
                unsafe {
                    let vec0 = message;
                    let ptr0 = vec0.as_ptr().cast::<u8>();
                    let len0 = vec0.len();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/log@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "emit"]
                        fn wit_import1(_: i32, _: *mut u8, _: usize);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import1(_: i32, _: *mut u8, _: usize) {
                        unreachable!()
                    }
                    wit_import1(level.clone() as i32, ptr0.cast_mut(), len0);
                }
            }
        }
        /// A tensor expression, flat because WIT has no recursive types. Operands come before their users: every index in
        /// `inputs` is smaller than the node's own.
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod expression {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            use super::super::super::_rt;
            pub type NodeId = u32;
            #[derive(Clone)]
            pub enum Attribute {
                Integer(i64),
                Float(f64),
                Text(_rt::String),
                Integers(_rt::Vec<i64>),
            }
            impl ::core::fmt::Debug for Attribute {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    match self {
                        Attribute::Integer(e) => {
                            f.debug_tuple("Attribute::Integer").field(e).finish()
                        }
                        Attribute::Float(e) => {
                            f.debug_tuple("Attribute::Float").field(e).finish()
                        }
                        Attribute::Text(e) => {
                            f.debug_tuple("Attribute::Text").field(e).finish()
                        }
                        Attribute::Integers(e) => {
                            f.debug_tuple("Attribute::Integers").field(e).finish()
                        }
                    }
                }
            }
            /// `op` is an open vocabulary: a host rejects a name that it does not know and lists the ones that it does, so that a
            /// new op never breaks this contract.
            #[derive(Clone)]
            pub struct Node {
                pub op: _rt::String,
                pub inputs: _rt::Vec<NodeId>,
                pub attributes: _rt::Vec<(_rt::String, Attribute)>,
            }
            impl ::core::fmt::Debug for Node {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Node")
                        .field("op", &self.op)
                        .field("inputs", &self.inputs)
                        .field("attributes", &self.attributes)
                        .finish()
                }
            }
            #[derive(Clone)]
            pub struct Graph {
                pub nodes: _rt::Vec<Node>,
                pub root: NodeId,
            }
            impl ::core::fmt::Debug for Graph {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Graph")
                        .field("nodes", &self.nodes)
                        .field("root", &self.root)
                        .finish()
                }
            }
        }
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod types {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            use super::super::super::_rt;
            pub type ParamId = super::super::super::graftwork::strategy::model::ParamId;
            pub type Graph = super::super::super::graftwork::strategy::expression::Graph;
            #[derive(Clone)]
            pub struct ConfigError {
                /// The key, e.g. `rank`.
                pub path: _rt::String,
                pub message: _rt::String,
            }
            impl ::core::fmt::Debug for ConfigError {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("ConfigError")
                        .field("path", &self.path)
                        .field("message", &self.message)
                        .finish()
                }
            }
            #[derive(Clone)]
            pub enum Error {
                InvalidConfig(ConfigError),
                UnsupportedModel(_rt::String),
                Internal(_rt::String),
            }
            impl ::core::fmt::Debug for Error {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    match self {
                        Error::InvalidConfig(e) => {
                            f.debug_tuple("Error::InvalidConfig").field(e).finish()
                        }
                        Error::UnsupportedModel(e) => {
                            f.debug_tuple("Error::UnsupportedModel").field(e).finish()
                        }
                        Error::Internal(e) => {
                            f.debug_tuple("Error::Internal").field(e).finish()
                        }
                    }
                }
            }
            impl ::core::fmt::Display for Error {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    write!(f, "{:?}", self)
                }
            }
            impl ::core::error::Error for Error {}
            #[derive(Clone)]
            pub struct AdapterTensor {
                /// Name within the adapter, e.g. `lora_A`; also its name in saved files.
                pub name: _rt::String,
                pub shape: _rt::Vec<u32>,
                pub trainable: bool,
                /// Optimizer group; none is the default group.
                pub group: ::core::option::Option<_rt::String>,
                /// The value at step 0, over `base`; random ops draw from the run's seed.
                pub init: Graph,
            }
            impl ::core::fmt::Debug for AdapterTensor {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("AdapterTensor")
                        .field("name", &self.name)
                        .field("shape", &self.shape)
                        .field("trainable", &self.trainable)
                        .field("group", &self.group)
                        .field("init", &self.init)
                        .finish()
                }
            }
            #[derive(Clone)]
            pub struct Adapter {
                pub target: ParamId,
                /// `lora`, `dora`, ...: what it is called in messages and in saved files.
                pub kind: _rt::String,
                pub tensors: _rt::Vec<AdapterTensor>,
                /// What the frozen weight becomes before step 0, where an initialisation moves part of it into the adapter.
                pub base: ::core::option::Option<Graph>,
                /// The weight that the layer behaves as, over `base` and the tensors. The host derives the forward pass, the
                /// gradient and the merge from it: there is no second definition to disagree with.
                pub effective: Graph,
            }
            impl ::core::fmt::Debug for Adapter {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Adapter")
                        .field("target", &self.target)
                        .field("kind", &self.kind)
                        .field("tensors", &self.tensors)
                        .field("base", &self.base)
                        .field("effective", &self.effective)
                        .finish()
                }
            }
            /// A parameter of the model itself that trains.
            #[derive(Clone)]
            pub struct Trainable {
                pub param: ParamId,
                pub group: ::core::option::Option<_rt::String>,
            }
            impl ::core::fmt::Debug for Trainable {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Trainable")
                        .field("param", &self.param)
                        .field("group", &self.group)
                        .finish()
                }
            }
            /// How the optimizer treats the tensors of one group.
            #[derive(Clone)]
            pub struct Group {
                pub name: _rt::String,
                /// Factor on the run's learning rate.
                pub learning_rate_scale: f64,
                /// In place of the run's weight decay.
                pub weight_decay: ::core::option::Option<f64>,
            }
            impl ::core::fmt::Debug for Group {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Group")
                        .field("name", &self.name)
                        .field("learning-rate-scale", &self.learning_rate_scale)
                        .field("weight-decay", &self.weight_decay)
                        .finish()
                }
            }
            #[derive(Clone)]
            pub struct StrategyPlan {
                pub trainable: _rt::Vec<Trainable>,
                pub adapters: _rt::Vec<Adapter>,
                pub groups: _rt::Vec<Group>,
                pub metadata: _rt::Vec<(_rt::String, _rt::String)>,
            }
            impl ::core::fmt::Debug for StrategyPlan {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("StrategyPlan")
                        .field("trainable", &self.trainable)
                        .field("adapters", &self.adapters)
                        .field("groups", &self.groups)
                        .field("metadata", &self.metadata)
                        .finish()
                }
            }
            #[derive(Clone)]
            pub struct Descriptor {
                pub name: _rt::String,
                pub version: _rt::String,
                pub summary: _rt::String,
                /// JSON Schema of the configuration; the host checks a configuration against it before it calls the plugin.
                pub config_schema: _rt::String,
            }
            impl ::core::fmt::Debug for Descriptor {
                fn fmt(
                    &self,
                    f: &mut ::core::fmt::Formatter<'_>,
                ) -> ::core::fmt::Result {
                    f.debug_struct("Descriptor")
                        .field("name", &self.name)
                        .field("version", &self.version)
                        .field("summary", &self.summary)
                        .field("config-schema", &self.config_schema)
                        .finish()
                }
            }
        }
    }
}
#[allow(dead_code, clippy::all)]
pub mod exports {
    pub mod graftwork {
        pub mod strategy {
            /// Says what the plugin is. Every plugin exports it.
            #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
            pub mod plugin {
                #[used]
                #[doc(hidden)]
                static __FORCE_SECTION_REF: fn() = super::super::super::super::__link_custom_section_describing_imports;
                use super::super::super::super::_rt;
                pub type Descriptor = super::super::super::super::graftwork::strategy::types::Descriptor;
                #[doc(hidden)]
                #[allow(non_snake_case, unused_unsafe)]
                pub unsafe fn _export_describe_cabi<T_: Guest>() -> *mut u8 {
                    unsafe {
                        #[cfg(target_arch = "wasm32")] _rt::run_ctors_once();
                        let result0 = { T_::describe() };
                        let ptr1 = (&raw mut _RET_AREA.0).cast::<u8>();
                        let super::super::super::super::graftwork::strategy::types::Descriptor {
                            name: name2,
                            version: version2,
                            summary: summary2,
                            config_schema: config_schema2,
                        } = result0;
                        let vec3 = (name2.into_bytes()).into_boxed_slice();
                        let ptr3 = vec3.as_ptr().cast::<u8>();
                        let len3 = vec3.len();
                        ::core::mem::forget(vec3);
                        *ptr1.add(::core::mem::size_of::<*const u8>()).cast::<usize>() = len3;
                        *ptr1.add(0).cast::<*mut u8>() = ptr3.cast_mut();
                        let vec4 = (version2.into_bytes()).into_boxed_slice();
                        let ptr4 = vec4.as_ptr().cast::<u8>();
                        let len4 = vec4.len();
                        ::core::mem::forget(vec4);
                        *ptr1
                            .add(3 * ::core::mem::size_of::<*const u8>())
                            .cast::<usize>() = len4;
                        *ptr1
                            .add(2 * ::core::mem::size_of::<*const u8>())
                            .cast::<*mut u8>() = ptr4.cast_mut();
                        let vec5 = (summary2.into_bytes()).into_boxed_slice();
                        let ptr5 = vec5.as_ptr().cast::<u8>();
                        let len5 = vec5.len();
                        ::core::mem::forget(vec5);
                        *ptr1
                            .add(5 * ::core::mem::size_of::<*const u8>())
                            .cast::<usize>() = len5;
                        *ptr1
                            .add(4 * ::core::mem::size_of::<*const u8>())
                            .cast::<*mut u8>() = ptr5.cast_mut();
                        let vec6 = (config_schema2.into_bytes()).into_boxed_slice();
                        let ptr6 = vec6.as_ptr().cast::<u8>();
                        let len6 = vec6.len();
                        ::core::mem::forget(vec6);
                        *ptr1
                            .add(7 * ::core::mem::size_of::<*const u8>())
                            .cast::<usize>() = len6;
                        *ptr1
                            .add(6 * ::core::mem::size_of::<*const u8>())
                            .cast::<*mut u8>() = ptr6.cast_mut();
                        ptr1
                    }
                }
                #[doc(hidden)]
                #[allow(non_snake_case)]
                pub unsafe fn __post_return_describe<T_: Guest>(arg0: *mut u8) {
                    unsafe {
                        let l0 = *arg0.add(0).cast::<*mut u8>();
                        let l1 = *arg0
                            .add(::core::mem::size_of::<*const u8>())
                            .cast::<usize>();
                        _rt::cabi_dealloc(l0, l1, 1);
                        let l2 = *arg0
                            .add(2 * ::core::mem::size_of::<*const u8>())
                            .cast::<*mut u8>();
                        let l3 = *arg0
                            .add(3 * ::core::mem::size_of::<*const u8>())
                            .cast::<usize>();
                        _rt::cabi_dealloc(l2, l3, 1);
                        let l4 = *arg0
                            .add(4 * ::core::mem::size_of::<*const u8>())
                            .cast::<*mut u8>();
                        let l5 = *arg0
                            .add(5 * ::core::mem::size_of::<*const u8>())
                            .cast::<usize>();
                        _rt::cabi_dealloc(l4, l5, 1);
                        let l6 = *arg0
                            .add(6 * ::core::mem::size_of::<*const u8>())
                            .cast::<*mut u8>();
                        let l7 = *arg0
                            .add(7 * ::core::mem::size_of::<*const u8>())
                            .cast::<usize>();
                        _rt::cabi_dealloc(l6, l7, 1);
                    }
                }
                pub trait Guest {
                    #[allow(async_fn_in_trait)]
                    fn describe() -> Descriptor;
                }
                #[doc(hidden)]
                #[macro_export]
                macro_rules! __export_strategy_world_plugin_0_1_0_cabi {
                    ($ty:ident with_types_in $($path_to_types:tt)*) => {
                        const _ : () = { #[unsafe (export_name =
                        "graftwork:strategy/plugin@0.1.0#describe")] unsafe extern "C" fn
                        export_describe() -> * mut u8 { unsafe { $($path_to_types)*::
                        _export_describe_cabi::<$ty > () } } #[unsafe (export_name =
                        "cabi_post_graftwork:strategy/plugin@0.1.0#describe")] unsafe
                        extern "C" fn _post_return_describe(arg0 : * mut u8,) { unsafe {
                        $($path_to_types)*:: __post_return_describe::<$ty > (arg0) } } };
                    };
                }
                #[doc(hidden)]
                pub use __export_strategy_world_plugin_0_1_0_cabi;
                #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                struct _RetArea(
                    [::core::mem::MaybeUninit<
                        u8,
                    >; 8 * ::core::mem::size_of::<*const u8>()],
                );
                static mut _RET_AREA: _RetArea = _RetArea(
                    [::core::mem::MaybeUninit::uninit(); 8
                        * ::core::mem::size_of::<*const u8>()],
                );
            }
            /// Declares which parameters train and which adapters there are. `config` is a JSON object.
            #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
            pub mod strategy {
                #[used]
                #[doc(hidden)]
                static __FORCE_SECTION_REF: fn() = super::super::super::super::__link_custom_section_describing_imports;
                use super::super::super::super::_rt;
                pub type StrategyPlan = super::super::super::super::graftwork::strategy::types::StrategyPlan;
                pub type Error = super::super::super::super::graftwork::strategy::types::Error;
                #[doc(hidden)]
                #[allow(non_snake_case, unused_unsafe)]
                pub unsafe fn _export_plan_cabi<T_: Guest>(
                    arg0: *mut u8,
                    arg1: usize,
                ) -> *mut u8 {
                    unsafe {
                        #[cfg(target_arch = "wasm32")] _rt::run_ctors_once();
                        let result1 = {
                            let len0 = arg1;
                            let bytes0 = _rt::Vec::from_raw_parts(
                                arg0.cast(),
                                len0,
                                len0,
                            );
                            T_::plan(_rt::string_lift(bytes0))
                        };
                        let ptr2 = (&raw mut _RET_AREA.0).cast::<u8>();
                        match result1 {
                            Ok(e) => {
                                *ptr2.add(0).cast::<u8>() = (0i32) as u8;
                                let super::super::super::super::graftwork::strategy::types::StrategyPlan {
                                    trainable: trainable3,
                                    adapters: adapters3,
                                    groups: groups3,
                                    metadata: metadata3,
                                } = e;
                                let vec6 = trainable3;
                                let len6 = vec6.len();
                                let layout6 = _rt::alloc::Layout::from_size_align(
                                        vec6.len() * (4 * ::core::mem::size_of::<*const u8>()),
                                        ::core::mem::size_of::<*const u8>(),
                                    )
                                    .unwrap();
                                let (result6, _cleanup6) = graftwork_sdk::rt::Cleanup::new(
                                    layout6,
                                );
                                if let Some(cleanup) = _cleanup6 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec6.into_iter().enumerate() {
                                    let base = result6
                                        .add(i * (4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let super::super::super::super::graftwork::strategy::types::Trainable {
                                            param: param4,
                                            group: group4,
                                        } = e;
                                        *base.add(0).cast::<i32>() = _rt::as_i32(param4);
                                        match group4 {
                                            Some(e) => {
                                                *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (1i32) as u8;
                                                let vec5 = (e.into_bytes()).into_boxed_slice();
                                                let ptr5 = vec5.as_ptr().cast::<u8>();
                                                let len5 = vec5.len();
                                                ::core::mem::forget(vec5);
                                                *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len5;
                                                *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr5.cast_mut();
                                            }
                                            None => {
                                                *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                    }
                                }
                                *ptr2
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len6;
                                *ptr2
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result6;
                                let vec47 = adapters3;
                                let len47 = vec47.len();
                                let layout47 = _rt::alloc::Layout::from_size_align(
                                        vec47.len() * (12 * ::core::mem::size_of::<*const u8>()),
                                        ::core::mem::size_of::<*const u8>(),
                                    )
                                    .unwrap();
                                let (result47, _cleanup47) = graftwork_sdk::rt::Cleanup::new(
                                    layout47,
                                );
                                if let Some(cleanup) = _cleanup47 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec47.into_iter().enumerate() {
                                    let base = result47
                                        .add(i * (12 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let super::super::super::super::graftwork::strategy::types::Adapter {
                                            target: target7,
                                            kind: kind7,
                                            tensors: tensors7,
                                            base: base7,
                                            effective: effective7,
                                        } = e;
                                        *base.add(0).cast::<i32>() = _rt::as_i32(target7);
                                        let vec8 = (kind7.into_bytes()).into_boxed_slice();
                                        let ptr8 = vec8.as_ptr().cast::<u8>();
                                        let len8 = vec8.len();
                                        ::core::mem::forget(vec8);
                                        *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len8;
                                        *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr8.cast_mut();
                                        let vec24 = tensors7;
                                        let len24 = vec24.len();
                                        let layout24 = _rt::alloc::Layout::from_size_align(
                                                vec24.len() * (11 * ::core::mem::size_of::<*const u8>()),
                                                ::core::mem::size_of::<*const u8>(),
                                            )
                                            .unwrap();
                                        let (result24, _cleanup24) = graftwork_sdk::rt::Cleanup::new(
                                            layout24,
                                        );
                                        if let Some(cleanup) = _cleanup24 {
                                            cleanup.forget();
                                        }
                                        for (i, e) in vec24.into_iter().enumerate() {
                                            let base = result24
                                                .add(i * (11 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let super::super::super::super::graftwork::strategy::types::AdapterTensor {
                                                    name: name9,
                                                    shape: shape9,
                                                    trainable: trainable9,
                                                    group: group9,
                                                    init: init9,
                                                } = e;
                                                let vec10 = (name9.into_bytes()).into_boxed_slice();
                                                let ptr10 = vec10.as_ptr().cast::<u8>();
                                                let len10 = vec10.len();
                                                ::core::mem::forget(vec10);
                                                *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len10;
                                                *base.add(0).cast::<*mut u8>() = ptr10.cast_mut();
                                                let vec11 = <_ as Into<_rt::Vec<_>>>::into(shape9)
                                                    .into_boxed_slice();
                                                let ptr11 = vec11.as_ptr().cast::<u8>();
                                                let len11 = vec11.len();
                                                ::core::mem::forget(vec11);
                                                *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len11;
                                                *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr11.cast_mut();
                                                *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (match trainable9 {
                                                    true => 1,
                                                    false => 0,
                                                }) as u8;
                                                match group9 {
                                                    Some(e) => {
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<u8>() = (1i32) as u8;
                                                        let vec12 = (e.into_bytes()).into_boxed_slice();
                                                        let ptr12 = vec12.as_ptr().cast::<u8>();
                                                        let len12 = vec12.len();
                                                        ::core::mem::forget(vec12);
                                                        *base
                                                            .add(7 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len12;
                                                        *base
                                                            .add(6 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr12.cast_mut();
                                                    }
                                                    None => {
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<u8>() = (0i32) as u8;
                                                    }
                                                };
                                                let super::super::super::super::graftwork::strategy::expression::Graph {
                                                    nodes: nodes13,
                                                    root: root13,
                                                } = init9;
                                                let vec23 = nodes13;
                                                let len23 = vec23.len();
                                                let layout23 = _rt::alloc::Layout::from_size_align(
                                                        vec23.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                        ::core::mem::size_of::<*const u8>(),
                                                    )
                                                    .unwrap();
                                                let (result23, _cleanup23) = graftwork_sdk::rt::Cleanup::new(
                                                    layout23,
                                                );
                                                if let Some(cleanup) = _cleanup23 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec23.into_iter().enumerate() {
                                                    let base = result23
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let super::super::super::super::graftwork::strategy::expression::Node {
                                                            op: op14,
                                                            inputs: inputs14,
                                                            attributes: attributes14,
                                                        } = e;
                                                        let vec15 = (op14.into_bytes()).into_boxed_slice();
                                                        let ptr15 = vec15.as_ptr().cast::<u8>();
                                                        let len15 = vec15.len();
                                                        ::core::mem::forget(vec15);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len15;
                                                        *base.add(0).cast::<*mut u8>() = ptr15.cast_mut();
                                                        let vec16 = <_ as Into<_rt::Vec<_>>>::into(inputs14)
                                                            .into_boxed_slice();
                                                        let ptr16 = vec16.as_ptr().cast::<u8>();
                                                        let len16 = vec16.len();
                                                        ::core::mem::forget(vec16);
                                                        *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len16;
                                                        *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr16.cast_mut();
                                                        let vec22 = attributes14;
                                                        let len22 = vec22.len();
                                                        let layout22 = _rt::alloc::Layout::from_size_align(
                                                                vec22.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                8,
                                                            )
                                                            .unwrap();
                                                        let (result22, _cleanup22) = graftwork_sdk::rt::Cleanup::new(
                                                            layout22,
                                                        );
                                                        if let Some(cleanup) = _cleanup22 {
                                                            cleanup.forget();
                                                        }
                                                        for (i, e) in vec22.into_iter().enumerate() {
                                                            let base = result22
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let (t17_0, t17_1) = e;
                                                                let vec18 = (t17_0.into_bytes()).into_boxed_slice();
                                                                let ptr18 = vec18.as_ptr().cast::<u8>();
                                                                let len18 = vec18.len();
                                                                ::core::mem::forget(vec18);
                                                                *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len18;
                                                                *base.add(0).cast::<*mut u8>() = ptr18.cast_mut();
                                                                use super::super::super::super::graftwork::strategy::expression::Attribute as V21;
                                                                match t17_1 {
                                                                    V21::Integer(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (0i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<i64>() = _rt::as_i64(e);
                                                                    }
                                                                    V21::Float(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (1i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<f64>() = _rt::as_f64(e);
                                                                    }
                                                                    V21::Text(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (2i32) as u8;
                                                                        let vec19 = (e.into_bytes()).into_boxed_slice();
                                                                        let ptr19 = vec19.as_ptr().cast::<u8>();
                                                                        let len19 = vec19.len();
                                                                        ::core::mem::forget(vec19);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len19;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr19.cast_mut();
                                                                    }
                                                                    V21::Integers(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (3i32) as u8;
                                                                        let vec20 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                            .into_boxed_slice();
                                                                        let ptr20 = vec20.as_ptr().cast::<u8>();
                                                                        let len20 = vec20.len();
                                                                        ::core::mem::forget(vec20);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len20;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr20.cast_mut();
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len22;
                                                        *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = result22;
                                                    }
                                                }
                                                *base
                                                    .add(9 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len23;
                                                *base
                                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result23;
                                                *base
                                                    .add(10 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<i32>() = _rt::as_i32(root13);
                                            }
                                        }
                                        *base
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len24;
                                        *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = result24;
                                        match base7 {
                                            Some(e) => {
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (1i32) as u8;
                                                let super::super::super::super::graftwork::strategy::expression::Graph {
                                                    nodes: nodes25,
                                                    root: root25,
                                                } = e;
                                                let vec35 = nodes25;
                                                let len35 = vec35.len();
                                                let layout35 = _rt::alloc::Layout::from_size_align(
                                                        vec35.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                        ::core::mem::size_of::<*const u8>(),
                                                    )
                                                    .unwrap();
                                                let (result35, _cleanup35) = graftwork_sdk::rt::Cleanup::new(
                                                    layout35,
                                                );
                                                if let Some(cleanup) = _cleanup35 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec35.into_iter().enumerate() {
                                                    let base = result35
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let super::super::super::super::graftwork::strategy::expression::Node {
                                                            op: op26,
                                                            inputs: inputs26,
                                                            attributes: attributes26,
                                                        } = e;
                                                        let vec27 = (op26.into_bytes()).into_boxed_slice();
                                                        let ptr27 = vec27.as_ptr().cast::<u8>();
                                                        let len27 = vec27.len();
                                                        ::core::mem::forget(vec27);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len27;
                                                        *base.add(0).cast::<*mut u8>() = ptr27.cast_mut();
                                                        let vec28 = <_ as Into<_rt::Vec<_>>>::into(inputs26)
                                                            .into_boxed_slice();
                                                        let ptr28 = vec28.as_ptr().cast::<u8>();
                                                        let len28 = vec28.len();
                                                        ::core::mem::forget(vec28);
                                                        *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len28;
                                                        *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr28.cast_mut();
                                                        let vec34 = attributes26;
                                                        let len34 = vec34.len();
                                                        let layout34 = _rt::alloc::Layout::from_size_align(
                                                                vec34.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                8,
                                                            )
                                                            .unwrap();
                                                        let (result34, _cleanup34) = graftwork_sdk::rt::Cleanup::new(
                                                            layout34,
                                                        );
                                                        if let Some(cleanup) = _cleanup34 {
                                                            cleanup.forget();
                                                        }
                                                        for (i, e) in vec34.into_iter().enumerate() {
                                                            let base = result34
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let (t29_0, t29_1) = e;
                                                                let vec30 = (t29_0.into_bytes()).into_boxed_slice();
                                                                let ptr30 = vec30.as_ptr().cast::<u8>();
                                                                let len30 = vec30.len();
                                                                ::core::mem::forget(vec30);
                                                                *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len30;
                                                                *base.add(0).cast::<*mut u8>() = ptr30.cast_mut();
                                                                use super::super::super::super::graftwork::strategy::expression::Attribute as V33;
                                                                match t29_1 {
                                                                    V33::Integer(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (0i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<i64>() = _rt::as_i64(e);
                                                                    }
                                                                    V33::Float(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (1i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<f64>() = _rt::as_f64(e);
                                                                    }
                                                                    V33::Text(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (2i32) as u8;
                                                                        let vec31 = (e.into_bytes()).into_boxed_slice();
                                                                        let ptr31 = vec31.as_ptr().cast::<u8>();
                                                                        let len31 = vec31.len();
                                                                        ::core::mem::forget(vec31);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len31;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr31.cast_mut();
                                                                    }
                                                                    V33::Integers(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (3i32) as u8;
                                                                        let vec32 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                            .into_boxed_slice();
                                                                        let ptr32 = vec32.as_ptr().cast::<u8>();
                                                                        let len32 = vec32.len();
                                                                        ::core::mem::forget(vec32);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len32;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr32.cast_mut();
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len34;
                                                        *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = result34;
                                                    }
                                                }
                                                *base
                                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len35;
                                                *base
                                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result35;
                                                *base
                                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<i32>() = _rt::as_i32(root25);
                                            }
                                            None => {
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                        let super::super::super::super::graftwork::strategy::expression::Graph {
                                            nodes: nodes36,
                                            root: root36,
                                        } = effective7;
                                        let vec46 = nodes36;
                                        let len46 = vec46.len();
                                        let layout46 = _rt::alloc::Layout::from_size_align(
                                                vec46.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                ::core::mem::size_of::<*const u8>(),
                                            )
                                            .unwrap();
                                        let (result46, _cleanup46) = graftwork_sdk::rt::Cleanup::new(
                                            layout46,
                                        );
                                        if let Some(cleanup) = _cleanup46 {
                                            cleanup.forget();
                                        }
                                        for (i, e) in vec46.into_iter().enumerate() {
                                            let base = result46
                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let super::super::super::super::graftwork::strategy::expression::Node {
                                                    op: op37,
                                                    inputs: inputs37,
                                                    attributes: attributes37,
                                                } = e;
                                                let vec38 = (op37.into_bytes()).into_boxed_slice();
                                                let ptr38 = vec38.as_ptr().cast::<u8>();
                                                let len38 = vec38.len();
                                                ::core::mem::forget(vec38);
                                                *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len38;
                                                *base.add(0).cast::<*mut u8>() = ptr38.cast_mut();
                                                let vec39 = <_ as Into<_rt::Vec<_>>>::into(inputs37)
                                                    .into_boxed_slice();
                                                let ptr39 = vec39.as_ptr().cast::<u8>();
                                                let len39 = vec39.len();
                                                ::core::mem::forget(vec39);
                                                *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len39;
                                                *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr39.cast_mut();
                                                let vec45 = attributes37;
                                                let len45 = vec45.len();
                                                let layout45 = _rt::alloc::Layout::from_size_align(
                                                        vec45.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                        8,
                                                    )
                                                    .unwrap();
                                                let (result45, _cleanup45) = graftwork_sdk::rt::Cleanup::new(
                                                    layout45,
                                                );
                                                if let Some(cleanup) = _cleanup45 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec45.into_iter().enumerate() {
                                                    let base = result45
                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let (t40_0, t40_1) = e;
                                                        let vec41 = (t40_0.into_bytes()).into_boxed_slice();
                                                        let ptr41 = vec41.as_ptr().cast::<u8>();
                                                        let len41 = vec41.len();
                                                        ::core::mem::forget(vec41);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len41;
                                                        *base.add(0).cast::<*mut u8>() = ptr41.cast_mut();
                                                        use super::super::super::super::graftwork::strategy::expression::Attribute as V44;
                                                        match t40_1 {
                                                            V44::Integer(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (0i32) as u8;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<i64>() = _rt::as_i64(e);
                                                            }
                                                            V44::Float(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (1i32) as u8;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<f64>() = _rt::as_f64(e);
                                                            }
                                                            V44::Text(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (2i32) as u8;
                                                                let vec42 = (e.into_bytes()).into_boxed_slice();
                                                                let ptr42 = vec42.as_ptr().cast::<u8>();
                                                                let len42 = vec42.len();
                                                                ::core::mem::forget(vec42);
                                                                *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len42;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = ptr42.cast_mut();
                                                            }
                                                            V44::Integers(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (3i32) as u8;
                                                                let vec43 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                    .into_boxed_slice();
                                                                let ptr43 = vec43.as_ptr().cast::<u8>();
                                                                let len43 = vec43.len();
                                                                ::core::mem::forget(vec43);
                                                                *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len43;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = ptr43.cast_mut();
                                                            }
                                                        }
                                                    }
                                                }
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len45;
                                                *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result45;
                                            }
                                        }
                                        *base
                                            .add(10 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len46;
                                        *base
                                            .add(9 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = result46;
                                        *base
                                            .add(11 * ::core::mem::size_of::<*const u8>())
                                            .cast::<i32>() = _rt::as_i32(root36);
                                    }
                                }
                                *ptr2
                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len47;
                                *ptr2
                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result47;
                                let vec50 = groups3;
                                let len50 = vec50.len();
                                let layout50 = _rt::alloc::Layout::from_size_align(
                                        vec50.len()
                                            * (24 + 2 * ::core::mem::size_of::<*const u8>()),
                                        8,
                                    )
                                    .unwrap();
                                let (result50, _cleanup50) = graftwork_sdk::rt::Cleanup::new(
                                    layout50,
                                );
                                if let Some(cleanup) = _cleanup50 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec50.into_iter().enumerate() {
                                    let base = result50
                                        .add(i * (24 + 2 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let super::super::super::super::graftwork::strategy::types::Group {
                                            name: name48,
                                            learning_rate_scale: learning_rate_scale48,
                                            weight_decay: weight_decay48,
                                        } = e;
                                        let vec49 = (name48.into_bytes()).into_boxed_slice();
                                        let ptr49 = vec49.as_ptr().cast::<u8>();
                                        let len49 = vec49.len();
                                        ::core::mem::forget(vec49);
                                        *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len49;
                                        *base.add(0).cast::<*mut u8>() = ptr49.cast_mut();
                                        *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<f64>() = _rt::as_f64(learning_rate_scale48);
                                        match weight_decay48 {
                                            Some(e) => {
                                                *base
                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (1i32) as u8;
                                                *base
                                                    .add(16 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<f64>() = _rt::as_f64(e);
                                            }
                                            None => {
                                                *base
                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                    }
                                }
                                *ptr2
                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len50;
                                *ptr2
                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result50;
                                let vec54 = metadata3;
                                let len54 = vec54.len();
                                let layout54 = _rt::alloc::Layout::from_size_align(
                                        vec54.len() * (4 * ::core::mem::size_of::<*const u8>()),
                                        ::core::mem::size_of::<*const u8>(),
                                    )
                                    .unwrap();
                                let (result54, _cleanup54) = graftwork_sdk::rt::Cleanup::new(
                                    layout54,
                                );
                                if let Some(cleanup) = _cleanup54 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec54.into_iter().enumerate() {
                                    let base = result54
                                        .add(i * (4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let (t51_0, t51_1) = e;
                                        let vec52 = (t51_0.into_bytes()).into_boxed_slice();
                                        let ptr52 = vec52.as_ptr().cast::<u8>();
                                        let len52 = vec52.len();
                                        ::core::mem::forget(vec52);
                                        *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len52;
                                        *base.add(0).cast::<*mut u8>() = ptr52.cast_mut();
                                        let vec53 = (t51_1.into_bytes()).into_boxed_slice();
                                        let ptr53 = vec53.as_ptr().cast::<u8>();
                                        let len53 = vec53.len();
                                        ::core::mem::forget(vec53);
                                        *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len53;
                                        *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr53.cast_mut();
                                    }
                                }
                                *ptr2
                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len54;
                                *ptr2
                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result54;
                            }
                            Err(e) => {
                                *ptr2.add(0).cast::<u8>() = (1i32) as u8;
                                use super::super::super::super::graftwork::strategy::types::Error as V60;
                                match e {
                                    V60::InvalidConfig(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (0i32) as u8;
                                        let super::super::super::super::graftwork::strategy::types::ConfigError {
                                            path: path55,
                                            message: message55,
                                        } = e;
                                        let vec56 = (path55.into_bytes()).into_boxed_slice();
                                        let ptr56 = vec56.as_ptr().cast::<u8>();
                                        let len56 = vec56.len();
                                        ::core::mem::forget(vec56);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len56;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr56.cast_mut();
                                        let vec57 = (message55.into_bytes()).into_boxed_slice();
                                        let ptr57 = vec57.as_ptr().cast::<u8>();
                                        let len57 = vec57.len();
                                        ::core::mem::forget(vec57);
                                        *ptr2
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len57;
                                        *ptr2
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr57.cast_mut();
                                    }
                                    V60::UnsupportedModel(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (1i32) as u8;
                                        let vec58 = (e.into_bytes()).into_boxed_slice();
                                        let ptr58 = vec58.as_ptr().cast::<u8>();
                                        let len58 = vec58.len();
                                        ::core::mem::forget(vec58);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len58;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr58.cast_mut();
                                    }
                                    V60::Internal(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (2i32) as u8;
                                        let vec59 = (e.into_bytes()).into_boxed_slice();
                                        let ptr59 = vec59.as_ptr().cast::<u8>();
                                        let len59 = vec59.len();
                                        ::core::mem::forget(vec59);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len59;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr59.cast_mut();
                                    }
                                }
                            }
                        };
                        ptr2
                    }
                }
                #[doc(hidden)]
                #[allow(non_snake_case)]
                pub unsafe fn __post_return_plan<T_: Guest>(arg0: *mut u8) {
                    unsafe {
                        let l0 = i32::from(*arg0.add(0).cast::<u8>());
                        match l0 {
                            0 => {
                                let l1 = *arg0
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l2 = *arg0
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base6 = l1;
                                let len6 = l2;
                                for i in 0..len6 {
                                    let base = base6
                                        .add(i * (4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l3 = i32::from(
                                            *base.add(::core::mem::size_of::<*const u8>()).cast::<u8>(),
                                        );
                                        match l3 {
                                            0 => {}
                                            _ => {
                                                let l4 = *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l5 = *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l4, l5, 1);
                                            }
                                        }
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base6,
                                    len6 * (4 * ::core::mem::size_of::<*const u8>()),
                                    ::core::mem::size_of::<*const u8>(),
                                );
                                let l7 = *arg0
                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l8 = *arg0
                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base80 = l7;
                                let len80 = l8;
                                for i in 0..len80 {
                                    let base = base80
                                        .add(i * (12 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l9 = *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l10 = *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l9, l10, 1);
                                        let l11 = *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l12 = *base
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        let base40 = l11;
                                        let len40 = l12;
                                        for i in 0..len40 {
                                            let base = base40
                                                .add(i * (11 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let l13 = *base.add(0).cast::<*mut u8>();
                                                let l14 = *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l13, l14, 1);
                                                let l15 = *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l16 = *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base17 = l15;
                                                let len17 = l16;
                                                _rt::cabi_dealloc(base17, len17 * 4, 4);
                                                let l18 = i32::from(
                                                    *base
                                                        .add(5 * ::core::mem::size_of::<*const u8>())
                                                        .cast::<u8>(),
                                                );
                                                match l18 {
                                                    0 => {}
                                                    _ => {
                                                        let l19 = *base
                                                            .add(6 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l20 = *base
                                                            .add(7 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l19, l20, 1);
                                                    }
                                                }
                                                let l21 = *base
                                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l22 = *base
                                                    .add(9 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base39 = l21;
                                                let len39 = l22;
                                                for i in 0..len39 {
                                                    let base = base39
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l23 = *base.add(0).cast::<*mut u8>();
                                                        let l24 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l23, l24, 1);
                                                        let l25 = *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l26 = *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base27 = l25;
                                                        let len27 = l26;
                                                        _rt::cabi_dealloc(base27, len27 * 4, 4);
                                                        let l28 = *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l29 = *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base38 = l28;
                                                        let len38 = l29;
                                                        for i in 0..len38 {
                                                            let base = base38
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let l30 = *base.add(0).cast::<*mut u8>();
                                                                let l31 = *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l30, l31, 1);
                                                                let l32 = i32::from(
                                                                    *base
                                                                        .add(2 * ::core::mem::size_of::<*const u8>())
                                                                        .cast::<u8>(),
                                                                );
                                                                match l32 {
                                                                    0 => {}
                                                                    1 => {}
                                                                    2 => {
                                                                        let l33 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l34 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        _rt::cabi_dealloc(l33, l34, 1);
                                                                    }
                                                                    _ => {
                                                                        let l35 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l36 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        let base37 = l35;
                                                                        let len37 = l36;
                                                                        _rt::cabi_dealloc(base37, len37 * 8, 8);
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        _rt::cabi_dealloc(
                                                            base38,
                                                            len38 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                            8,
                                                        );
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base39,
                                                    len39 * (6 * ::core::mem::size_of::<*const u8>()),
                                                    ::core::mem::size_of::<*const u8>(),
                                                );
                                            }
                                        }
                                        _rt::cabi_dealloc(
                                            base40,
                                            len40 * (11 * ::core::mem::size_of::<*const u8>()),
                                            ::core::mem::size_of::<*const u8>(),
                                        );
                                        let l41 = i32::from(
                                            *base
                                                .add(5 * ::core::mem::size_of::<*const u8>())
                                                .cast::<u8>(),
                                        );
                                        match l41 {
                                            0 => {}
                                            _ => {
                                                let l42 = *base
                                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l43 = *base
                                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base60 = l42;
                                                let len60 = l43;
                                                for i in 0..len60 {
                                                    let base = base60
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l44 = *base.add(0).cast::<*mut u8>();
                                                        let l45 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l44, l45, 1);
                                                        let l46 = *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l47 = *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base48 = l46;
                                                        let len48 = l47;
                                                        _rt::cabi_dealloc(base48, len48 * 4, 4);
                                                        let l49 = *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l50 = *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base59 = l49;
                                                        let len59 = l50;
                                                        for i in 0..len59 {
                                                            let base = base59
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let l51 = *base.add(0).cast::<*mut u8>();
                                                                let l52 = *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l51, l52, 1);
                                                                let l53 = i32::from(
                                                                    *base
                                                                        .add(2 * ::core::mem::size_of::<*const u8>())
                                                                        .cast::<u8>(),
                                                                );
                                                                match l53 {
                                                                    0 => {}
                                                                    1 => {}
                                                                    2 => {
                                                                        let l54 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l55 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        _rt::cabi_dealloc(l54, l55, 1);
                                                                    }
                                                                    _ => {
                                                                        let l56 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l57 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        let base58 = l56;
                                                                        let len58 = l57;
                                                                        _rt::cabi_dealloc(base58, len58 * 8, 8);
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        _rt::cabi_dealloc(
                                                            base59,
                                                            len59 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                            8,
                                                        );
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base60,
                                                    len60 * (6 * ::core::mem::size_of::<*const u8>()),
                                                    ::core::mem::size_of::<*const u8>(),
                                                );
                                            }
                                        }
                                        let l61 = *base
                                            .add(9 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l62 = *base
                                            .add(10 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        let base79 = l61;
                                        let len79 = l62;
                                        for i in 0..len79 {
                                            let base = base79
                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let l63 = *base.add(0).cast::<*mut u8>();
                                                let l64 = *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l63, l64, 1);
                                                let l65 = *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l66 = *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base67 = l65;
                                                let len67 = l66;
                                                _rt::cabi_dealloc(base67, len67 * 4, 4);
                                                let l68 = *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l69 = *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base78 = l68;
                                                let len78 = l69;
                                                for i in 0..len78 {
                                                    let base = base78
                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l70 = *base.add(0).cast::<*mut u8>();
                                                        let l71 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l70, l71, 1);
                                                        let l72 = i32::from(
                                                            *base
                                                                .add(2 * ::core::mem::size_of::<*const u8>())
                                                                .cast::<u8>(),
                                                        );
                                                        match l72 {
                                                            0 => {}
                                                            1 => {}
                                                            2 => {
                                                                let l73 = *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l74 = *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l73, l74, 1);
                                                            }
                                                            _ => {
                                                                let l75 = *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l76 = *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                let base77 = l75;
                                                                let len77 = l76;
                                                                _rt::cabi_dealloc(base77, len77 * 8, 8);
                                                            }
                                                        }
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base78,
                                                    len78 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                    8,
                                                );
                                            }
                                        }
                                        _rt::cabi_dealloc(
                                            base79,
                                            len79 * (6 * ::core::mem::size_of::<*const u8>()),
                                            ::core::mem::size_of::<*const u8>(),
                                        );
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base80,
                                    len80 * (12 * ::core::mem::size_of::<*const u8>()),
                                    ::core::mem::size_of::<*const u8>(),
                                );
                                let l81 = *arg0
                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l82 = *arg0
                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base85 = l81;
                                let len85 = l82;
                                for i in 0..len85 {
                                    let base = base85
                                        .add(i * (24 + 2 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l83 = *base.add(0).cast::<*mut u8>();
                                        let l84 = *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l83, l84, 1);
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base85,
                                    len85 * (24 + 2 * ::core::mem::size_of::<*const u8>()),
                                    8,
                                );
                                let l86 = *arg0
                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l87 = *arg0
                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base92 = l86;
                                let len92 = l87;
                                for i in 0..len92 {
                                    let base = base92
                                        .add(i * (4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l88 = *base.add(0).cast::<*mut u8>();
                                        let l89 = *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l88, l89, 1);
                                        let l90 = *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l91 = *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l90, l91, 1);
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base92,
                                    len92 * (4 * ::core::mem::size_of::<*const u8>()),
                                    ::core::mem::size_of::<*const u8>(),
                                );
                            }
                            _ => {
                                let l93 = i32::from(
                                    *arg0.add(::core::mem::size_of::<*const u8>()).cast::<u8>(),
                                );
                                match l93 {
                                    0 => {
                                        let l94 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l95 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l94, l95, 1);
                                        let l96 = *arg0
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l97 = *arg0
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l96, l97, 1);
                                    }
                                    1 => {
                                        let l98 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l99 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l98, l99, 1);
                                    }
                                    _ => {
                                        let l100 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l101 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l100, l101, 1);
                                    }
                                }
                            }
                        }
                    }
                }
                pub trait Guest {
                    #[allow(async_fn_in_trait)]
                    fn plan(
                        config: _rt::String,
                    ) -> ::core::result::Result<StrategyPlan, Error>;
                }
                #[doc(hidden)]
                #[macro_export]
                macro_rules! __export_graftwork_strategy_strategy_0_1_0_cabi {
                    ($ty:ident with_types_in $($path_to_types:tt)*) => {
                        const _ : () = { #[unsafe (export_name =
                        "graftwork:strategy/strategy@0.1.0#plan")] unsafe extern "C" fn
                        export_plan(arg0 : * mut u8, arg1 : usize,) -> * mut u8 { unsafe
                        { $($path_to_types)*:: _export_plan_cabi::<$ty > (arg0, arg1) } }
                        #[unsafe (export_name =
                        "cabi_post_graftwork:strategy/strategy@0.1.0#plan")] unsafe
                        extern "C" fn _post_return_plan(arg0 : * mut u8,) { unsafe {
                        $($path_to_types)*:: __post_return_plan::<$ty > (arg0) } } };
                    };
                }
                #[doc(hidden)]
                pub use __export_graftwork_strategy_strategy_0_1_0_cabi;
                #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                struct _RetArea(
                    [::core::mem::MaybeUninit<
                        u8,
                    >; 9 * ::core::mem::size_of::<*const u8>()],
                );
                static mut _RET_AREA: _RetArea = _RetArea(
                    [::core::mem::MaybeUninit::uninit(); 9
                        * ::core::mem::size_of::<*const u8>()],
                );
            }
        }
    }
}
mod _rt {
    #![allow(dead_code, unused_imports, clippy::all)]
    pub use alloc_crate::string::String;
    pub use alloc_crate::vec::Vec;
    pub unsafe fn string_lift(bytes: Vec<u8>) -> String {
        if cfg!(debug_assertions) {
            String::from_utf8(bytes).unwrap()
        } else {
            unsafe { String::from_utf8_unchecked(bytes) }
        }
    }
    pub unsafe fn invalid_enum_discriminant<T>() -> T {
        if cfg!(debug_assertions) {
            panic!("invalid enum discriminant")
        } else {
            unsafe { core::hint::unreachable_unchecked() }
        }
    }
    pub unsafe fn cabi_dealloc(ptr: *mut u8, size: usize, align: usize) {
        if size == 0 {
            return;
        }
        unsafe {
            let layout = alloc::Layout::from_size_align_unchecked(size, align);
            alloc::dealloc(ptr, layout);
        }
    }
    pub fn as_i32<T: AsI32>(t: T) -> i32 {
        t.as_i32()
    }
    pub trait AsI32 {
        fn as_i32(self) -> i32;
    }
    impl<'a, T: Copy + AsI32> AsI32 for &'a T {
        fn as_i32(self) -> i32 {
            (*self).as_i32()
        }
    }
    impl AsI32 for i32 {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    impl AsI32 for u32 {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    impl AsI32 for i16 {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    impl AsI32 for u16 {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    impl AsI32 for i8 {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    impl AsI32 for u8 {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    impl AsI32 for char {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    impl AsI32 for usize {
        #[inline]
        fn as_i32(self) -> i32 {
            self as i32
        }
    }
    #[cfg(target_arch = "wasm32")]
    pub fn run_ctors_once() {
        graftwork_sdk::rt::run_ctors_once();
    }
    pub use alloc_crate::alloc;
    pub fn as_i64<T: AsI64>(t: T) -> i64 {
        t.as_i64()
    }
    pub trait AsI64 {
        fn as_i64(self) -> i64;
    }
    impl<'a, T: Copy + AsI64> AsI64 for &'a T {
        fn as_i64(self) -> i64 {
            (*self).as_i64()
        }
    }
    impl AsI64 for i64 {
        #[inline]
        fn as_i64(self) -> i64 {
            self as i64
        }
    }
    impl AsI64 for u64 {
        #[inline]
        fn as_i64(self) -> i64 {
            self as i64
        }
    }
    pub fn as_f64<T: AsF64>(t: T) -> f64 {
        t.as_f64()
    }
    pub trait AsF64 {
        fn as_f64(self) -> f64;
    }
    impl<'a, T: Copy + AsF64> AsF64 for &'a T {
        fn as_f64(self) -> f64 {
            (*self).as_f64()
        }
    }
    impl AsF64 for f64 {
        #[inline]
        fn as_f64(self) -> f64 {
            self as f64
        }
    }
    extern crate alloc as alloc_crate;
}
/// Generates `#[unsafe(no_mangle)]` functions to export the specified type as
/// the root implementation of all generated traits.
///
/// For more information see the documentation of `wit_bindgen::generate!`.
///
/// ```rust
/// # macro_rules! __export_strategy_plugin{ ($($t:tt)*) => (); }
/// # trait Guest {}
/// struct MyType;
///
/// impl Guest for MyType {
///     // ...
/// }
///
/// __export_strategy_plugin!(MyType);
/// ```
#[allow(unused_macros)]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_strategy_plugin_impl {
    ($ty:ident) => {
        graftwork_sdk::bindings::strategy::__export_strategy_plugin!($ty with_types_in
        graftwork_sdk::bindings::strategy);
    };
    ($ty:ident with_types_in $($path_to_types_root:tt)*) => {
        $($path_to_types_root)*::
        exports::graftwork::strategy::plugin::__export_strategy_world_plugin_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::plugin);
        $($path_to_types_root)*::
        exports::graftwork::strategy::strategy::__export_graftwork_strategy_strategy_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::strategy);
        const _ : () = { #[cfg(target_arch = "wasm32")] #[unsafe (link_section =
        "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:strategy-plugin:imports and exports")]
        #[doc(hidden)] #[allow(clippy::octal_escapes)] pub static
        __WIT_BINDGEN_COMPONENT_TYPE : [u8; 1758] = *
        b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xd8\x0c\x01A\x02\x01\
A\x17\x01B\x0d\x01y\x04\0\x08param-id\x03\0\0\x01py\x01ky\x01k\x01\x01r\x06\x04n\
ames\x05shape\x02\x05dtypes\x04roles\x05layer\x03\x07tied-to\x04\x04\0\x05param\x03\
\0\x05\x01p\x06\x01@\0\0\x07\x04\0\x06params\x01\x08\x01@\0\0s\x04\0\x06config\x01\
\x09\x04\0\x0carchitecture\x01\x09\x03\0\x1egraftwork:strategy/model@0.1.0\x05\0\
\x02\x03\0\0\x08param-id\x01B\x0a\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x01\
j\x01u\x01s\x01@\x01\x05param\x01\0\x02\x04\0\x04norm\x01\x03\x01pu\x01j\x01\x04\
\x01s\x01@\x02\x05param\x01\x05county\0\x05\x04\0\x0fsingular-values\x01\x06\x04\
\0\x0dgradient-norm\x01\x03\x03\0\x1egraftwork:strategy/stats@0.1.0\x05\x02\x01B\
\x0a\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x01ky\x01ku\x01r\x03\x05param\
\x01\x04rank\x02\x05alpha\x03\x04\0\x06choice\x03\0\x04\x01p\x05\x01k\x06\x01@\0\
\0\x07\x04\0\x07choices\x01\x08\x03\0\"graftwork:strategy/selection@0.1.0\x05\x03\
\x01B\x02\x01@\0\0w\x04\0\x04next\x01\0\x03\0\x1fgraftwork:strategy/random@0.1.0\
\x05\x04\x01B\x04\x01m\x03\x05debug\x04info\x04warn\x04\0\x05level\x03\0\0\x01@\x02\
\x05level\x01\x07messages\x01\0\x04\0\x04emit\x01\x02\x03\0\x1cgraftwork:strateg\
y/log@0.1.0\x05\x05\x01B\x0d\x01y\x04\0\x07node-id\x03\0\0\x01px\x01q\x04\x07int\
eger\x01x\0\x05float\x01u\0\x04text\x01s\0\x08integers\x01\x02\0\x04\0\x09attrib\
ute\x03\0\x03\x01p\x01\x01o\x02s\x04\x01p\x06\x01r\x03\x02ops\x06inputs\x05\x0aa\
ttributes\x07\x04\0\x04node\x03\0\x08\x01p\x09\x01r\x02\x05nodes\x0a\x04root\x01\
\x04\0\x05graph\x03\0\x0b\x03\0#graftwork:strategy/expression@0.1.0\x05\x06\x02\x03\
\0\x05\x05graph\x01B\x1e\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x02\x03\x02\
\x01\x07\x04\0\x05graph\x03\0\x02\x01r\x02\x04paths\x07messages\x04\0\x0cconfig-\
error\x03\0\x04\x01q\x03\x0einvalid-config\x01\x05\0\x11unsupported-model\x01s\0\
\x08internal\x01s\0\x04\0\x05error\x03\0\x06\x01py\x01ks\x01r\x05\x04names\x05sh\
ape\x08\x09trainable\x7f\x05group\x09\x04init\x03\x04\0\x0eadapter-tensor\x03\0\x0a\
\x01p\x0b\x01k\x03\x01r\x05\x06target\x01\x04kinds\x07tensors\x0c\x04base\x0d\x09\
effective\x03\x04\0\x07adapter\x03\0\x0e\x01r\x02\x05param\x01\x05group\x09\x04\0\
\x09trainable\x03\0\x10\x01ku\x01r\x03\x04names\x13learning-rate-scaleu\x0cweigh\
t-decay\x12\x04\0\x05group\x03\0\x13\x01p\x11\x01p\x0f\x01p\x14\x01o\x02ss\x01p\x18\
\x01r\x04\x09trainable\x15\x08adapters\x16\x06groups\x17\x08metadata\x19\x04\0\x0d\
strategy-plan\x03\0\x1a\x01r\x04\x04names\x07versions\x07summarys\x0dconfig-sche\
mas\x04\0\x0adescriptor\x03\0\x1c\x03\0\x1egraftwork:strategy/types@0.1.0\x05\x08\
\x02\x03\0\x06\x0adescriptor\x01B\x04\x02\x03\x02\x01\x09\x04\0\x0adescriptor\x03\
\0\0\x01@\0\0\x01\x04\0\x08describe\x01\x02\x04\0\x1fgraftwork:strategy/plugin@0\
.1.0\x05\x0a\x02\x03\0\x06\x0dstrategy-plan\x02\x03\0\x06\x05error\x01B\x07\x02\x03\
\x02\x01\x0b\x04\0\x0dstrategy-plan\x03\0\0\x02\x03\x02\x01\x0c\x04\0\x05error\x03\
\0\x02\x01j\x01\x01\x01\x03\x01@\x01\x06configs\0\x04\x04\0\x04plan\x01\x05\x04\0\
!graftwork:strategy/strategy@0.1.0\x05\x0d\x04\0(graftwork:strategy/strategy-plu\
gin@0.1.0\x04\0\x0b\x15\x01\0\x0fstrategy-plugin\x03\0\0\0G\x09producers\x01\x0c\
processed-by\x02\x0dwit-component\x070.258.3\x10wit-bindgen-rust\x060.61.1";
        };
    };
}
#[doc(inline)]
pub use __export_strategy_plugin_impl as __export_strategy_plugin;
#[cfg(target_arch = "wasm32")]
#[unsafe(
    link_section = "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:strategy-plugin-with-all-of-its-exports-removed:encoded world"
)]
#[doc(hidden)]
#[allow(clippy::octal_escapes)]
pub static __WIT_BINDGEN_COMPONENT_TYPE: [u8; 1592] = *b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\x92\x0b\x01A\x02\x01\
A\x10\x01B\x0d\x01y\x04\0\x08param-id\x03\0\0\x01py\x01ky\x01k\x01\x01r\x06\x04n\
ames\x05shape\x02\x05dtypes\x04roles\x05layer\x03\x07tied-to\x04\x04\0\x05param\x03\
\0\x05\x01p\x06\x01@\0\0\x07\x04\0\x06params\x01\x08\x01@\0\0s\x04\0\x06config\x01\
\x09\x04\0\x0carchitecture\x01\x09\x03\0\x1egraftwork:strategy/model@0.1.0\x05\0\
\x02\x03\0\0\x08param-id\x01B\x0a\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x01\
j\x01u\x01s\x01@\x01\x05param\x01\0\x02\x04\0\x04norm\x01\x03\x01pu\x01j\x01\x04\
\x01s\x01@\x02\x05param\x01\x05county\0\x05\x04\0\x0fsingular-values\x01\x06\x04\
\0\x0dgradient-norm\x01\x03\x03\0\x1egraftwork:strategy/stats@0.1.0\x05\x02\x01B\
\x0a\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x01ky\x01ku\x01r\x03\x05param\
\x01\x04rank\x02\x05alpha\x03\x04\0\x06choice\x03\0\x04\x01p\x05\x01k\x06\x01@\0\
\0\x07\x04\0\x07choices\x01\x08\x03\0\"graftwork:strategy/selection@0.1.0\x05\x03\
\x01B\x02\x01@\0\0w\x04\0\x04next\x01\0\x03\0\x1fgraftwork:strategy/random@0.1.0\
\x05\x04\x01B\x04\x01m\x03\x05debug\x04info\x04warn\x04\0\x05level\x03\0\0\x01@\x02\
\x05level\x01\x07messages\x01\0\x04\0\x04emit\x01\x02\x03\0\x1cgraftwork:strateg\
y/log@0.1.0\x05\x05\x01B\x0d\x01y\x04\0\x07node-id\x03\0\0\x01px\x01q\x04\x07int\
eger\x01x\0\x05float\x01u\0\x04text\x01s\0\x08integers\x01\x02\0\x04\0\x09attrib\
ute\x03\0\x03\x01p\x01\x01o\x02s\x04\x01p\x06\x01r\x03\x02ops\x06inputs\x05\x0aa\
ttributes\x07\x04\0\x04node\x03\0\x08\x01p\x09\x01r\x02\x05nodes\x0a\x04root\x01\
\x04\0\x05graph\x03\0\x0b\x03\0#graftwork:strategy/expression@0.1.0\x05\x06\x02\x03\
\0\x05\x05graph\x01B\x1e\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x02\x03\x02\
\x01\x07\x04\0\x05graph\x03\0\x02\x01r\x02\x04paths\x07messages\x04\0\x0cconfig-\
error\x03\0\x04\x01q\x03\x0einvalid-config\x01\x05\0\x11unsupported-model\x01s\0\
\x08internal\x01s\0\x04\0\x05error\x03\0\x06\x01py\x01ks\x01r\x05\x04names\x05sh\
ape\x08\x09trainable\x7f\x05group\x09\x04init\x03\x04\0\x0eadapter-tensor\x03\0\x0a\
\x01p\x0b\x01k\x03\x01r\x05\x06target\x01\x04kinds\x07tensors\x0c\x04base\x0d\x09\
effective\x03\x04\0\x07adapter\x03\0\x0e\x01r\x02\x05param\x01\x05group\x09\x04\0\
\x09trainable\x03\0\x10\x01ku\x01r\x03\x04names\x13learning-rate-scaleu\x0cweigh\
t-decay\x12\x04\0\x05group\x03\0\x13\x01p\x11\x01p\x0f\x01p\x14\x01o\x02ss\x01p\x18\
\x01r\x04\x09trainable\x15\x08adapters\x16\x06groups\x17\x08metadata\x19\x04\0\x0d\
strategy-plan\x03\0\x1a\x01r\x04\x04names\x07versions\x07summarys\x0dconfig-sche\
mas\x04\0\x0adescriptor\x03\0\x1c\x03\0\x1egraftwork:strategy/types@0.1.0\x05\x08\
\x04\0Hgraftwork:strategy/strategy-plugin-with-all-of-its-exports-removed@0.1.0\x04\
\0\x0b5\x01\0/strategy-plugin-with-all-of-its-exports-removed\x03\0\0\0G\x09prod\
ucers\x01\x0cprocessed-by\x02\x0dwit-component\x070.258.3\x10wit-bindgen-rust\x06\
0.61.1";
#[inline(never)]
#[doc(hidden)]
pub fn __link_custom_section_describing_imports() {
    graftwork_sdk::rt::maybe_link_cabi_realloc();
}
