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
                macro_rules! __export_selector_world_plugin_0_1_0_cabi {
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
                pub use __export_selector_world_plugin_0_1_0_cabi;
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
            /// Chooses target modules and ranks for the strategies after it in the chain. `config` is a JSON object.
            #[allow(dead_code, async_fn_in_trait, unused_imports, clippy::all)]
            pub mod selector {
                #[used]
                #[doc(hidden)]
                static __FORCE_SECTION_REF: fn() = super::super::super::super::__link_custom_section_describing_imports;
                use super::super::super::super::_rt;
                pub type Error = super::super::super::super::__with_name7::Error;
                pub type Choice = super::super::super::super::__with_name2::Choice;
                #[doc(hidden)]
                #[allow(non_snake_case, unused_unsafe)]
                pub unsafe fn _export_select_cabi<T_: Guest>(
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
                            T_::select(_rt::string_lift(bytes0))
                        };
                        let ptr2 = (&raw mut _RET_AREA.0).cast::<u8>();
                        match result1 {
                            Ok(e) => {
                                *ptr2.add(0).cast::<u8>() = (0i32) as u8;
                                let vec4 = e;
                                let len4 = vec4.len();
                                let layout4 = _rt::alloc::Layout::from_size_align(
                                        vec4.len() * 32,
                                        8,
                                    )
                                    .unwrap();
                                let (result4, _cleanup4) = graftwork_sdk::rt::Cleanup::new(
                                    layout4,
                                );
                                if let Some(cleanup) = _cleanup4 {
                                    cleanup.forget();
                                }
                                for (i, e) in vec4.into_iter().enumerate() {
                                    let base = result4.add(i * 32);
                                    {
                                        let super::super::super::super::__with_name2::Choice {
                                            param: param3,
                                            rank: rank3,
                                            alpha: alpha3,
                                        } = e;
                                        *base.add(0).cast::<i32>() = _rt::as_i32(param3);
                                        match rank3 {
                                            Some(e) => {
                                                *base.add(4).cast::<u8>() = (1i32) as u8;
                                                *base.add(8).cast::<i32>() = _rt::as_i32(e);
                                            }
                                            None => {
                                                *base.add(4).cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                        match alpha3 {
                                            Some(e) => {
                                                *base.add(16).cast::<u8>() = (1i32) as u8;
                                                *base.add(24).cast::<f64>() = _rt::as_f64(e);
                                            }
                                            None => {
                                                *base.add(16).cast::<u8>() = (0i32) as u8;
                                            }
                                        };
                                    }
                                }
                                *ptr2
                                    .add(2 * ::core::mem::size_of::<*const u8>())
                                    .cast::<usize>() = len4;
                                *ptr2
                                    .add(::core::mem::size_of::<*const u8>())
                                    .cast::<*mut u8>() = result4;
                            }
                            Err(e) => {
                                *ptr2.add(0).cast::<u8>() = (1i32) as u8;
                                use super::super::super::super::__with_name7::Error as V10;
                                match e {
                                    V10::InvalidConfig(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (0i32) as u8;
                                        let super::super::super::super::__with_name7::ConfigError {
                                            path: path5,
                                            message: message5,
                                        } = e;
                                        let vec6 = (path5.into_bytes()).into_boxed_slice();
                                        let ptr6 = vec6.as_ptr().cast::<u8>();
                                        let len6 = vec6.len();
                                        ::core::mem::forget(vec6);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len6;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr6.cast_mut();
                                        let vec7 = (message5.into_bytes()).into_boxed_slice();
                                        let ptr7 = vec7.as_ptr().cast::<u8>();
                                        let len7 = vec7.len();
                                        ::core::mem::forget(vec7);
                                        *ptr2
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len7;
                                        *ptr2
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr7.cast_mut();
                                    }
                                    V10::UnsupportedModel(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (1i32) as u8;
                                        let vec8 = (e.into_bytes()).into_boxed_slice();
                                        let ptr8 = vec8.as_ptr().cast::<u8>();
                                        let len8 = vec8.len();
                                        ::core::mem::forget(vec8);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len8;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr8.cast_mut();
                                    }
                                    V10::Internal(e) => {
                                        *ptr2
                                            .add(::core::mem::size_of::<*const u8>())
                                            .cast::<u8>() = (2i32) as u8;
                                        let vec9 = (e.into_bytes()).into_boxed_slice();
                                        let ptr9 = vec9.as_ptr().cast::<u8>();
                                        let len9 = vec9.len();
                                        ::core::mem::forget(vec9);
                                        *ptr2
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>() = len9;
                                        *ptr2
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>() = ptr9.cast_mut();
                                    }
                                }
                            }
                        };
                        ptr2
                    }
                }
                #[doc(hidden)]
                #[allow(non_snake_case)]
                pub unsafe fn __post_return_select<T_: Guest>(arg0: *mut u8) {
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
                                _rt::cabi_dealloc(base3, len3 * 32, 8);
                            }
                            _ => {
                                let l4 = i32::from(
                                    *arg0.add(::core::mem::size_of::<*const u8>()).cast::<u8>(),
                                );
                                match l4 {
                                    0 => {
                                        let l5 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l6 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l5, l6, 1);
                                        let l7 = *arg0
                                            .add(4 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l8 = *arg0
                                            .add(5 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l7, l8, 1);
                                    }
                                    1 => {
                                        let l9 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l10 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l9, l10, 1);
                                    }
                                    _ => {
                                        let l11 = *arg0
                                            .add(2 * ::core::mem::size_of::<*const u8>())
                                            .cast::<*mut u8>();
                                        let l12 = *arg0
                                            .add(3 * ::core::mem::size_of::<*const u8>())
                                            .cast::<usize>();
                                        _rt::cabi_dealloc(l11, l12, 1);
                                    }
                                }
                            }
                        }
                    }
                }
                pub trait Guest {
                    #[allow(async_fn_in_trait)]
                    fn select(
                        config: _rt::String,
                    ) -> ::core::result::Result<_rt::Vec<Choice>, Error>;
                }
                #[doc(hidden)]
                #[macro_export]
                macro_rules! __export_selector_world_selector_0_1_0_cabi {
                    ($ty:ident with_types_in $($path_to_types:tt)*) => {
                        const _ : () = { #[unsafe (export_name =
                        "graftwork:strategy/selector@0.1.0#select")] unsafe extern "C" fn
                        export_select(arg0 : * mut u8, arg1 : usize,) -> * mut u8 {
                        unsafe { $($path_to_types)*:: _export_select_cabi::<$ty > (arg0,
                        arg1) } } #[unsafe (export_name =
                        "cabi_post_graftwork:strategy/selector@0.1.0#select")] unsafe
                        extern "C" fn _post_return_select(arg0 : * mut u8,) { unsafe {
                        $($path_to_types)*:: __post_return_select::<$ty > (arg0) } } };
                    };
                }
                #[doc(hidden)]
                pub use __export_selector_world_selector_0_1_0_cabi;
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
    pub use alloc_crate::alloc;
    pub use alloc_crate::string::String;
    extern crate alloc as alloc_crate;
}
/// Generates `#[unsafe(no_mangle)]` functions to export the specified type as
/// the root implementation of all generated traits.
///
/// For more information see the documentation of `wit_bindgen::generate!`.
///
/// ```rust
/// # macro_rules! __export_selector_plugin{ ($($t:tt)*) => (); }
/// # trait Guest {}
/// struct MyType;
///
/// impl Guest for MyType {
///     // ...
/// }
///
/// __export_selector_plugin!(MyType);
/// ```
#[allow(unused_macros)]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_selector_plugin_impl {
    ($ty:ident) => {
        graftwork_sdk::bindings::selector::__export_selector_plugin!($ty with_types_in
        graftwork_sdk::bindings::selector);
    };
    ($ty:ident with_types_in $($path_to_types_root:tt)*) => {
        $($path_to_types_root)*::
        exports::graftwork::strategy::plugin::__export_selector_world_plugin_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::plugin);
        $($path_to_types_root)*::
        exports::graftwork::strategy::selector::__export_selector_world_selector_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::selector);
        const _ : () = { #[cfg(target_arch = "wasm32")] #[unsafe (link_section =
        "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:selector-plugin:imports and exports")]
        #[doc(hidden)] #[allow(clippy::octal_escapes)] pub static
        __WIT_BINDGEN_COMPONENT_TYPE : [u8; 1894] = *
        b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xe0\x0d\x01A\x02\x01\
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
\0\x1fgraftwork:strategy/plugin@0.1.0\x05\x0b\x02\x03\0\x07\x05error\x02\x03\0\x02\
\x06choice\x01B\x08\x02\x03\x02\x01\x0c\x04\0\x05error\x03\0\0\x02\x03\x02\x01\x0d\
\x04\0\x06choice\x03\0\x02\x01p\x03\x01j\x01\x04\x01\x01\x01@\x01\x06configs\0\x05\
\x04\0\x06select\x01\x06\x04\0!graftwork:strategy/selector@0.1.0\x05\x0e\x04\0(g\
raftwork:strategy/selector-plugin@0.1.0\x04\0\x0b\x15\x01\0\x0fselector-plugin\x03\
\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwit-component\x070.258.3\x10wit-\
bindgen-rust\x060.61.1";
        };
    };
}
#[doc(inline)]
pub use __export_selector_plugin_impl as __export_selector_plugin;
#[cfg(target_arch = "wasm32")]
#[unsafe(
    link_section = "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:selector-plugin-with-all-of-its-exports-removed:encoded world"
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
graftwork:strategy/types@0.1.0\x05\x09\x04\0Hgraftwork:strategy/selector-plugin-\
with-all-of-its-exports-removed@0.1.0\x04\0\x0b5\x01\0/selector-plugin-with-all-\
of-its-exports-removed\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwit-co\
mponent\x070.258.3\x10wit-bindgen-rust\x060.61.1";
#[inline(never)]
#[doc(hidden)]
pub fn __link_custom_section_describing_imports() {
    graftwork_sdk::rt::maybe_link_cabi_realloc();
}
