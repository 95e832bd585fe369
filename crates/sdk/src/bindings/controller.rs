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
                macro_rules! __export_controller_world_plugin_0_1_0_cabi {
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
                pub use __export_controller_world_plugin_0_1_0_cabi;
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
                macro_rules! __export_controller_world_controller_0_1_0_cabi {
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
                pub use __export_controller_world_controller_0_1_0_cabi;
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
    pub use alloc_crate::string::String;
    pub use alloc_crate::vec::Vec;
    pub unsafe fn string_lift(bytes: Vec<u8>) -> String {
        if cfg!(debug_assertions) {
            String::from_utf8(bytes).unwrap()
        } else {
            unsafe { String::from_utf8_unchecked(bytes) }
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
/// # macro_rules! __export_controller_plugin{ ($($t:tt)*) => (); }
/// # trait Guest {}
/// struct MyType;
///
/// impl Guest for MyType {
///     // ...
/// }
///
/// __export_controller_plugin!(MyType);
/// ```
#[allow(unused_macros)]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_controller_plugin_impl {
    ($ty:ident) => {
        graftwork_sdk::bindings::controller::__export_controller_plugin!($ty
        with_types_in graftwork_sdk::bindings::controller);
    };
    ($ty:ident with_types_in $($path_to_types_root:tt)*) => {
        $($path_to_types_root)*::
        exports::graftwork::strategy::plugin::__export_controller_world_plugin_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*:: exports::graftwork::strategy::plugin);
        $($path_to_types_root)*::
        exports::graftwork::strategy::controller::__export_controller_world_controller_0_1_0_cabi!($ty
        with_types_in $($path_to_types_root)*::
        exports::graftwork::strategy::controller); const _ : () = { #[cfg(target_arch =
        "wasm32")] #[unsafe (link_section =
        "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:controller-plugin:imports and exports")]
        #[doc(hidden)] #[allow(clippy::octal_escapes)] pub static
        __WIT_BINDGEN_COMPONENT_TYPE : [u8; 2217] = *
        b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xa1\x10\x01A\x02\x01\
A\x18\x01B\x0d\x01y\x04\0\x08param-id\x03\0\0\x01py\x01ky\x01k\x01\x01r\x06\x04n\
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
\0\x1fgraftwork:strategy/plugin@0.1.0\x05\x0b\x02\x03\0\x07\x05error\x01B\x18\x02\
\x03\x02\x01\x0c\x04\0\x05error\x03\0\0\x02\x03\x02\x01\x01\x04\0\x08param-id\x03\
\0\x02\x01ku\x01r\x06\x04stepw\x0btotal-stepsw\x05epochu\x04lossu\x09eval-loss\x04\
\x09grad-normu\x04\0\x06report\x03\0\x05\x01ks\x01r\x02\x05group\x07\x06factoru\x04\
\0\x04rate\x03\0\x08\x01py\x01r\x03\x05param\x03\x06tensors\x04kept\x0a\x04\0\x04\
rows\x03\0\x0b\x01q\x07\x13scale-learning-rate\x01\x09\0\x06freeze\x01\x03\0\x08\
unfreeze\x01\x03\0\x04keep\x01\x0c\0\x11merge-and-restart\0\0\x0acheckpoint\0\0\x04\
stop\x01s\0\x04\0\x06action\x03\0\x0d\x01p}\x01p\x0e\x01r\x02\x05state\x0f\x07ac\
tions\x10\x04\0\x08decision\x03\0\x11\x01j\x01\x12\x01\x01\x01@\x02\x06configs\x0b\
total-stepsw\0\x13\x04\0\x05start\x01\x14\x01@\x02\x05state\x0f\x06report\x06\0\x13\
\x04\0\x04step\x01\x15\x04\0#graftwork:strategy/controller@0.1.0\x05\x0d\x04\0*g\
raftwork:strategy/controller-plugin@0.1.0\x04\0\x0b\x17\x01\0\x11controller-plug\
in\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwit-component\x070.258.3\x10\
wit-bindgen-rust\x060.61.1";
        };
    };
}
#[doc(inline)]
pub use __export_controller_plugin_impl as __export_controller_plugin;
#[cfg(target_arch = "wasm32")]
#[unsafe(
    link_section = "component-type:wit-bindgen:0.61.1:graftwork:strategy@0.1.0:controller-plugin-with-all-of-its-exports-removed:encoded world"
)]
#[doc(hidden)]
#[allow(clippy::octal_escapes)]
pub static __WIT_BINDGEN_COMPONENT_TYPE: [u8; 1741] = *b"\
\0asm\x0d\0\x01\0\0\x19\x16wit-component-encoding\x04\0\x07\xa5\x0c\x01A\x02\x01\
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
graftwork:strategy/types@0.1.0\x05\x09\x04\0Jgraftwork:strategy/controller-plugi\
n-with-all-of-its-exports-removed@0.1.0\x04\0\x0b7\x01\01controller-plugin-with-\
all-of-its-exports-removed\x03\0\0\0G\x09producers\x01\x0cprocessed-by\x02\x0dwi\
t-component\x070.258.3\x10wit-bindgen-rust\x060.61.1";
#[inline(never)]
#[doc(hidden)]
pub fn __link_custom_section_describing_imports() {
    graftwork_sdk::rt::maybe_link_cabi_realloc();
}
