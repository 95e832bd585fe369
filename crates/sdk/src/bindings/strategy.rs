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
        /// The run that a controller steers; there is nothing outside of one.
        #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
        pub mod training {
            #[used]
            #[doc(hidden)]
            static __FORCE_SECTION_REF: fn() = super::super::super::__link_custom_section_describing_imports;
            use super::super::super::_rt;
            pub type ParamId = super::super::super::graftwork::strategy::model::ParamId;
            #[allow(unused_unsafe, clippy::all)]
            /// Parameters that the plan trains, themselves or through an adapter, frozen for now or not.
            #[allow(async_fn_in_trait)]
            pub fn trained() -> _rt::Vec<ParamId> {
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
                    #[link(wasm_import_module = "graftwork:strategy/training@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "trained"]
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
                    let result5 = <_ as From<
                        _rt::Vec<_>,
                    >>::from(_rt::Vec::from_raw_parts(l2.cast(), len4, len4));
                    result5
                }
            }
            #[allow(unused_unsafe, clippy::all)]
            /// Values of a tensor that the parameter's adapter keeps by an `update` and that its weight does not depend on.
            #[allow(async_fn_in_trait)]
            pub fn scores(
                param: ParamId,
                tensor: &str,
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
                    let vec0 = tensor;
                    let ptr0 = vec0.as_ptr().cast::<u8>();
                    let len0 = vec0.len();
                    let ptr1 = ret_area.0.as_mut_ptr().cast::<u8>();
                    #[cfg(target_arch = "wasm32")]
                    #[link(wasm_import_module = "graftwork:strategy/training@0.1.0")]
                    unsafe extern "C" {
                        #[link_name = "scores"]
                        fn wit_import2(_: i32, _: *mut u8, _: usize, _: *mut u8);
                    }
                    #[cfg(not(target_arch = "wasm32"))]
                    unsafe extern "C" fn wit_import2(
                        _: i32,
                        _: *mut u8,
                        _: usize,
                        _: *mut u8,
                    ) {
                        unreachable!()
                    }
                    wit_import2(_rt::as_i32(param), ptr0.cast_mut(), len0, ptr1);
                    let l3 = i32::from(*ptr1.add(0).cast::<u8>());
                    let result10 = match l3 {
                        0 => {
                            let e = {
                                let l4 = *ptr1
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l5 = *ptr1
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let len6 = l5;
                                <_ as From<
                                    _rt::Vec<_>,
                                >>::from(_rt::Vec::from_raw_parts(l4.cast(), len6, len6))
                            };
                            Ok(e)
                        }
                        1 => {
                            let e = {
                                let l7 = *ptr1
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l8 = *ptr1
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let len9 = l8;
                                let bytes9 = _rt::Vec::from_raw_parts(
                                    l7.cast(),
                                    len9,
                                    len9,
                                );
                                _rt::string_lift(bytes9)
                            };
                            Err(e)
                        }
                        _ => _rt::invalid_enum_discriminant(),
                    };
                    result10
                }
            }
        }
        /// Seeded from the run: the same run always gives the same numbers. A controller has others at every step.
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
                /// The value at step 0, over `base`; random ops draw from the run's seed. That of a shared tensor is over nothing.
                pub init: Graph,
                /// For a tensor that does not train: its value after each update of the run, over `base`, the adapter's tensors and
                /// their `gradient`s. Tensors are updated in their order; each sees the new values of those before it.
                pub update: ::core::option::Option<Graph>,
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
                        .field("update", &self.update)
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
                /// A number that is added to the loss of every update, over `base` and the tensors.
                pub penalty: ::core::option::Option<Graph>,
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
                        .field("penalty", &self.penalty)
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
                /// Tensors of the model as a whole: every adapter's expressions may use them, by `shared` with their name.
                pub shared: _rt::Vec<AdapterTensor>,
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
                        .field("shared", &self.shared)
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
                                    shared: shared3,
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
                                let vec33 = shared3;
                                let len33 = vec33.len();
                                let layout33 = _rt::alloc::Layout::from_size_align(
                                        vec33.len() * (15 * ::core::mem::size_of::<*const u8>()),
                                        ::core::mem::size_of::<*const u8>(),
                                    )
                                    .unwrap();
                                let (result33, _cleanup33) = graftwork_sdk::rt::Cleanup::new(
                                    layout33,
                                );
                                if let Some(cleanup) = _cleanup33 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec33.into_iter().enumerate() {
                                    let base = result33
                                        .add(i * (15 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let super::super::super::super::graftwork::strategy::types::AdapterTensor {
                                            name: name7,
                                            shape: shape7,
                                            trainable: trainable7,
                                            group: group7,
                                            init: init7,
                                            update: update7,
                                        } = e;
                                        let vec8 = (name7.into_bytes()).into_boxed_slice();
                                        let ptr8 = vec8.as_ptr().cast::<u8>();
                                        let len8 = vec8.len();
                                        ::core::mem::forget(vec8);
                                        *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len8;
                                        *base.add(0).cast::<*mut u8>() = ptr8.cast_mut();
                                        let vec9 = <_ as Into<_rt::Vec<_>>>::into(shape7)
                                            .into_boxed_slice();
                                        let ptr9 = vec9.as_ptr().cast::<u8>();
                                        let len9 = vec9.len();
                                        ::core::mem::forget(vec9);
                                        *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len9;
                                        *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr9.cast_mut();
                                        *base
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (match trainable7 {
                                            true => 1,
                                            false => 0,
                                        }) as u8;
                                        match group7 {
                                            Some(e) => {
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (1i32) as u8;
                                                let vec10 = (e.into_bytes()).into_boxed_slice();
                                                let ptr10 = vec10.as_ptr().cast::<u8>();
                                                let len10 = vec10.len();
                                                ::core::mem::forget(vec10);
                                                *base
                                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len10;
                                                *base
                                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr10.cast_mut();
                                            }
                                            None => {
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                        let super::super::super::super::graftwork::strategy::expression::Graph {
                                            nodes: nodes11,
                                            root: root11,
                                        } = init7;
                                        let vec21 = nodes11;
                                        let len21 = vec21.len();
                                        let layout21 = _rt::alloc::Layout::from_size_align(
                                                vec21.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                ::core::mem::size_of::<*const u8>(),
                                            )
                                            .unwrap();
                                        let (result21, _cleanup21) = graftwork_sdk::rt::Cleanup::new(
                                            layout21,
                                        );
                                        if let Some(cleanup) = _cleanup21 {
                                            cleanup.forget();
                                        }
                                        for (i, e) in vec21.into_iter().enumerate() {
                                            let base = result21
                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let super::super::super::super::graftwork::strategy::expression::Node {
                                                    op: op12,
                                                    inputs: inputs12,
                                                    attributes: attributes12,
                                                } = e;
                                                let vec13 = (op12.into_bytes()).into_boxed_slice();
                                                let ptr13 = vec13.as_ptr().cast::<u8>();
                                                let len13 = vec13.len();
                                                ::core::mem::forget(vec13);
                                                *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len13;
                                                *base.add(0).cast::<*mut u8>() = ptr13.cast_mut();
                                                let vec14 = <_ as Into<_rt::Vec<_>>>::into(inputs12)
                                                    .into_boxed_slice();
                                                let ptr14 = vec14.as_ptr().cast::<u8>();
                                                let len14 = vec14.len();
                                                ::core::mem::forget(vec14);
                                                *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len14;
                                                *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr14.cast_mut();
                                                let vec20 = attributes12;
                                                let len20 = vec20.len();
                                                let layout20 = _rt::alloc::Layout::from_size_align(
                                                        vec20.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                        8,
                                                    )
                                                    .unwrap();
                                                let (result20, _cleanup20) = graftwork_sdk::rt::Cleanup::new(
                                                    layout20,
                                                );
                                                if let Some(cleanup) = _cleanup20 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec20.into_iter().enumerate() {
                                                    let base = result20
                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let (t15_0, t15_1) = e;
                                                        let vec16 = (t15_0.into_bytes()).into_boxed_slice();
                                                        let ptr16 = vec16.as_ptr().cast::<u8>();
                                                        let len16 = vec16.len();
                                                        ::core::mem::forget(vec16);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len16;
                                                        *base.add(0).cast::<*mut u8>() = ptr16.cast_mut();
                                                        use super::super::super::super::graftwork::strategy::expression::Attribute as V19;
                                                        match t15_1 {
                                                            V19::Integer(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (0i32) as u8;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<i64>() = _rt::as_i64(e);
                                                            }
                                                            V19::Float(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (1i32) as u8;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<f64>() = _rt::as_f64(e);
                                                            }
                                                            V19::Text(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (2i32) as u8;
                                                                let vec17 = (e.into_bytes()).into_boxed_slice();
                                                                let ptr17 = vec17.as_ptr().cast::<u8>();
                                                                let len17 = vec17.len();
                                                                ::core::mem::forget(vec17);
                                                                *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len17;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = ptr17.cast_mut();
                                                            }
                                                            V19::Integers(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (3i32) as u8;
                                                                let vec18 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                    .into_boxed_slice();
                                                                let ptr18 = vec18.as_ptr().cast::<u8>();
                                                                let len18 = vec18.len();
                                                                ::core::mem::forget(vec18);
                                                                *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len18;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = ptr18.cast_mut();
                                                            }
                                                        }
                                                    }
                                                }
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len20;
                                                *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result20;
                                            }
                                        }
                                        *base
                                            .add(9 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len21;
                                        *base
                                            .add(8 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = result21;
                                        *base
                                            .add(10 * ::core::mem::size_of::<*const u8>())
                                            .cast::<i32>() = _rt::as_i32(root11);
                                        match update7 {
                                            Some(e) => {
                                                *base
                                                    .add(11 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (1i32) as u8;
                                                let super::super::super::super::graftwork::strategy::expression::Graph {
                                                    nodes: nodes22,
                                                    root: root22,
                                                } = e;
                                                let vec32 = nodes22;
                                                let len32 = vec32.len();
                                                let layout32 = _rt::alloc::Layout::from_size_align(
                                                        vec32.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                        ::core::mem::size_of::<*const u8>(),
                                                    )
                                                    .unwrap();
                                                let (result32, _cleanup32) = graftwork_sdk::rt::Cleanup::new(
                                                    layout32,
                                                );
                                                if let Some(cleanup) = _cleanup32 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec32.into_iter().enumerate() {
                                                    let base = result32
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let super::super::super::super::graftwork::strategy::expression::Node {
                                                            op: op23,
                                                            inputs: inputs23,
                                                            attributes: attributes23,
                                                        } = e;
                                                        let vec24 = (op23.into_bytes()).into_boxed_slice();
                                                        let ptr24 = vec24.as_ptr().cast::<u8>();
                                                        let len24 = vec24.len();
                                                        ::core::mem::forget(vec24);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len24;
                                                        *base.add(0).cast::<*mut u8>() = ptr24.cast_mut();
                                                        let vec25 = <_ as Into<_rt::Vec<_>>>::into(inputs23)
                                                            .into_boxed_slice();
                                                        let ptr25 = vec25.as_ptr().cast::<u8>();
                                                        let len25 = vec25.len();
                                                        ::core::mem::forget(vec25);
                                                        *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len25;
                                                        *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr25.cast_mut();
                                                        let vec31 = attributes23;
                                                        let len31 = vec31.len();
                                                        let layout31 = _rt::alloc::Layout::from_size_align(
                                                                vec31.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                8,
                                                            )
                                                            .unwrap();
                                                        let (result31, _cleanup31) = graftwork_sdk::rt::Cleanup::new(
                                                            layout31,
                                                        );
                                                        if let Some(cleanup) = _cleanup31 {
                                                            cleanup.forget();
                                                        }
                                                        for (i, e) in vec31.into_iter().enumerate() {
                                                            let base = result31
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let (t26_0, t26_1) = e;
                                                                let vec27 = (t26_0.into_bytes()).into_boxed_slice();
                                                                let ptr27 = vec27.as_ptr().cast::<u8>();
                                                                let len27 = vec27.len();
                                                                ::core::mem::forget(vec27);
                                                                *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len27;
                                                                *base.add(0).cast::<*mut u8>() = ptr27.cast_mut();
                                                                use super::super::super::super::graftwork::strategy::expression::Attribute as V30;
                                                                match t26_1 {
                                                                    V30::Integer(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (0i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<i64>() = _rt::as_i64(e);
                                                                    }
                                                                    V30::Float(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (1i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<f64>() = _rt::as_f64(e);
                                                                    }
                                                                    V30::Text(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (2i32) as u8;
                                                                        let vec28 = (e.into_bytes()).into_boxed_slice();
                                                                        let ptr28 = vec28.as_ptr().cast::<u8>();
                                                                        let len28 = vec28.len();
                                                                        ::core::mem::forget(vec28);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len28;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr28.cast_mut();
                                                                    }
                                                                    V30::Integers(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (3i32) as u8;
                                                                        let vec29 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                            .into_boxed_slice();
                                                                        let ptr29 = vec29.as_ptr().cast::<u8>();
                                                                        let len29 = vec29.len();
                                                                        ::core::mem::forget(vec29);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len29;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr29.cast_mut();
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len31;
                                                        *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = result31;
                                                    }
                                                }
                                                *base
                                                    .add(13 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len32;
                                                *base
                                                    .add(12 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result32;
                                                *base
                                                    .add(14 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<i32>() = _rt::as_i32(root22);
                                            }
                                            None => {
                                                *base
                                                    .add(11 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                    }
                                }
                                *ptr2
                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len33;
                                *ptr2
                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result33;
                                let vec96 = adapters3;
                                let len96 = vec96.len();
                                let layout96 = _rt::alloc::Layout::from_size_align(
                                        vec96.len() * (16 * ::core::mem::size_of::<*const u8>()),
                                        ::core::mem::size_of::<*const u8>(),
                                    )
                                    .unwrap();
                                let (result96, _cleanup96) = graftwork_sdk::rt::Cleanup::new(
                                    layout96,
                                );
                                if let Some(cleanup) = _cleanup96 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec96.into_iter().enumerate() {
                                    let base = result96
                                        .add(i * (16 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let super::super::super::super::graftwork::strategy::types::Adapter {
                                            target: target34,
                                            kind: kind34,
                                            tensors: tensors34,
                                            base: base34,
                                            effective: effective34,
                                            penalty: penalty34,
                                        } = e;
                                        *base.add(0).cast::<i32>() = _rt::as_i32(target34);
                                        let vec35 = (kind34.into_bytes()).into_boxed_slice();
                                        let ptr35 = vec35.as_ptr().cast::<u8>();
                                        let len35 = vec35.len();
                                        ::core::mem::forget(vec35);
                                        *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len35;
                                        *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr35.cast_mut();
                                        let vec62 = tensors34;
                                        let len62 = vec62.len();
                                        let layout62 = _rt::alloc::Layout::from_size_align(
                                                vec62.len() * (15 * ::core::mem::size_of::<*const u8>()),
                                                ::core::mem::size_of::<*const u8>(),
                                            )
                                            .unwrap();
                                        let (result62, _cleanup62) = graftwork_sdk::rt::Cleanup::new(
                                            layout62,
                                        );
                                        if let Some(cleanup) = _cleanup62 {
                                            cleanup.forget();
                                        }
                                        for (i, e) in vec62.into_iter().enumerate() {
                                            let base = result62
                                                .add(i * (15 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let super::super::super::super::graftwork::strategy::types::AdapterTensor {
                                                    name: name36,
                                                    shape: shape36,
                                                    trainable: trainable36,
                                                    group: group36,
                                                    init: init36,
                                                    update: update36,
                                                } = e;
                                                let vec37 = (name36.into_bytes()).into_boxed_slice();
                                                let ptr37 = vec37.as_ptr().cast::<u8>();
                                                let len37 = vec37.len();
                                                ::core::mem::forget(vec37);
                                                *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len37;
                                                *base.add(0).cast::<*mut u8>() = ptr37.cast_mut();
                                                let vec38 = <_ as Into<_rt::Vec<_>>>::into(shape36)
                                                    .into_boxed_slice();
                                                let ptr38 = vec38.as_ptr().cast::<u8>();
                                                let len38 = vec38.len();
                                                ::core::mem::forget(vec38);
                                                *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len38;
                                                *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr38.cast_mut();
                                                *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (match trainable36 {
                                                    true => 1,
                                                    false => 0,
                                                }) as u8;
                                                match group36 {
                                                    Some(e) => {
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<u8>() = (1i32) as u8;
                                                        let vec39 = (e.into_bytes()).into_boxed_slice();
                                                        let ptr39 = vec39.as_ptr().cast::<u8>();
                                                        let len39 = vec39.len();
                                                        ::core::mem::forget(vec39);
                                                        *base
                                                            .add(7 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len39;
                                                        *base
                                                            .add(6 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr39.cast_mut();
                                                    }
                                                    None => {
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<u8>() = (0i32) as u8;
                                                    }
                                                };
                                                let super::super::super::super::graftwork::strategy::expression::Graph {
                                                    nodes: nodes40,
                                                    root: root40,
                                                } = init36;
                                                let vec50 = nodes40;
                                                let len50 = vec50.len();
                                                let layout50 = _rt::alloc::Layout::from_size_align(
                                                        vec50.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                        ::core::mem::size_of::<*const u8>(),
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
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let super::super::super::super::graftwork::strategy::expression::Node {
                                                            op: op41,
                                                            inputs: inputs41,
                                                            attributes: attributes41,
                                                        } = e;
                                                        let vec42 = (op41.into_bytes()).into_boxed_slice();
                                                        let ptr42 = vec42.as_ptr().cast::<u8>();
                                                        let len42 = vec42.len();
                                                        ::core::mem::forget(vec42);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len42;
                                                        *base.add(0).cast::<*mut u8>() = ptr42.cast_mut();
                                                        let vec43 = <_ as Into<_rt::Vec<_>>>::into(inputs41)
                                                            .into_boxed_slice();
                                                        let ptr43 = vec43.as_ptr().cast::<u8>();
                                                        let len43 = vec43.len();
                                                        ::core::mem::forget(vec43);
                                                        *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len43;
                                                        *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr43.cast_mut();
                                                        let vec49 = attributes41;
                                                        let len49 = vec49.len();
                                                        let layout49 = _rt::alloc::Layout::from_size_align(
                                                                vec49.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                8,
                                                            )
                                                            .unwrap();
                                                        let (result49, _cleanup49) = graftwork_sdk::rt::Cleanup::new(
                                                            layout49,
                                                        );
                                                        if let Some(cleanup) = _cleanup49 {
                                                            cleanup.forget();
                                                        }
                                                        for (i, e) in vec49.into_iter().enumerate() {
                                                            let base = result49
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let (t44_0, t44_1) = e;
                                                                let vec45 = (t44_0.into_bytes()).into_boxed_slice();
                                                                let ptr45 = vec45.as_ptr().cast::<u8>();
                                                                let len45 = vec45.len();
                                                                ::core::mem::forget(vec45);
                                                                *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len45;
                                                                *base.add(0).cast::<*mut u8>() = ptr45.cast_mut();
                                                                use super::super::super::super::graftwork::strategy::expression::Attribute as V48;
                                                                match t44_1 {
                                                                    V48::Integer(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (0i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<i64>() = _rt::as_i64(e);
                                                                    }
                                                                    V48::Float(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (1i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<f64>() = _rt::as_f64(e);
                                                                    }
                                                                    V48::Text(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (2i32) as u8;
                                                                        let vec46 = (e.into_bytes()).into_boxed_slice();
                                                                        let ptr46 = vec46.as_ptr().cast::<u8>();
                                                                        let len46 = vec46.len();
                                                                        ::core::mem::forget(vec46);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len46;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr46.cast_mut();
                                                                    }
                                                                    V48::Integers(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (3i32) as u8;
                                                                        let vec47 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                            .into_boxed_slice();
                                                                        let ptr47 = vec47.as_ptr().cast::<u8>();
                                                                        let len47 = vec47.len();
                                                                        ::core::mem::forget(vec47);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len47;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr47.cast_mut();
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len49;
                                                        *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = result49;
                                                    }
                                                }
                                                *base
                                                    .add(9 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len50;
                                                *base
                                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result50;
                                                *base
                                                    .add(10 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<i32>() = _rt::as_i32(root40);
                                                match update36 {
                                                    Some(e) => {
                                                        *base
                                                            .add(11 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<u8>() = (1i32) as u8;
                                                        let super::super::super::super::graftwork::strategy::expression::Graph {
                                                            nodes: nodes51,
                                                            root: root51,
                                                        } = e;
                                                        let vec61 = nodes51;
                                                        let len61 = vec61.len();
                                                        let layout61 = _rt::alloc::Layout::from_size_align(
                                                                vec61.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                                ::core::mem::size_of::<*const u8>(),
                                                            )
                                                            .unwrap();
                                                        let (result61, _cleanup61) = graftwork_sdk::rt::Cleanup::new(
                                                            layout61,
                                                        );
                                                        if let Some(cleanup) = _cleanup61 {
                                                            cleanup.forget();
                                                        }
                                                        for (i, e) in vec61.into_iter().enumerate() {
                                                            let base = result61
                                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let super::super::super::super::graftwork::strategy::expression::Node {
                                                                    op: op52,
                                                                    inputs: inputs52,
                                                                    attributes: attributes52,
                                                                } = e;
                                                                let vec53 = (op52.into_bytes()).into_boxed_slice();
                                                                let ptr53 = vec53.as_ptr().cast::<u8>();
                                                                let len53 = vec53.len();
                                                                ::core::mem::forget(vec53);
                                                                *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len53;
                                                                *base.add(0).cast::<*mut u8>() = ptr53.cast_mut();
                                                                let vec54 = <_ as Into<_rt::Vec<_>>>::into(inputs52)
                                                                    .into_boxed_slice();
                                                                let ptr54 = vec54.as_ptr().cast::<u8>();
                                                                let len54 = vec54.len();
                                                                ::core::mem::forget(vec54);
                                                                *base
                                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len54;
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = ptr54.cast_mut();
                                                                let vec60 = attributes52;
                                                                let len60 = vec60.len();
                                                                let layout60 = _rt::alloc::Layout::from_size_align(
                                                                        vec60.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                        8,
                                                                    )
                                                                    .unwrap();
                                                                let (result60, _cleanup60) = graftwork_sdk::rt::Cleanup::new(
                                                                    layout60,
                                                                );
                                                                if let Some(cleanup) = _cleanup60 {
                                                                    cleanup.forget();
                                                                }
                                                                for (i, e) in vec60.into_iter().enumerate() {
                                                                    let base = result60
                                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                                    {
                                                                        let (t55_0, t55_1) = e;
                                                                        let vec56 = (t55_0.into_bytes()).into_boxed_slice();
                                                                        let ptr56 = vec56.as_ptr().cast::<u8>();
                                                                        let len56 = vec56.len();
                                                                        ::core::mem::forget(vec56);
                                                                        *base
                                                                            .add(::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len56;
                                                                        *base.add(0).cast::<*mut u8>() = ptr56.cast_mut();
                                                                        use super::super::super::super::graftwork::strategy::expression::Attribute as V59;
                                                                        match t55_1 {
                                                                            V59::Integer(e) => {
                                                                                *base
                                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<u8>() = (0i32) as u8;
                                                                                *base
                                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<i64>() = _rt::as_i64(e);
                                                                            }
                                                                            V59::Float(e) => {
                                                                                *base
                                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<u8>() = (1i32) as u8;
                                                                                *base
                                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<f64>() = _rt::as_f64(e);
                                                                            }
                                                                            V59::Text(e) => {
                                                                                *base
                                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<u8>() = (2i32) as u8;
                                                                                let vec57 = (e.into_bytes()).into_boxed_slice();
                                                                                let ptr57 = vec57.as_ptr().cast::<u8>();
                                                                                let len57 = vec57.len();
                                                                                ::core::mem::forget(vec57);
                                                                                *base
                                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<usize>() = len57;
                                                                                *base
                                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<*mut u8>() = ptr57.cast_mut();
                                                                            }
                                                                            V59::Integers(e) => {
                                                                                *base
                                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<u8>() = (3i32) as u8;
                                                                                let vec58 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                                    .into_boxed_slice();
                                                                                let ptr58 = vec58.as_ptr().cast::<u8>();
                                                                                let len58 = vec58.len();
                                                                                ::core::mem::forget(vec58);
                                                                                *base
                                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<usize>() = len58;
                                                                                *base
                                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<*mut u8>() = ptr58.cast_mut();
                                                                            }
                                                                        }
                                                                    }
                                                                }
                                                                *base
                                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len60;
                                                                *base
                                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = result60;
                                                            }
                                                        }
                                                        *base
                                                            .add(13 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len61;
                                                        *base
                                                            .add(12 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = result61;
                                                        *base
                                                            .add(14 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<i32>() = _rt::as_i32(root51);
                                                    }
                                                    None => {
                                                        *base
                                                            .add(11 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<u8>() = (0i32) as u8;
                                                    }
                                                };
                                            }
                                        }
                                        *base
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len62;
                                        *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = result62;
                                        match base34 {
                                            Some(e) => {
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (1i32) as u8;
                                                let super::super::super::super::graftwork::strategy::expression::Graph {
                                                    nodes: nodes63,
                                                    root: root63,
                                                } = e;
                                                let vec73 = nodes63;
                                                let len73 = vec73.len();
                                                let layout73 = _rt::alloc::Layout::from_size_align(
                                                        vec73.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                        ::core::mem::size_of::<*const u8>(),
                                                    )
                                                    .unwrap();
                                                let (result73, _cleanup73) = graftwork_sdk::rt::Cleanup::new(
                                                    layout73,
                                                );
                                                if let Some(cleanup) = _cleanup73 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec73.into_iter().enumerate() {
                                                    let base = result73
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let super::super::super::super::graftwork::strategy::expression::Node {
                                                            op: op64,
                                                            inputs: inputs64,
                                                            attributes: attributes64,
                                                        } = e;
                                                        let vec65 = (op64.into_bytes()).into_boxed_slice();
                                                        let ptr65 = vec65.as_ptr().cast::<u8>();
                                                        let len65 = vec65.len();
                                                        ::core::mem::forget(vec65);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len65;
                                                        *base.add(0).cast::<*mut u8>() = ptr65.cast_mut();
                                                        let vec66 = <_ as Into<_rt::Vec<_>>>::into(inputs64)
                                                            .into_boxed_slice();
                                                        let ptr66 = vec66.as_ptr().cast::<u8>();
                                                        let len66 = vec66.len();
                                                        ::core::mem::forget(vec66);
                                                        *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len66;
                                                        *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr66.cast_mut();
                                                        let vec72 = attributes64;
                                                        let len72 = vec72.len();
                                                        let layout72 = _rt::alloc::Layout::from_size_align(
                                                                vec72.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                8,
                                                            )
                                                            .unwrap();
                                                        let (result72, _cleanup72) = graftwork_sdk::rt::Cleanup::new(
                                                            layout72,
                                                        );
                                                        if let Some(cleanup) = _cleanup72 {
                                                            cleanup.forget();
                                                        }
                                                        for (i, e) in vec72.into_iter().enumerate() {
                                                            let base = result72
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let (t67_0, t67_1) = e;
                                                                let vec68 = (t67_0.into_bytes()).into_boxed_slice();
                                                                let ptr68 = vec68.as_ptr().cast::<u8>();
                                                                let len68 = vec68.len();
                                                                ::core::mem::forget(vec68);
                                                                *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len68;
                                                                *base.add(0).cast::<*mut u8>() = ptr68.cast_mut();
                                                                use super::super::super::super::graftwork::strategy::expression::Attribute as V71;
                                                                match t67_1 {
                                                                    V71::Integer(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (0i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<i64>() = _rt::as_i64(e);
                                                                    }
                                                                    V71::Float(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (1i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<f64>() = _rt::as_f64(e);
                                                                    }
                                                                    V71::Text(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (2i32) as u8;
                                                                        let vec69 = (e.into_bytes()).into_boxed_slice();
                                                                        let ptr69 = vec69.as_ptr().cast::<u8>();
                                                                        let len69 = vec69.len();
                                                                        ::core::mem::forget(vec69);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len69;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr69.cast_mut();
                                                                    }
                                                                    V71::Integers(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (3i32) as u8;
                                                                        let vec70 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                            .into_boxed_slice();
                                                                        let ptr70 = vec70.as_ptr().cast::<u8>();
                                                                        let len70 = vec70.len();
                                                                        ::core::mem::forget(vec70);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len70;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr70.cast_mut();
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len72;
                                                        *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = result72;
                                                    }
                                                }
                                                *base
                                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len73;
                                                *base
                                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result73;
                                                *base
                                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<i32>() = _rt::as_i32(root63);
                                            }
                                            None => {
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                        let super::super::super::super::graftwork::strategy::expression::Graph {
                                            nodes: nodes74,
                                            root: root74,
                                        } = effective34;
                                        let vec84 = nodes74;
                                        let len84 = vec84.len();
                                        let layout84 = _rt::alloc::Layout::from_size_align(
                                                vec84.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                ::core::mem::size_of::<*const u8>(),
                                            )
                                            .unwrap();
                                        let (result84, _cleanup84) = graftwork_sdk::rt::Cleanup::new(
                                            layout84,
                                        );
                                        if let Some(cleanup) = _cleanup84 {
                                            cleanup.forget();
                                        }
                                        for (i, e) in vec84.into_iter().enumerate() {
                                            let base = result84
                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let super::super::super::super::graftwork::strategy::expression::Node {
                                                    op: op75,
                                                    inputs: inputs75,
                                                    attributes: attributes75,
                                                } = e;
                                                let vec76 = (op75.into_bytes()).into_boxed_slice();
                                                let ptr76 = vec76.as_ptr().cast::<u8>();
                                                let len76 = vec76.len();
                                                ::core::mem::forget(vec76);
                                                *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len76;
                                                *base.add(0).cast::<*mut u8>() = ptr76.cast_mut();
                                                let vec77 = <_ as Into<_rt::Vec<_>>>::into(inputs75)
                                                    .into_boxed_slice();
                                                let ptr77 = vec77.as_ptr().cast::<u8>();
                                                let len77 = vec77.len();
                                                ::core::mem::forget(vec77);
                                                *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len77;
                                                *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr77.cast_mut();
                                                let vec83 = attributes75;
                                                let len83 = vec83.len();
                                                let layout83 = _rt::alloc::Layout::from_size_align(
                                                        vec83.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                        8,
                                                    )
                                                    .unwrap();
                                                let (result83, _cleanup83) = graftwork_sdk::rt::Cleanup::new(
                                                    layout83,
                                                );
                                                if let Some(cleanup) = _cleanup83 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec83.into_iter().enumerate() {
                                                    let base = result83
                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let (t78_0, t78_1) = e;
                                                        let vec79 = (t78_0.into_bytes()).into_boxed_slice();
                                                        let ptr79 = vec79.as_ptr().cast::<u8>();
                                                        let len79 = vec79.len();
                                                        ::core::mem::forget(vec79);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len79;
                                                        *base.add(0).cast::<*mut u8>() = ptr79.cast_mut();
                                                        use super::super::super::super::graftwork::strategy::expression::Attribute as V82;
                                                        match t78_1 {
                                                            V82::Integer(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (0i32) as u8;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<i64>() = _rt::as_i64(e);
                                                            }
                                                            V82::Float(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (1i32) as u8;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<f64>() = _rt::as_f64(e);
                                                            }
                                                            V82::Text(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (2i32) as u8;
                                                                let vec80 = (e.into_bytes()).into_boxed_slice();
                                                                let ptr80 = vec80.as_ptr().cast::<u8>();
                                                                let len80 = vec80.len();
                                                                ::core::mem::forget(vec80);
                                                                *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len80;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = ptr80.cast_mut();
                                                            }
                                                            V82::Integers(e) => {
                                                                *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<u8>() = (3i32) as u8;
                                                                let vec81 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                    .into_boxed_slice();
                                                                let ptr81 = vec81.as_ptr().cast::<u8>();
                                                                let len81 = vec81.len();
                                                                ::core::mem::forget(vec81);
                                                                *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len81;
                                                                *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>() = ptr81.cast_mut();
                                                            }
                                                        }
                                                    }
                                                }
                                                *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len83;
                                                *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result83;
                                            }
                                        }
                                        *base
                                            .add(10 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len84;
                                        *base
                                            .add(9 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = result84;
                                        *base
                                            .add(11 * ::core::mem::size_of::<*const u8>())
                                            .cast::<i32>() = _rt::as_i32(root74);
                                        match penalty34 {
                                            Some(e) => {
                                                *base
                                                    .add(12 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (1i32) as u8;
                                                let super::super::super::super::graftwork::strategy::expression::Graph {
                                                    nodes: nodes85,
                                                    root: root85,
                                                } = e;
                                                let vec95 = nodes85;
                                                let len95 = vec95.len();
                                                let layout95 = _rt::alloc::Layout::from_size_align(
                                                        vec95.len() * (6 * ::core::mem::size_of::<*const u8>()),
                                                        ::core::mem::size_of::<*const u8>(),
                                                    )
                                                    .unwrap();
                                                let (result95, _cleanup95) = graftwork_sdk::rt::Cleanup::new(
                                                    layout95,
                                                );
                                                if let Some(cleanup) = _cleanup95 {
                                                    cleanup.forget();
                                                }
                                                for (i, e) in vec95.into_iter().enumerate() {
                                                    let base = result95
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let super::super::super::super::graftwork::strategy::expression::Node {
                                                            op: op86,
                                                            inputs: inputs86,
                                                            attributes: attributes86,
                                                        } = e;
                                                        let vec87 = (op86.into_bytes()).into_boxed_slice();
                                                        let ptr87 = vec87.as_ptr().cast::<u8>();
                                                        let len87 = vec87.len();
                                                        ::core::mem::forget(vec87);
                                                        *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len87;
                                                        *base.add(0).cast::<*mut u8>() = ptr87.cast_mut();
                                                        let vec88 = <_ as Into<_rt::Vec<_>>>::into(inputs86)
                                                            .into_boxed_slice();
                                                        let ptr88 = vec88.as_ptr().cast::<u8>();
                                                        let len88 = vec88.len();
                                                        ::core::mem::forget(vec88);
                                                        *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len88;
                                                        *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr88.cast_mut();
                                                        let vec94 = attributes86;
                                                        let len94 = vec94.len();
                                                        let layout94 = _rt::alloc::Layout::from_size_align(
                                                                vec94.len() * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                8,
                                                            )
                                                            .unwrap();
                                                        let (result94, _cleanup94) = graftwork_sdk::rt::Cleanup::new(
                                                            layout94,
                                                        );
                                                        if let Some(cleanup) = _cleanup94 {
                                                            cleanup.forget();
                                                        }
                                                        for (i, e) in vec94.into_iter().enumerate() {
                                                            let base = result94
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let (t89_0, t89_1) = e;
                                                                let vec90 = (t89_0.into_bytes()).into_boxed_slice();
                                                                let ptr90 = vec90.as_ptr().cast::<u8>();
                                                                let len90 = vec90.len();
                                                                ::core::mem::forget(vec90);
                                                                *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>() = len90;
                                                                *base.add(0).cast::<*mut u8>() = ptr90.cast_mut();
                                                                use super::super::super::super::graftwork::strategy::expression::Attribute as V93;
                                                                match t89_1 {
                                                                    V93::Integer(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (0i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<i64>() = _rt::as_i64(e);
                                                                    }
                                                                    V93::Float(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (1i32) as u8;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<f64>() = _rt::as_f64(e);
                                                                    }
                                                                    V93::Text(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (2i32) as u8;
                                                                        let vec91 = (e.into_bytes()).into_boxed_slice();
                                                                        let ptr91 = vec91.as_ptr().cast::<u8>();
                                                                        let len91 = vec91.len();
                                                                        ::core::mem::forget(vec91);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len91;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr91.cast_mut();
                                                                    }
                                                                    V93::Integers(e) => {
                                                                        *base
                                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<u8>() = (3i32) as u8;
                                                                        let vec92 = <_ as Into<_rt::Vec<_>>>::into(e)
                                                                            .into_boxed_slice();
                                                                        let ptr92 = vec92.as_ptr().cast::<u8>();
                                                                        let len92 = vec92.len();
                                                                        ::core::mem::forget(vec92);
                                                                        *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>() = len92;
                                                                        *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>() = ptr92.cast_mut();
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len94;
                                                        *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = result94;
                                                    }
                                                }
                                                *base
                                                    .add(14 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len95;
                                                *base
                                                    .add(13 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = result95;
                                                *base
                                                    .add(15 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<i32>() = _rt::as_i32(root85);
                                            }
                                            None => {
                                                *base
                                                    .add(12 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                    }
                                }
                                *ptr2
                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len96;
                                *ptr2
                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result96;
                                let vec99 = groups3;
                                let len99 = vec99.len();
                                let layout99 = _rt::alloc::Layout::from_size_align(
                                        vec99.len()
                                            * (24 + 2 * ::core::mem::size_of::<*const u8>()),
                                        8,
                                    )
                                    .unwrap();
                                let (result99, _cleanup99) = graftwork_sdk::rt::Cleanup::new(
                                    layout99,
                                );
                                if let Some(cleanup) = _cleanup99 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec99.into_iter().enumerate() {
                                    let base = result99
                                        .add(i * (24 + 2 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let super::super::super::super::graftwork::strategy::types::Group {
                                            name: name97,
                                            learning_rate_scale: learning_rate_scale97,
                                            weight_decay: weight_decay97,
                                        } = e;
                                        let vec98 = (name97.into_bytes()).into_boxed_slice();
                                        let ptr98 = vec98.as_ptr().cast::<u8>();
                                        let len98 = vec98.len();
                                        ::core::mem::forget(vec98);
                                        *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len98;
                                        *base.add(0).cast::<*mut u8>() = ptr98.cast_mut();
                                        *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<f64>() = _rt::as_f64(learning_rate_scale97);
                                        match weight_decay97 {
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
                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len99;
                                *ptr2
                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result99;
                                let vec103 = metadata3;
                                let len103 = vec103.len();
                                let layout103 = _rt::alloc::Layout::from_size_align(
                                        vec103.len() * (4 * ::core::mem::size_of::<*const u8>()),
                                        ::core::mem::size_of::<*const u8>(),
                                    )
                                    .unwrap();
                                let (result103, _cleanup103) = graftwork_sdk::rt::Cleanup::new(
                                    layout103,
                                );
                                if let Some(cleanup) = _cleanup103 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec103.into_iter().enumerate() {
                                    let base = result103
                                        .add(i * (4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let (t100_0, t100_1) = e;
                                        let vec101 = (t100_0.into_bytes()).into_boxed_slice();
                                        let ptr101 = vec101.as_ptr().cast::<u8>();
                                        let len101 = vec101.len();
                                        ::core::mem::forget(vec101);
                                        *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len101;
                                        *base.add(0).cast::<*mut u8>() = ptr101.cast_mut();
                                        let vec102 = (t100_1.into_bytes()).into_boxed_slice();
                                        let ptr102 = vec102.as_ptr().cast::<u8>();
                                        let len102 = vec102.len();
                                        ::core::mem::forget(vec102);
                                        *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len102;
                                        *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr102.cast_mut();
                                    }
                                }
                                *ptr2
                                    .add(10 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len103;
                                *ptr2
                                    .add(9 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result103;
                            }
                            Err(e) => {
                                *ptr2.add(0).cast::<u8>() = (1i32) as u8;
                                use super::super::super::super::graftwork::strategy::types::Error as V109;
                                match e {
                                    V109::InvalidConfig(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (0i32) as u8;
                                        let super::super::super::super::graftwork::strategy::types::ConfigError {
                                            path: path104,
                                            message: message104,
                                        } = e;
                                        let vec105 = (path104.into_bytes()).into_boxed_slice();
                                        let ptr105 = vec105.as_ptr().cast::<u8>();
                                        let len105 = vec105.len();
                                        ::core::mem::forget(vec105);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len105;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr105.cast_mut();
                                        let vec106 = (message104.into_bytes()).into_boxed_slice();
                                        let ptr106 = vec106.as_ptr().cast::<u8>();
                                        let len106 = vec106.len();
                                        ::core::mem::forget(vec106);
                                        *ptr2
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len106;
                                        *ptr2
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr106.cast_mut();
                                    }
                                    V109::UnsupportedModel(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (1i32) as u8;
                                        let vec107 = (e.into_bytes()).into_boxed_slice();
                                        let ptr107 = vec107.as_ptr().cast::<u8>();
                                        let len107 = vec107.len();
                                        ::core::mem::forget(vec107);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len107;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr107.cast_mut();
                                    }
                                    V109::Internal(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (2i32) as u8;
                                        let vec108 = (e.into_bytes()).into_boxed_slice();
                                        let ptr108 = vec108.as_ptr().cast::<u8>();
                                        let len108 = vec108.len();
                                        ::core::mem::forget(vec108);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len108;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr108.cast_mut();
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
                                let base56 = l7;
                                let len56 = l8;
                                for i in 0..len56 {
                                    let base = base56
                                        .add(i * (15 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l9 = *base.add(0).cast::<*mut u8>();
                                        let l10 = *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l9, l10, 1);
                                        let l11 = *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l12 = *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        let base13 = l11;
                                        let len13 = l12;
                                        _rt::cabi_dealloc(base13, len13 * 4, 4);
                                        let l14 = i32::from(
                                            *base
                                                .add(5 * ::core::mem::size_of::<*const u8>())
                                                .cast::<u8>(),
                                        );
                                        match l14 {
                                            0 => {}
                                            _ => {
                                                let l15 = *base
                                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l16 = *base
                                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l15, l16, 1);
                                            }
                                        }
                                        let l17 = *base
                                            .add(8 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l18 = *base
                                            .add(9 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        let base35 = l17;
                                        let len35 = l18;
                                        for i in 0..len35 {
                                            let base = base35
                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let l19 = *base.add(0).cast::<*mut u8>();
                                                let l20 = *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l19, l20, 1);
                                                let l21 = *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l22 = *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base23 = l21;
                                                let len23 = l22;
                                                _rt::cabi_dealloc(base23, len23 * 4, 4);
                                                let l24 = *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l25 = *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base34 = l24;
                                                let len34 = l25;
                                                for i in 0..len34 {
                                                    let base = base34
                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l26 = *base.add(0).cast::<*mut u8>();
                                                        let l27 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l26, l27, 1);
                                                        let l28 = i32::from(
                                                            *base
                                                                .add(2 * ::core::mem::size_of::<*const u8>())
                                                                .cast::<u8>(),
                                                        );
                                                        match l28 {
                                                            0 => {}
                                                            1 => {}
                                                            2 => {
                                                                let l29 = *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l30 = *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l29, l30, 1);
                                                            }
                                                            _ => {
                                                                let l31 = *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l32 = *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                let base33 = l31;
                                                                let len33 = l32;
                                                                _rt::cabi_dealloc(base33, len33 * 8, 8);
                                                            }
                                                        }
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base34,
                                                    len34 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                    8,
                                                );
                                            }
                                        }
                                        _rt::cabi_dealloc(
                                            base35,
                                            len35 * (6 * ::core::mem::size_of::<*const u8>()),
                                            ::core::mem::size_of::<*const u8>(),
                                        );
                                        let l36 = i32::from(
                                            *base
                                                .add(11 * ::core::mem::size_of::<*const u8>())
                                                .cast::<u8>(),
                                        );
                                        match l36 {
                                            0 => {}
                                            _ => {
                                                let l37 = *base
                                                    .add(12 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l38 = *base
                                                    .add(13 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base55 = l37;
                                                let len55 = l38;
                                                for i in 0..len55 {
                                                    let base = base55
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l39 = *base.add(0).cast::<*mut u8>();
                                                        let l40 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l39, l40, 1);
                                                        let l41 = *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l42 = *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base43 = l41;
                                                        let len43 = l42;
                                                        _rt::cabi_dealloc(base43, len43 * 4, 4);
                                                        let l44 = *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l45 = *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base54 = l44;
                                                        let len54 = l45;
                                                        for i in 0..len54 {
                                                            let base = base54
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let l46 = *base.add(0).cast::<*mut u8>();
                                                                let l47 = *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l46, l47, 1);
                                                                let l48 = i32::from(
                                                                    *base
                                                                        .add(2 * ::core::mem::size_of::<*const u8>())
                                                                        .cast::<u8>(),
                                                                );
                                                                match l48 {
                                                                    0 => {}
                                                                    1 => {}
                                                                    2 => {
                                                                        let l49 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l50 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        _rt::cabi_dealloc(l49, l50, 1);
                                                                    }
                                                                    _ => {
                                                                        let l51 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l52 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        let base53 = l51;
                                                                        let len53 = l52;
                                                                        _rt::cabi_dealloc(base53, len53 * 8, 8);
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        _rt::cabi_dealloc(
                                                            base54,
                                                            len54 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                            8,
                                                        );
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base55,
                                                    len55 * (6 * ::core::mem::size_of::<*const u8>()),
                                                    ::core::mem::size_of::<*const u8>(),
                                                );
                                            }
                                        }
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base56,
                                    len56 * (15 * ::core::mem::size_of::<*const u8>()),
                                    ::core::mem::size_of::<*const u8>(),
                                );
                                let l57 = *arg0
                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l58 = *arg0
                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base170 = l57;
                                let len170 = l58;
                                for i in 0..len170 {
                                    let base = base170
                                        .add(i * (16 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l59 = *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l60 = *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l59, l60, 1);
                                        let l61 = *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l62 = *base
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        let base110 = l61;
                                        let len110 = l62;
                                        for i in 0..len110 {
                                            let base = base110
                                                .add(i * (15 * ::core::mem::size_of::<*const u8>()));
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
                                                let l68 = i32::from(
                                                    *base
                                                        .add(5 * ::core::mem::size_of::<*const u8>())
                                                        .cast::<u8>(),
                                                );
                                                match l68 {
                                                    0 => {}
                                                    _ => {
                                                        let l69 = *base
                                                            .add(6 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l70 = *base
                                                            .add(7 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l69, l70, 1);
                                                    }
                                                }
                                                let l71 = *base
                                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l72 = *base
                                                    .add(9 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base89 = l71;
                                                let len89 = l72;
                                                for i in 0..len89 {
                                                    let base = base89
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l73 = *base.add(0).cast::<*mut u8>();
                                                        let l74 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l73, l74, 1);
                                                        let l75 = *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l76 = *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base77 = l75;
                                                        let len77 = l76;
                                                        _rt::cabi_dealloc(base77, len77 * 4, 4);
                                                        let l78 = *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l79 = *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base88 = l78;
                                                        let len88 = l79;
                                                        for i in 0..len88 {
                                                            let base = base88
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let l80 = *base.add(0).cast::<*mut u8>();
                                                                let l81 = *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l80, l81, 1);
                                                                let l82 = i32::from(
                                                                    *base
                                                                        .add(2 * ::core::mem::size_of::<*const u8>())
                                                                        .cast::<u8>(),
                                                                );
                                                                match l82 {
                                                                    0 => {}
                                                                    1 => {}
                                                                    2 => {
                                                                        let l83 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l84 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        _rt::cabi_dealloc(l83, l84, 1);
                                                                    }
                                                                    _ => {
                                                                        let l85 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l86 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        let base87 = l85;
                                                                        let len87 = l86;
                                                                        _rt::cabi_dealloc(base87, len87 * 8, 8);
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        _rt::cabi_dealloc(
                                                            base88,
                                                            len88 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                            8,
                                                        );
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base89,
                                                    len89 * (6 * ::core::mem::size_of::<*const u8>()),
                                                    ::core::mem::size_of::<*const u8>(),
                                                );
                                                let l90 = i32::from(
                                                    *base
                                                        .add(11 * ::core::mem::size_of::<*const u8>())
                                                        .cast::<u8>(),
                                                );
                                                match l90 {
                                                    0 => {}
                                                    _ => {
                                                        let l91 = *base
                                                            .add(12 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l92 = *base
                                                            .add(13 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base109 = l91;
                                                        let len109 = l92;
                                                        for i in 0..len109 {
                                                            let base = base109
                                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let l93 = *base.add(0).cast::<*mut u8>();
                                                                let l94 = *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l93, l94, 1);
                                                                let l95 = *base
                                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l96 = *base
                                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                let base97 = l95;
                                                                let len97 = l96;
                                                                _rt::cabi_dealloc(base97, len97 * 4, 4);
                                                                let l98 = *base
                                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l99 = *base
                                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                let base108 = l98;
                                                                let len108 = l99;
                                                                for i in 0..len108 {
                                                                    let base = base108
                                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                                    {
                                                                        let l100 = *base.add(0).cast::<*mut u8>();
                                                                        let l101 = *base
                                                                            .add(::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        _rt::cabi_dealloc(l100, l101, 1);
                                                                        let l102 = i32::from(
                                                                            *base
                                                                                .add(2 * ::core::mem::size_of::<*const u8>())
                                                                                .cast::<u8>(),
                                                                        );
                                                                        match l102 {
                                                                            0 => {}
                                                                            1 => {}
                                                                            2 => {
                                                                                let l103 = *base
                                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<*mut u8>();
                                                                                let l104 = *base
                                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<usize>();
                                                                                _rt::cabi_dealloc(l103, l104, 1);
                                                                            }
                                                                            _ => {
                                                                                let l105 = *base
                                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<*mut u8>();
                                                                                let l106 = *base
                                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                                    .cast::<usize>();
                                                                                let base107 = l105;
                                                                                let len107 = l106;
                                                                                _rt::cabi_dealloc(base107, len107 * 8, 8);
                                                                            }
                                                                        }
                                                                    }
                                                                }
                                                                _rt::cabi_dealloc(
                                                                    base108,
                                                                    len108 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                                    8,
                                                                );
                                                            }
                                                        }
                                                        _rt::cabi_dealloc(
                                                            base109,
                                                            len109 * (6 * ::core::mem::size_of::<*const u8>()),
                                                            ::core::mem::size_of::<*const u8>(),
                                                        );
                                                    }
                                                }
                                            }
                                        }
                                        _rt::cabi_dealloc(
                                            base110,
                                            len110 * (15 * ::core::mem::size_of::<*const u8>()),
                                            ::core::mem::size_of::<*const u8>(),
                                        );
                                        let l111 = i32::from(
                                            *base
                                                .add(5 * ::core::mem::size_of::<*const u8>())
                                                .cast::<u8>(),
                                        );
                                        match l111 {
                                            0 => {}
                                            _ => {
                                                let l112 = *base
                                                    .add(6 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l113 = *base
                                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base130 = l112;
                                                let len130 = l113;
                                                for i in 0..len130 {
                                                    let base = base130
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l114 = *base.add(0).cast::<*mut u8>();
                                                        let l115 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l114, l115, 1);
                                                        let l116 = *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l117 = *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base118 = l116;
                                                        let len118 = l117;
                                                        _rt::cabi_dealloc(base118, len118 * 4, 4);
                                                        let l119 = *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l120 = *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base129 = l119;
                                                        let len129 = l120;
                                                        for i in 0..len129 {
                                                            let base = base129
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let l121 = *base.add(0).cast::<*mut u8>();
                                                                let l122 = *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l121, l122, 1);
                                                                let l123 = i32::from(
                                                                    *base
                                                                        .add(2 * ::core::mem::size_of::<*const u8>())
                                                                        .cast::<u8>(),
                                                                );
                                                                match l123 {
                                                                    0 => {}
                                                                    1 => {}
                                                                    2 => {
                                                                        let l124 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l125 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        _rt::cabi_dealloc(l124, l125, 1);
                                                                    }
                                                                    _ => {
                                                                        let l126 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l127 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        let base128 = l126;
                                                                        let len128 = l127;
                                                                        _rt::cabi_dealloc(base128, len128 * 8, 8);
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        _rt::cabi_dealloc(
                                                            base129,
                                                            len129 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                            8,
                                                        );
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base130,
                                                    len130 * (6 * ::core::mem::size_of::<*const u8>()),
                                                    ::core::mem::size_of::<*const u8>(),
                                                );
                                            }
                                        }
                                        let l131 = *base
                                            .add(9 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l132 = *base
                                            .add(10 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        let base149 = l131;
                                        let len149 = l132;
                                        for i in 0..len149 {
                                            let base = base149
                                                .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                            {
                                                let l133 = *base.add(0).cast::<*mut u8>();
                                                let l134 = *base
                                                    .add(::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l133, l134, 1);
                                                let l135 = *base
                                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l136 = *base
                                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base137 = l135;
                                                let len137 = l136;
                                                _rt::cabi_dealloc(base137, len137 * 4, 4);
                                                let l138 = *base
                                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l139 = *base
                                                    .add(5 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base148 = l138;
                                                let len148 = l139;
                                                for i in 0..len148 {
                                                    let base = base148
                                                        .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l140 = *base.add(0).cast::<*mut u8>();
                                                        let l141 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l140, l141, 1);
                                                        let l142 = i32::from(
                                                            *base
                                                                .add(2 * ::core::mem::size_of::<*const u8>())
                                                                .cast::<u8>(),
                                                        );
                                                        match l142 {
                                                            0 => {}
                                                            1 => {}
                                                            2 => {
                                                                let l143 = *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l144 = *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l143, l144, 1);
                                                            }
                                                            _ => {
                                                                let l145 = *base
                                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<*mut u8>();
                                                                let l146 = *base
                                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                let base147 = l145;
                                                                let len147 = l146;
                                                                _rt::cabi_dealloc(base147, len147 * 8, 8);
                                                            }
                                                        }
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base148,
                                                    len148 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                    8,
                                                );
                                            }
                                        }
                                        _rt::cabi_dealloc(
                                            base149,
                                            len149 * (6 * ::core::mem::size_of::<*const u8>()),
                                            ::core::mem::size_of::<*const u8>(),
                                        );
                                        let l150 = i32::from(
                                            *base
                                                .add(12 * ::core::mem::size_of::<*const u8>())
                                                .cast::<u8>(),
                                        );
                                        match l150 {
                                            0 => {}
                                            _ => {
                                                let l151 = *base
                                                    .add(13 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l152 = *base
                                                    .add(14 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base169 = l151;
                                                let len169 = l152;
                                                for i in 0..len169 {
                                                    let base = base169
                                                        .add(i * (6 * ::core::mem::size_of::<*const u8>()));
                                                    {
                                                        let l153 = *base.add(0).cast::<*mut u8>();
                                                        let l154 = *base
                                                            .add(::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l153, l154, 1);
                                                        let l155 = *base
                                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l156 = *base
                                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base157 = l155;
                                                        let len157 = l156;
                                                        _rt::cabi_dealloc(base157, len157 * 4, 4);
                                                        let l158 = *base
                                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l159 = *base
                                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        let base168 = l158;
                                                        let len168 = l159;
                                                        for i in 0..len168 {
                                                            let base = base168
                                                                .add(i * (8 + 4 * ::core::mem::size_of::<*const u8>()));
                                                            {
                                                                let l160 = *base.add(0).cast::<*mut u8>();
                                                                let l161 = *base
                                                                    .add(::core::mem::size_of::<*const u8>())
                                                                    .cast::<usize>();
                                                                _rt::cabi_dealloc(l160, l161, 1);
                                                                let l162 = i32::from(
                                                                    *base
                                                                        .add(2 * ::core::mem::size_of::<*const u8>())
                                                                        .cast::<u8>(),
                                                                );
                                                                match l162 {
                                                                    0 => {}
                                                                    1 => {}
                                                                    2 => {
                                                                        let l163 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l164 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        _rt::cabi_dealloc(l163, l164, 1);
                                                                    }
                                                                    _ => {
                                                                        let l165 = *base
                                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<*mut u8>();
                                                                        let l166 = *base
                                                                            .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                                            .cast::<usize>();
                                                                        let base167 = l165;
                                                                        let len167 = l166;
                                                                        _rt::cabi_dealloc(base167, len167 * 8, 8);
                                                                    }
                                                                }
                                                            }
                                                        }
                                                        _rt::cabi_dealloc(
                                                            base168,
                                                            len168 * (8 + 4 * ::core::mem::size_of::<*const u8>()),
                                                            8,
                                                        );
                                                    }
                                                }
                                                _rt::cabi_dealloc(
                                                    base169,
                                                    len169 * (6 * ::core::mem::size_of::<*const u8>()),
                                                    ::core::mem::size_of::<*const u8>(),
                                                );
                                            }
                                        }
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base170,
                                    len170 * (16 * ::core::mem::size_of::<*const u8>()),
                                    ::core::mem::size_of::<*const u8>(),
                                );
                                let l171 = *arg0
                                    .add(7 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l172 = *arg0
                                    .add(8 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base175 = l171;
                                let len175 = l172;
                                for i in 0..len175 {
                                    let base = base175
                                        .add(i * (24 + 2 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l173 = *base.add(0).cast::<*mut u8>();
                                        let l174 = *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l173, l174, 1);
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base175,
                                    len175 * (24 + 2 * ::core::mem::size_of::<*const u8>()),
                                    8,
                                );
                                let l176 = *arg0
                                    .add(9 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l177 = *arg0
                                    .add(10 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base182 = l176;
                                let len182 = l177;
                                for i in 0..len182 {
                                    let base = base182
                                        .add(i * (4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l178 = *base.add(0).cast::<*mut u8>();
                                        let l179 = *base
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l178, l179, 1);
                                        let l180 = *base
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l181 = *base
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l180, l181, 1);
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base182,
                                    len182 * (4 * ::core::mem::size_of::<*const u8>()),
                                    ::core::mem::size_of::<*const u8>(),
                                );
                            }
                            _ => {
                                let l183 = i32::from(
                                    *arg0.add(::core::mem::size_of::<*const u8>()).cast::<u8>(),
                                );
                                match l183 {
                                    0 => {
                                        let l184 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l185 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l184, l185, 1);
                                        let l186 = *arg0
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l187 = *arg0
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l186, l187, 1);
                                    }
                                    1 => {
                                        let l188 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l189 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l188, l189, 1);
                                    }
                                    _ => {
                                        let l190 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l191 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l190, l191, 1);
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
                macro_rules! __export_strategy_world_strategy_0_1_0_cabi {
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
                pub use __export_strategy_world_strategy_0_1_0_cabi;
                #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                struct _RetArea(
                    [::core::mem::MaybeUninit<
                        u8,
                    >; 11 * ::core::mem::size_of::<*const u8>()],
                );
                static mut _RET_AREA: _RetArea = _RetArea(
                    [::core::mem::MaybeUninit::uninit(); 11
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
        exports::graftwork::strategy::strategy::__export_strategy_world_strategy_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::strategy);
        const _ : () = { #[cfg(target_arch = "wasm32")] #[unsafe (link_section =
        "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:strategy-plugin:imports and exports")]
        #[doc(hidden)] #[allow(clippy::octal_escapes)] pub static
        __WIT_BINDGEN_COMPONENT_TYPE : [u8; 1903] = *
        b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xe9\x0d\x01A\x02\x01\
A\x19\x01B\x0d\x01y\x04\0\x08param-id\x03\0\0\x01py\x01ky\x01k\x01\x01r\x06\x04n\
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
\x01B\x09\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x01p\x01\x01@\0\0\x02\x04\
\0\x07trained\x01\x03\x01pu\x01j\x01\x04\x01s\x01@\x02\x05param\x01\x06tensors\0\
\x05\x04\0\x06scores\x01\x06\x03\0!graftwork:strategy/training@0.1.0\x05\x04\x01\
B\x02\x01@\0\0w\x04\0\x04next\x01\0\x03\0\x1fgraftwork:strategy/random@0.1.0\x05\
\x05\x01B\x04\x01m\x03\x05debug\x04info\x04warn\x04\0\x05level\x03\0\0\x01@\x02\x05\
level\x01\x07messages\x01\0\x04\0\x04emit\x01\x02\x03\0\x1cgraftwork:strategy/lo\
g@0.1.0\x05\x06\x01B\x0d\x01y\x04\0\x07node-id\x03\0\0\x01px\x01q\x04\x07integer\
\x01x\0\x05float\x01u\0\x04text\x01s\0\x08integers\x01\x02\0\x04\0\x09attribute\x03\
\0\x03\x01p\x01\x01o\x02s\x04\x01p\x06\x01r\x03\x02ops\x06inputs\x05\x0aattribut\
es\x07\x04\0\x04node\x03\0\x08\x01p\x09\x01r\x02\x05nodes\x0a\x04root\x01\x04\0\x05\
graph\x03\0\x0b\x03\0#graftwork:strategy/expression@0.1.0\x05\x07\x02\x03\0\x06\x05\
graph\x01B\x1e\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x02\x03\x02\x01\x08\
\x04\0\x05graph\x03\0\x02\x01r\x02\x04paths\x07messages\x04\0\x0cconfig-error\x03\
\0\x04\x01q\x03\x0einvalid-config\x01\x05\0\x11unsupported-model\x01s\0\x08inter\
nal\x01s\0\x04\0\x05error\x03\0\x06\x01py\x01ks\x01k\x03\x01r\x06\x04names\x05sh\
ape\x08\x09trainable\x7f\x05group\x09\x04init\x03\x06update\x0a\x04\0\x0eadapter\
-tensor\x03\0\x0b\x01p\x0c\x01r\x06\x06target\x01\x04kinds\x07tensors\x0d\x04bas\
e\x0a\x09effective\x03\x07penalty\x0a\x04\0\x07adapter\x03\0\x0e\x01r\x02\x05par\
am\x01\x05group\x09\x04\0\x09trainable\x03\0\x10\x01ku\x01r\x03\x04names\x13lear\
ning-rate-scaleu\x0cweight-decay\x12\x04\0\x05group\x03\0\x13\x01p\x11\x01p\x0f\x01\
p\x14\x01o\x02ss\x01p\x18\x01r\x05\x09trainable\x15\x06shared\x0d\x08adapters\x16\
\x06groups\x17\x08metadata\x19\x04\0\x0dstrategy-plan\x03\0\x1a\x01r\x04\x04name\
s\x07versions\x07summarys\x0dconfig-schemas\x04\0\x0adescriptor\x03\0\x1c\x03\0\x1e\
graftwork:strategy/types@0.1.0\x05\x09\x02\x03\0\x07\x0adescriptor\x01B\x04\x02\x03\
\x02\x01\x0a\x04\0\x0adescriptor\x03\0\0\x01@\0\0\x01\x04\0\x08describe\x01\x02\x04\
\0\x1fgraftwork:strategy/plugin@0.1.0\x05\x0b\x02\x03\0\x07\x0dstrategy-plan\x02\
\x03\0\x07\x05error\x01B\x07\x02\x03\x02\x01\x0c\x04\0\x0dstrategy-plan\x03\0\0\x02\
\x03\x02\x01\x0d\x04\0\x05error\x03\0\x02\x01j\x01\x01\x01\x03\x01@\x01\x06confi\
gs\0\x04\x04\0\x04plan\x01\x05\x04\0!graftwork:strategy/strategy@0.1.0\x05\x0e\x04\
\0(graftwork:strategy/strategy-plugin@0.1.0\x04\0\x0b\x15\x01\0\x0fstrategy-plug\
in\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwit-component\x070.258.3\x10\
wit-bindgen-rust\x060.61.1";
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
pub static __WIT_BINDGEN_COMPONENT_TYPE: [u8; 1737] = *b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xa3\x0c\x01A\x02\x01\
A\x12\x01B\x0d\x01y\x04\0\x08param-id\x03\0\0\x01py\x01ky\x01k\x01\x01r\x06\x04n\
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
\x01B\x09\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x01p\x01\x01@\0\0\x02\x04\
\0\x07trained\x01\x03\x01pu\x01j\x01\x04\x01s\x01@\x02\x05param\x01\x06tensors\0\
\x05\x04\0\x06scores\x01\x06\x03\0!graftwork:strategy/training@0.1.0\x05\x04\x01\
B\x02\x01@\0\0w\x04\0\x04next\x01\0\x03\0\x1fgraftwork:strategy/random@0.1.0\x05\
\x05\x01B\x04\x01m\x03\x05debug\x04info\x04warn\x04\0\x05level\x03\0\0\x01@\x02\x05\
level\x01\x07messages\x01\0\x04\0\x04emit\x01\x02\x03\0\x1cgraftwork:strategy/lo\
g@0.1.0\x05\x06\x01B\x0d\x01y\x04\0\x07node-id\x03\0\0\x01px\x01q\x04\x07integer\
\x01x\0\x05float\x01u\0\x04text\x01s\0\x08integers\x01\x02\0\x04\0\x09attribute\x03\
\0\x03\x01p\x01\x01o\x02s\x04\x01p\x06\x01r\x03\x02ops\x06inputs\x05\x0aattribut\
es\x07\x04\0\x04node\x03\0\x08\x01p\x09\x01r\x02\x05nodes\x0a\x04root\x01\x04\0\x05\
graph\x03\0\x0b\x03\0#graftwork:strategy/expression@0.1.0\x05\x07\x02\x03\0\x06\x05\
graph\x01B\x1e\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\0\0\x02\x03\x02\x01\x08\
\x04\0\x05graph\x03\0\x02\x01r\x02\x04paths\x07messages\x04\0\x0cconfig-error\x03\
\0\x04\x01q\x03\x0einvalid-config\x01\x05\0\x11unsupported-model\x01s\0\x08inter\
nal\x01s\0\x04\0\x05error\x03\0\x06\x01py\x01ks\x01k\x03\x01r\x06\x04names\x05sh\
ape\x08\x09trainable\x7f\x05group\x09\x04init\x03\x06update\x0a\x04\0\x0eadapter\
-tensor\x03\0\x0b\x01p\x0c\x01r\x06\x06target\x01\x04kinds\x07tensors\x0d\x04bas\
e\x0a\x09effective\x03\x07penalty\x0a\x04\0\x07adapter\x03\0\x0e\x01r\x02\x05par\
am\x01\x05group\x09\x04\0\x09trainable\x03\0\x10\x01ku\x01r\x03\x04names\x13lear\
ning-rate-scaleu\x0cweight-decay\x12\x04\0\x05group\x03\0\x13\x01p\x11\x01p\x0f\x01\
p\x14\x01o\x02ss\x01p\x18\x01r\x05\x09trainable\x15\x06shared\x0d\x08adapters\x16\
\x06groups\x17\x08metadata\x19\x04\0\x0dstrategy-plan\x03\0\x1a\x01r\x04\x04name\
s\x07versions\x07summarys\x0dconfig-schemas\x04\0\x0adescriptor\x03\0\x1c\x03\0\x1e\
graftwork:strategy/types@0.1.0\x05\x09\x04\0Hgraftwork:strategy/strategy-plugin-\
with-all-of-its-exports-removed@0.1.0\x04\0\x0b5\x01\0/strategy-plugin-with-all-\
of-its-exports-removed\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwit-co\
mponent\x070.258.3\x10wit-bindgen-rust\x060.61.1";
#[inline(never)]
#[doc(hidden)]
pub fn __link_custom_section_describing_imports() {
    graftwork_sdk::rt::maybe_link_cabi_realloc();
}
