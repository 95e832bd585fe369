#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::model as __with_name0;
#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::stats as __with_name1;
#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::selection as __with_name2;
#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::training as __with_name3;
#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::random as __with_name4;
#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::log as __with_name5;
#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::expression as __with_name6;
#[allow(unfulfilled_lint_expectations, unused_imports)]
use crate::bindings::strategy::graftwork::strategy::types as __with_name7;
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
                pub type Descriptor = super::super::super::super::__with_name7::Descriptor;
                #[doc(hidden)]
                #[allow(non_snake_case, unused_unsafe)]
                pub unsafe fn _export_describe_cabi<T_: Guest>() -> *mut u8 {
                    unsafe {
                        #[cfg(target_arch = "wasm32")] _rt::run_ctors_once();
                        let result0 = { T_::describe() };
                        let ptr1 = (&raw mut _RET_AREA.0).cast::<u8>();
                        let super::super::super::super::__with_name7::Descriptor {
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
                macro_rules! __export_steered_strategy_world_plugin_0_1_0_cabi {
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
                pub use __export_steered_strategy_world_plugin_0_1_0_cabi;
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
                pub type StrategyPlan = super::super::super::super::__with_name7::StrategyPlan;
                pub type Error = super::super::super::super::__with_name7::Error;
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
                                let super::super::super::super::__with_name7::StrategyPlan {
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
                                        let super::super::super::super::__with_name7::Trainable {
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
                                        let super::super::super::super::__with_name7::AdapterTensor {
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
                                        let super::super::super::super::__with_name6::Graph {
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
                                                let super::super::super::super::__with_name6::Node {
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
                                                        use super::super::super::super::__with_name6::Attribute as V19;
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
                                                let super::super::super::super::__with_name6::Graph {
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
                                                        let super::super::super::super::__with_name6::Node {
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
                                                                use super::super::super::super::__with_name6::Attribute as V30;
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
                                        let super::super::super::super::__with_name7::Adapter {
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
                                                let super::super::super::super::__with_name7::AdapterTensor {
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
                                                let super::super::super::super::__with_name6::Graph {
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
                                                        let super::super::super::super::__with_name6::Node {
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
                                                                use super::super::super::super::__with_name6::Attribute as V48;
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
                                                        let super::super::super::super::__with_name6::Graph {
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
                                                                let super::super::super::super::__with_name6::Node {
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
                                                                        use super::super::super::super::__with_name6::Attribute as V59;
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
                                                let super::super::super::super::__with_name6::Graph {
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
                                                        let super::super::super::super::__with_name6::Node {
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
                                                                use super::super::super::super::__with_name6::Attribute as V71;
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
                                        let super::super::super::super::__with_name6::Graph {
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
                                                let super::super::super::super::__with_name6::Node {
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
                                                        use super::super::super::super::__with_name6::Attribute as V82;
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
                                                let super::super::super::super::__with_name6::Graph {
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
                                                        let super::super::super::super::__with_name6::Node {
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
                                                                use super::super::super::super::__with_name6::Attribute as V93;
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
                                        let super::super::super::super::__with_name7::Group {
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
                                use super::super::super::super::__with_name7::Error as V109;
                                match e {
                                    V109::InvalidConfig(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (0i32) as u8;
                                        let super::super::super::super::__with_name7::ConfigError {
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
                macro_rules! __export_steered_strategy_world_strategy_0_1_0_cabi {
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
                pub use __export_steered_strategy_world_strategy_0_1_0_cabi;
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
            /// Steers a run. The state is the plugin's own and travels in every checkpoint, so that a resumed run continues as if it
            /// had not stopped.
            #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
            pub mod controller {
                #[used]
                #[doc(hidden)]
                static __FORCE_SECTION_REF: fn() = super::super::super::super::__link_custom_section_describing_imports;
                use super::super::super::super::_rt;
                pub type Error = super::super::super::super::__with_name7::Error;
                pub type ParamId = super::super::super::super::__with_name0::ParamId;
                /// An update that is done.
                #[repr(C)]
                #[derive(Clone, Copy)]
                pub struct Report {
                    /// Counted from 1.
                    pub step: u64,
                    pub total_steps: u64,
                    pub epoch: f64,
                    pub loss: f64,
                    /// Where an evaluation followed the update.
                    pub eval_loss: ::core::option::Option<f64>,
                    pub grad_norm: f64,
                }
                impl ::core::fmt::Debug for Report {
                    fn fmt(
                        &self,
                        f: &mut ::core::fmt::Formatter<'_>,
                    ) -> ::core::fmt::Result {
                        f.debug_struct("Report")
                            .field("step", &self.step)
                            .field("total-steps", &self.total_steps)
                            .field("epoch", &self.epoch)
                            .field("loss", &self.loss)
                            .field("eval-loss", &self.eval_loss)
                            .field("grad-norm", &self.grad_norm)
                            .finish()
                    }
                }
                #[derive(Clone)]
                pub struct Rate {
                    /// Optimizer group; none is every group.
                    pub group: ::core::option::Option<_rt::String>,
                    /// Factor on the learning rate that schedule and plan give, in place of the factor before.
                    pub factor: f64,
                }
                impl ::core::fmt::Debug for Rate {
                    fn fmt(
                        &self,
                        f: &mut ::core::fmt::Formatter<'_>,
                    ) -> ::core::fmt::Result {
                        f.debug_struct("Rate")
                            .field("group", &self.group)
                            .field("factor", &self.factor)
                            .finish()
                    }
                }
                #[derive(Clone)]
                pub struct Rows {
                    /// The parameter whose adapter has the tensor.
                    pub param: ParamId,
                    pub tensor: _rt::String,
                    /// Rows that stay as they are; all others become zero.
                    pub kept: _rt::Vec<u32>,
                }
                impl ::core::fmt::Debug for Rows {
                    fn fmt(
                        &self,
                        f: &mut ::core::fmt::Formatter<'_>,
                    ) -> ::core::fmt::Result {
                        f.debug_struct("Rows")
                            .field("param", &self.param)
                            .field("tensor", &self.tensor)
                            .field("kept", &self.kept)
                            .finish()
                    }
                }
                #[derive(Clone)]
                pub enum Action {
                    ScaleLearningRate(Rate),
                    /// What trains of the parameter, itself or its adapter's tensors, stops, and its moments are dropped.
                    Freeze(ParamId),
                    Unfreeze(ParamId),
                    Keep(Rows),
                    /// Folds the adapters into the base, draws their tensors anew and drops their moments.
                    MergeAndRestart,
                    Checkpoint,
                    /// Ends the run as if this had been its last update. The text says why.
                    Stop(_rt::String),
                }
                impl ::core::fmt::Debug for Action {
                    fn fmt(
                        &self,
                        f: &mut ::core::fmt::Formatter<'_>,
                    ) -> ::core::fmt::Result {
                        match self {
                            Action::ScaleLearningRate(e) => {
                                f.debug_tuple("Action::ScaleLearningRate").field(e).finish()
                            }
                            Action::Freeze(e) => {
                                f.debug_tuple("Action::Freeze").field(e).finish()
                            }
                            Action::Unfreeze(e) => {
                                f.debug_tuple("Action::Unfreeze").field(e).finish()
                            }
                            Action::Keep(e) => {
                                f.debug_tuple("Action::Keep").field(e).finish()
                            }
                            Action::MergeAndRestart => {
                                f.debug_tuple("Action::MergeAndRestart").finish()
                            }
                            Action::Checkpoint => {
                                f.debug_tuple("Action::Checkpoint").finish()
                            }
                            Action::Stop(e) => {
                                f.debug_tuple("Action::Stop").field(e).finish()
                            }
                        }
                    }
                }
                #[derive(Clone)]
                pub struct Decision {
                    pub state: _rt::Vec<u8>,
                    /// Carried out in their order, before the next update.
                    pub actions: _rt::Vec<Action>,
                }
                impl ::core::fmt::Debug for Decision {
                    fn fmt(
                        &self,
                        f: &mut ::core::fmt::Formatter<'_>,
                    ) -> ::core::fmt::Result {
                        f.debug_struct("Decision")
                            .field("state", &self.state)
                            .field("actions", &self.actions)
                            .finish()
                    }
                }
                #[doc(hidden)]
                #[allow(non_snake_case, unused_unsafe)]
                pub unsafe fn _export_start_cabi<T_: Guest>(
                    arg0: *mut u8,
                    arg1: usize,
                    arg2: i64,
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
                            T_::start(_rt::string_lift(bytes0), arg2 as u64)
                        };
                        let ptr2 = (&raw mut _RET_AREA.0).cast::<u8>();
                        match result1 {
                            Ok(e) => {
                                *ptr2.add(0).cast::<u8>() = (0i32) as u8;
                                let Decision { state: state3, actions: actions3 } = e;
                                let vec4 = <_ as Into<_rt::Vec<_>>>::into(state3)
                                    .into_boxed_slice();
                                let ptr4 = vec4.as_ptr().cast::<u8>();
                                let len4 = vec4.len();
                                ::core::mem::forget(vec4);
                                *ptr2
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len4;
                                *ptr2
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = ptr4.cast_mut();
                                let vec11 = actions3;
                                let len11 = vec11.len();
                                let layout11 = _rt::alloc::Layout::from_size_align(
                                        vec11.len()
                                            * (16 + 4 * ::core::mem::size_of::<*const u8>()),
                                        8,
                                    )
                                    .unwrap();
                                let (result11, _cleanup11) = graftwork_sdk::rt::Cleanup::new(
                                    layout11,
                                );
                                if let Some(cleanup) = _cleanup11 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec11.into_iter().enumerate() {
                                    let base = result11
                                        .add(i * (16 + 4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        match e {
                                            Action::ScaleLearningRate(e) => {
                                                *base.add(0).cast::<u8>() = (0i32) as u8;
                                                let Rate { group: group5, factor: factor5 } = e;
                                                match group5 {
                                                    Some(e) => {
                                                        *base.add(8).cast::<u8>() = (1i32) as u8;
                                                        let vec6 = (e.into_bytes()).into_boxed_slice();
                                                        let ptr6 = vec6.as_ptr().cast::<u8>();
                                                        let len6 = vec6.len();
                                                        ::core::mem::forget(vec6);
                                                        *base
                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len6;
                                                        *base
                                                            .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr6.cast_mut();
                                                    }
                                                    None => {
                                                        *base.add(8).cast::<u8>() = (0i32) as u8;
                                                    }
                                                };
                                                *base
                                                    .add(16 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<f64>() = _rt::as_f64(factor5);
                                            }
                                            Action::Freeze(e) => {
                                                *base.add(0).cast::<u8>() = (1i32) as u8;
                                                *base.add(8).cast::<i32>() = _rt::as_i32(e);
                                            }
                                            Action::Unfreeze(e) => {
                                                *base.add(0).cast::<u8>() = (2i32) as u8;
                                                *base.add(8).cast::<i32>() = _rt::as_i32(e);
                                            }
                                            Action::Keep(e) => {
                                                *base.add(0).cast::<u8>() = (3i32) as u8;
                                                let Rows { param: param7, tensor: tensor7, kept: kept7 } = e;
                                                *base.add(8).cast::<i32>() = _rt::as_i32(param7);
                                                let vec8 = (tensor7.into_bytes()).into_boxed_slice();
                                                let ptr8 = vec8.as_ptr().cast::<u8>();
                                                let len8 = vec8.len();
                                                ::core::mem::forget(vec8);
                                                *base
                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len8;
                                                *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr8.cast_mut();
                                                let vec9 = <_ as Into<_rt::Vec<_>>>::into(kept7)
                                                    .into_boxed_slice();
                                                let ptr9 = vec9.as_ptr().cast::<u8>();
                                                let len9 = vec9.len();
                                                ::core::mem::forget(vec9);
                                                *base
                                                    .add(8 + 4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len9;
                                                *base
                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr9.cast_mut();
                                            }
                                            Action::MergeAndRestart => {
                                                *base.add(0).cast::<u8>() = (4i32) as u8;
                                            }
                                            Action::Checkpoint => {
                                                *base.add(0).cast::<u8>() = (5i32) as u8;
                                            }
                                            Action::Stop(e) => {
                                                *base.add(0).cast::<u8>() = (6i32) as u8;
                                                let vec10 = (e.into_bytes()).into_boxed_slice();
                                                let ptr10 = vec10.as_ptr().cast::<u8>();
                                                let len10 = vec10.len();
                                                ::core::mem::forget(vec10);
                                                *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len10;
                                                *base.add(8).cast::<*mut u8>() = ptr10.cast_mut();
                                            }
                                        }
                                    }
                                }
                                *ptr2
                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len11;
                                *ptr2
                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result11;
                            }
                            Err(e) => {
                                *ptr2.add(0).cast::<u8>() = (1i32) as u8;
                                use super::super::super::super::__with_name7::Error as V17;
                                match e {
                                    V17::InvalidConfig(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (0i32) as u8;
                                        let super::super::super::super::__with_name7::ConfigError {
                                            path: path12,
                                            message: message12,
                                        } = e;
                                        let vec13 = (path12.into_bytes()).into_boxed_slice();
                                        let ptr13 = vec13.as_ptr().cast::<u8>();
                                        let len13 = vec13.len();
                                        ::core::mem::forget(vec13);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len13;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr13.cast_mut();
                                        let vec14 = (message12.into_bytes()).into_boxed_slice();
                                        let ptr14 = vec14.as_ptr().cast::<u8>();
                                        let len14 = vec14.len();
                                        ::core::mem::forget(vec14);
                                        *ptr2
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len14;
                                        *ptr2
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr14.cast_mut();
                                    }
                                    V17::UnsupportedModel(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (1i32) as u8;
                                        let vec15 = (e.into_bytes()).into_boxed_slice();
                                        let ptr15 = vec15.as_ptr().cast::<u8>();
                                        let len15 = vec15.len();
                                        ::core::mem::forget(vec15);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len15;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr15.cast_mut();
                                    }
                                    V17::Internal(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (2i32) as u8;
                                        let vec16 = (e.into_bytes()).into_boxed_slice();
                                        let ptr16 = vec16.as_ptr().cast::<u8>();
                                        let len16 = vec16.len();
                                        ::core::mem::forget(vec16);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len16;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr16.cast_mut();
                                    }
                                }
                            }
                        };
                        ptr2
                    }
                }
                #[doc(hidden)]
                #[allow(non_snake_case)]
                pub unsafe fn __post_return_start<T_: Guest>(arg0: *mut u8) {
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
                                let base3 = l1;
                                let len3 = l2;
                                _rt::cabi_dealloc(base3, len3 * 1, 1);
                                let l4 = *arg0
                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l5 = *arg0
                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base17 = l4;
                                let len17 = l5;
                                for i in 0..len17 {
                                    let base = base17
                                        .add(i * (16 + 4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l6 = i32::from(*base.add(0).cast::<u8>());
                                        match l6 {
                                            0 => {
                                                let l7 = i32::from(*base.add(8).cast::<u8>());
                                                match l7 {
                                                    0 => {}
                                                    _ => {
                                                        let l8 = *base
                                                            .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l9 = *base
                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l8, l9, 1);
                                                    }
                                                }
                                            }
                                            1 => {}
                                            2 => {}
                                            3 => {
                                                let l10 = *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l11 = *base
                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l10, l11, 1);
                                                let l12 = *base
                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l13 = *base
                                                    .add(8 + 4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base14 = l12;
                                                let len14 = l13;
                                                _rt::cabi_dealloc(base14, len14 * 4, 4);
                                            }
                                            4 => {}
                                            5 => {}
                                            _ => {
                                                let l15 = *base.add(8).cast::<*mut u8>();
                                                let l16 = *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l15, l16, 1);
                                            }
                                        }
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base17,
                                    len17 * (16 + 4 * ::core::mem::size_of::<*const u8>()),
                                    8,
                                );
                            }
                            _ => {
                                let l18 = i32::from(
                                    *arg0.add(::core::mem::size_of::<*const u8>()).cast::<u8>(),
                                );
                                match l18 {
                                    0 => {
                                        let l19 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l20 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l19, l20, 1);
                                        let l21 = *arg0
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l22 = *arg0
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l21, l22, 1);
                                    }
                                    1 => {
                                        let l23 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l24 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l23, l24, 1);
                                    }
                                    _ => {
                                        let l25 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l26 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l25, l26, 1);
                                    }
                                }
                            }
                        }
                    }
                }
                #[doc(hidden)]
                #[allow(non_snake_case, unused_unsafe)]
                pub unsafe fn _export_step_cabi<T_: Guest>(
                    arg0: *mut u8,
                    arg1: usize,
                    arg2: i64,
                    arg3: i64,
                    arg4: f64,
                    arg5: f64,
                    arg6: i32,
                    arg7: f64,
                    arg8: f64,
                ) -> *mut u8 {
                    unsafe {
                        #[cfg(target_arch = "wasm32")] _rt::run_ctors_once();
                        let result1 = {
                            let len0 = arg1;
                            T_::step(
                                <_ as From<
                                    _rt::Vec<_>,
                                >>::from(_rt::Vec::from_raw_parts(arg0.cast(), len0, len0)),
                                Report {
                                    step: arg2 as u64,
                                    total_steps: arg3 as u64,
                                    epoch: arg4,
                                    loss: arg5,
                                    eval_loss: match arg6 {
                                        0 => None,
                                        1 => {
                                            let e = arg7;
                                            Some(e)
                                        }
                                        _ => _rt::invalid_enum_discriminant(),
                                    },
                                    grad_norm: arg8,
                                },
                            )
                        };
                        let ptr2 = (&raw mut _RET_AREA.0).cast::<u8>();
                        match result1 {
                            Ok(e) => {
                                *ptr2.add(0).cast::<u8>() = (0i32) as u8;
                                let Decision { state: state3, actions: actions3 } = e;
                                let vec4 = <_ as Into<_rt::Vec<_>>>::into(state3)
                                    .into_boxed_slice();
                                let ptr4 = vec4.as_ptr().cast::<u8>();
                                let len4 = vec4.len();
                                ::core::mem::forget(vec4);
                                *ptr2
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len4;
                                *ptr2
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = ptr4.cast_mut();
                                let vec11 = actions3;
                                let len11 = vec11.len();
                                let layout11 = _rt::alloc::Layout::from_size_align(
                                        vec11.len()
                                            * (16 + 4 * ::core::mem::size_of::<*const u8>()),
                                        8,
                                    )
                                    .unwrap();
                                let (result11, _cleanup11) = graftwork_sdk::rt::Cleanup::new(
                                    layout11,
                                );
                                if let Some(cleanup) = _cleanup11 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec11.into_iter().enumerate() {
                                    let base = result11
                                        .add(i * (16 + 4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        match e {
                                            Action::ScaleLearningRate(e) => {
                                                *base.add(0).cast::<u8>() = (0i32) as u8;
                                                let Rate { group: group5, factor: factor5 } = e;
                                                match group5 {
                                                    Some(e) => {
                                                        *base.add(8).cast::<u8>() = (1i32) as u8;
                                                        let vec6 = (e.into_bytes()).into_boxed_slice();
                                                        let ptr6 = vec6.as_ptr().cast::<u8>();
                                                        let len6 = vec6.len();
                                                        ::core::mem::forget(vec6);
                                                        *base
                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>() = len6;
                                                        *base
                                                            .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>() = ptr6.cast_mut();
                                                    }
                                                    None => {
                                                        *base.add(8).cast::<u8>() = (0i32) as u8;
                                                    }
                                                };
                                                *base
                                                    .add(16 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<f64>() = _rt::as_f64(factor5);
                                            }
                                            Action::Freeze(e) => {
                                                *base.add(0).cast::<u8>() = (1i32) as u8;
                                                *base.add(8).cast::<i32>() = _rt::as_i32(e);
                                            }
                                            Action::Unfreeze(e) => {
                                                *base.add(0).cast::<u8>() = (2i32) as u8;
                                                *base.add(8).cast::<i32>() = _rt::as_i32(e);
                                            }
                                            Action::Keep(e) => {
                                                *base.add(0).cast::<u8>() = (3i32) as u8;
                                                let Rows { param: param7, tensor: tensor7, kept: kept7 } = e;
                                                *base.add(8).cast::<i32>() = _rt::as_i32(param7);
                                                let vec8 = (tensor7.into_bytes()).into_boxed_slice();
                                                let ptr8 = vec8.as_ptr().cast::<u8>();
                                                let len8 = vec8.len();
                                                ::core::mem::forget(vec8);
                                                *base
                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len8;
                                                *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr8.cast_mut();
                                                let vec9 = <_ as Into<_rt::Vec<_>>>::into(kept7)
                                                    .into_boxed_slice();
                                                let ptr9 = vec9.as_ptr().cast::<u8>();
                                                let len9 = vec9.len();
                                                ::core::mem::forget(vec9);
                                                *base
                                                    .add(8 + 4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len9;
                                                *base
                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>() = ptr9.cast_mut();
                                            }
                                            Action::MergeAndRestart => {
                                                *base.add(0).cast::<u8>() = (4i32) as u8;
                                            }
                                            Action::Checkpoint => {
                                                *base.add(0).cast::<u8>() = (5i32) as u8;
                                            }
                                            Action::Stop(e) => {
                                                *base.add(0).cast::<u8>() = (6i32) as u8;
                                                let vec10 = (e.into_bytes()).into_boxed_slice();
                                                let ptr10 = vec10.as_ptr().cast::<u8>();
                                                let len10 = vec10.len();
                                                ::core::mem::forget(vec10);
                                                *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>() = len10;
                                                *base.add(8).cast::<*mut u8>() = ptr10.cast_mut();
                                            }
                                        }
                                    }
                                }
                                *ptr2
                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len11;
                                *ptr2
                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result11;
                            }
                            Err(e) => {
                                *ptr2.add(0).cast::<u8>() = (1i32) as u8;
                                use super::super::super::super::__with_name7::Error as V17;
                                match e {
                                    V17::InvalidConfig(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (0i32) as u8;
                                        let super::super::super::super::__with_name7::ConfigError {
                                            path: path12,
                                            message: message12,
                                        } = e;
                                        let vec13 = (path12.into_bytes()).into_boxed_slice();
                                        let ptr13 = vec13.as_ptr().cast::<u8>();
                                        let len13 = vec13.len();
                                        ::core::mem::forget(vec13);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len13;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr13.cast_mut();
                                        let vec14 = (message12.into_bytes()).into_boxed_slice();
                                        let ptr14 = vec14.as_ptr().cast::<u8>();
                                        let len14 = vec14.len();
                                        ::core::mem::forget(vec14);
                                        *ptr2
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len14;
                                        *ptr2
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr14.cast_mut();
                                    }
                                    V17::UnsupportedModel(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (1i32) as u8;
                                        let vec15 = (e.into_bytes()).into_boxed_slice();
                                        let ptr15 = vec15.as_ptr().cast::<u8>();
                                        let len15 = vec15.len();
                                        ::core::mem::forget(vec15);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len15;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr15.cast_mut();
                                    }
                                    V17::Internal(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (2i32) as u8;
                                        let vec16 = (e.into_bytes()).into_boxed_slice();
                                        let ptr16 = vec16.as_ptr().cast::<u8>();
                                        let len16 = vec16.len();
                                        ::core::mem::forget(vec16);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len16;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr16.cast_mut();
                                    }
                                }
                            }
                        };
                        ptr2
                    }
                }
                #[doc(hidden)]
                #[allow(non_snake_case)]
                pub unsafe fn __post_return_step<T_: Guest>(arg0: *mut u8) {
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
                                let base3 = l1;
                                let len3 = l2;
                                _rt::cabi_dealloc(base3, len3 * 1, 1);
                                let l4 = *arg0
                                    .add(3 * ::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>();
                                let l5 = *arg0
                                    .add(4 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>();
                                let base17 = l4;
                                let len17 = l5;
                                for i in 0..len17 {
                                    let base = base17
                                        .add(i * (16 + 4 * ::core::mem::size_of::<*const u8>()));
                                    {
                                        let l6 = i32::from(*base.add(0).cast::<u8>());
                                        match l6 {
                                            0 => {
                                                let l7 = i32::from(*base.add(8).cast::<u8>());
                                                match l7 {
                                                    0 => {}
                                                    _ => {
                                                        let l8 = *base
                                                            .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<*mut u8>();
                                                        let l9 = *base
                                                            .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                            .cast::<usize>();
                                                        _rt::cabi_dealloc(l8, l9, 1);
                                                    }
                                                }
                                            }
                                            1 => {}
                                            2 => {}
                                            3 => {
                                                let l10 = *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l11 = *base
                                                    .add(8 + 2 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l10, l11, 1);
                                                let l12 = *base
                                                    .add(8 + 3 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<*mut u8>();
                                                let l13 = *base
                                                    .add(8 + 4 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                let base14 = l12;
                                                let len14 = l13;
                                                _rt::cabi_dealloc(base14, len14 * 4, 4);
                                            }
                                            4 => {}
                                            5 => {}
                                            _ => {
                                                let l15 = *base.add(8).cast::<*mut u8>();
                                                let l16 = *base
                                                    .add(8 + 1 * ::core::mem::size_of::<*const u8>())
                                                    .cast::<usize>();
                                                _rt::cabi_dealloc(l15, l16, 1);
                                            }
                                        }
                                    }
                                }
                                _rt::cabi_dealloc(
                                    base17,
                                    len17 * (16 + 4 * ::core::mem::size_of::<*const u8>()),
                                    8,
                                );
                            }
                            _ => {
                                let l18 = i32::from(
                                    *arg0.add(::core::mem::size_of::<*const u8>()).cast::<u8>(),
                                );
                                match l18 {
                                    0 => {
                                        let l19 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l20 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l19, l20, 1);
                                        let l21 = *arg0
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l22 = *arg0
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l21, l22, 1);
                                    }
                                    1 => {
                                        let l23 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l24 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l23, l24, 1);
                                    }
                                    _ => {
                                        let l25 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l26 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l25, l26, 1);
                                    }
                                }
                            }
                        }
                    }
                }
                pub trait Guest {
                    /// Before the first update.
                    #[allow(async_fn_in_trait)]
                    fn start(
                        config: _rt::String,
                        total_steps: u64,
                    ) -> ::core::result::Result<Decision, Error>;
                    /// After each update.
                    #[allow(async_fn_in_trait)]
                    fn step(
                        state: _rt::Vec<u8>,
                        report: Report,
                    ) -> ::core::result::Result<Decision, Error>;
                }
                #[doc(hidden)]
                #[macro_export]
                macro_rules! __export_steered_strategy_world_controller_0_1_0_cabi {
                    ($ty:ident with_types_in $($path_to_types:tt)*) => {
                        const _ : () = { #[unsafe (export_name =
                        "graftwork:strategy/controller@0.1.0#start")] unsafe extern "C"
                        fn export_start(arg0 : * mut u8, arg1 : usize, arg2 : i64,) -> *
                        mut u8 { unsafe { $($path_to_types)*:: _export_start_cabi::<$ty >
                        (arg0, arg1, arg2) } } #[unsafe (export_name =
                        "cabi_post_graftwork:strategy/controller@0.1.0#start")] unsafe
                        extern "C" fn _post_return_start(arg0 : * mut u8,) { unsafe {
                        $($path_to_types)*:: __post_return_start::<$ty > (arg0) } }
                        #[unsafe (export_name =
                        "graftwork:strategy/controller@0.1.0#step")] unsafe extern "C" fn
                        export_step(arg0 : * mut u8, arg1 : usize, arg2 : i64, arg3 :
                        i64, arg4 : f64, arg5 : f64, arg6 : i32, arg7 : f64, arg8 : f64,)
                        -> * mut u8 { unsafe { $($path_to_types)*::
                        _export_step_cabi::<$ty > (arg0, arg1, arg2, arg3, arg4, arg5,
                        arg6, arg7, arg8) } } #[unsafe (export_name =
                        "cabi_post_graftwork:strategy/controller@0.1.0#step")] unsafe
                        extern "C" fn _post_return_step(arg0 : * mut u8,) { unsafe {
                        $($path_to_types)*:: __post_return_step::<$ty > (arg0) } } };
                    };
                }
                #[doc(hidden)]
                pub use __export_steered_strategy_world_controller_0_1_0_cabi;
                #[cfg_attr(target_pointer_width = "64", repr(align(8)))]
                #[cfg_attr(target_pointer_width = "32", repr(align(4)))]
                struct _RetArea(
                    [::core::mem::MaybeUninit<
                        u8,
                    >; 6 * ::core::mem::size_of::<*const u8>()],
                );
                static mut _RET_AREA: _RetArea = _RetArea(
                    [::core::mem::MaybeUninit::uninit(); 6
                        * ::core::mem::size_of::<*const u8>()],
                );
            }
        }
    }
}
mod _rt {
    #![allow(dead_code, unused_imports, clippy::all)]
    #[cfg(target_arch = "wasm32")]
    pub fn run_ctors_once() {
        graftwork_sdk::rt::run_ctors_once();
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
    pub use alloc_crate::vec::Vec;
    pub unsafe fn string_lift(bytes: Vec<u8>) -> String {
        if cfg!(debug_assertions) {
            String::from_utf8(bytes).unwrap()
        } else {
            unsafe { String::from_utf8_unchecked(bytes) }
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
    pub use alloc_crate::string::String;
    pub unsafe fn invalid_enum_discriminant<T>() -> T {
        if cfg!(debug_assertions) {
            panic!("invalid enum discriminant")
        } else {
            unsafe { core::hint::unreachable_unchecked() }
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
/// # macro_rules! __export_steered_strategy_plugin{ ($($t:tt)*) => (); }
/// # trait Guest {}
/// struct MyType;
///
/// impl Guest for MyType {
///     // ...
/// }
///
/// __export_steered_strategy_plugin!(MyType);
/// ```
#[allow(unused_macros)]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_steered_strategy_plugin_impl {
    ($ty:ident) => {
        graftwork_sdk::bindings::steered_strategy::__export_steered_strategy_plugin!($ty
        with_types_in graftwork_sdk::bindings::steered_strategy);
    };
    ($ty:ident with_types_in $($path_to_types_root:tt)*) => {
        $($path_to_types_root)*::
        exports::graftwork::strategy::plugin::__export_steered_strategy_world_plugin_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::plugin);
        $($path_to_types_root)*::
        exports::graftwork::strategy::strategy::__export_steered_strategy_world_strategy_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::strategy);
        $($path_to_types_root)*::
        exports::graftwork::strategy::controller::__export_steered_strategy_world_controller_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*::
        exports::graftwork::strategy::controller); const _ : () = { #[cfg(target_arch =
        "wasm32")] #[unsafe (link_section =
        "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:steered-strategy-plugin:imports and exports")]
        #[doc(hidden)] #[allow(clippy::octal_escapes)] pub static
        __WIT_BINDGEN_COMPONENT_TYPE : [u8; 2356] = *
        b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xa6\x11\x01A\x02\x01\
A\x1b\x01B\x0d\x01y\x04\0\x08param-id\x03\0\0\x01py\x01ky\x01k\x01\x01r\x06\x04n\
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
gs\0\x04\x04\0\x04plan\x01\x05\x04\0!graftwork:strategy/strategy@0.1.0\x05\x0e\x01\
B\x18\x02\x03\x02\x01\x0d\x04\0\x05error\x03\0\0\x02\x03\x02\x01\x01\x04\0\x08pa\
ram-id\x03\0\x02\x01ku\x01r\x06\x04stepw\x0btotal-stepsw\x05epochu\x04lossu\x09e\
val-loss\x04\x09grad-normu\x04\0\x06report\x03\0\x05\x01ks\x01r\x02\x05group\x07\
\x06factoru\x04\0\x04rate\x03\0\x08\x01py\x01r\x03\x05param\x03\x06tensors\x04ke\
pt\x0a\x04\0\x04rows\x03\0\x0b\x01q\x07\x13scale-learning-rate\x01\x09\0\x06free\
ze\x01\x03\0\x08unfreeze\x01\x03\0\x04keep\x01\x0c\0\x11merge-and-restart\0\0\x0a\
checkpoint\0\0\x04stop\x01s\0\x04\0\x06action\x03\0\x0d\x01p}\x01p\x0e\x01r\x02\x05\
state\x0f\x07actions\x10\x04\0\x08decision\x03\0\x11\x01j\x01\x12\x01\x01\x01@\x02\
\x06configs\x0btotal-stepsw\0\x13\x04\0\x05start\x01\x14\x01@\x02\x05state\x0f\x06\
report\x06\0\x13\x04\0\x04step\x01\x15\x04\0#graftwork:strategy/controller@0.1.0\
\x05\x0f\x04\00graftwork:strategy/steered-strategy-plugin@0.1.0\x04\0\x0b\x1d\x01\
\0\x17steered-strategy-plugin\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0d\
wit-component\x070.258.3\x10wit-bindgen-rust\x060.61.1";
        };
    };
}
#[doc(inline)]
pub use __export_steered_strategy_plugin_impl as __export_steered_strategy_plugin;
#[cfg(target_arch = "wasm32")]
#[unsafe(
    link_section = "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:steered-strategy-plugin-with-all-of-its-exports-removed:encoded world"
)]
#[doc(hidden)]
#[allow(clippy::octal_escapes)]
pub static __WIT_BINDGEN_COMPONENT_TYPE: [u8; 1753] = *b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xab\x0c\x01A\x02\x01\
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
graftwork:strategy/types@0.1.0\x05\x09\x04\0Pgraftwork:strategy/steered-strategy\
-plugin-with-all-of-its-exports-removed@0.1.0\x04\0\x0b=\x01\07steered-strategy-\
plugin-with-all-of-its-exports-removed\x03\0\0\0G\x09producers\x01\x0cprocessed-\
by\x02\x0dwit-component\x070.258.3\x10wit-bindgen-rust\x060.61.1";
#[inline(never)]
#[doc(hidden)]
pub fn __link_custom_section_describing_imports() {
    graftwork_sdk::rt::maybe_link_cabi_realloc();
}
