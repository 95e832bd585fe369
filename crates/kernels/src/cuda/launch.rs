//! Launching a kernel that is CUDA C++ text.

use burn_cubecl::cubecl::CubeKernel;
use burn_cubecl::cubecl::ir::metadata::Info;
use burn_cubecl::cubecl::ir::settings::{Dim3, ExecutionMode, KernelSettings};
use burn_cubecl::cubecl::ir::{AddressType, ElemType, FloatKind, Scope, UIntKind};
use burn_cubecl::cubecl::prelude::{
    BufferIOAttr, CubeCount, KernelDefinition, KernelId, KernelMetadata, OobFill, TensorMapFormat, TensorMapInterleave,
    TensorMapPrefetch, TensorMapSwizzle, TiledArgs,
};
use burn_cubecl::cubecl::server::{
    KernelArguments, KernelResource, MetadataBindingInfo, TensorMapBinding, TensorMapMeta,
};
use burn_cubecl::tensor::CubeTensor;
use cubecl_llvm::native::{self, Native};

const PRELUDE: &str = include_str!("prelude.cu");

/// A kernel by its name, which says everything that its text depends on.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    pub(super) name: String,
    /// Threads of a block.
    pub(super) threads: u32,
    /// Bytes that a launch reserves.
    pub(super) shared_memory: usize,
}

/// Defines names for the preprocessor, one a line.
pub(super) fn define(values: &[(&str, &dyn std::fmt::Display)]) -> String {
    values.iter().map(|(name, value)| format!("#define {name} {value}\n")).collect()
}

impl KernelMetadata for Kernel {
    fn id(&self) -> KernelId {
        KernelId::new::<Self>().cube_dim(Dim3::new_1d(self.threads)).info(self.name.clone())
    }

    fn address_type(&self) -> ElemType {
        ElemType::UInt(UIntKind::U64)
    }
}

impl CubeKernel for Kernel {
    /// An empty body under the kernel's name: the compiler has its text by that.
    fn define(&self) -> KernelDefinition {
        let threads = Dim3::new_1d(self.threads);
        let settings = KernelSettings::new(threads, ExecutionMode::Unchecked, AddressType::U64).kernel_name(&self.name);
        KernelDefinition { body: Scope::root(settings.clone()), info: Info::default(), settings }
    }
}

/// Parameters of a launch, in the order of the kernel's.
pub(super) struct Call {
    resources: Vec<KernelResource>,
    io: Vec<BufferIOAttr>,
}

impl Call {
    pub(super) fn new() -> Self {
        Self { resources: Vec::new(), io: Vec::new() }
    }

    fn buffer(mut self, tensor: &CubeTensor, io: BufferIOAttr) -> Self {
        self.resources.push(KernelResource::Buffer(tensor.handle.clone().binding()));
        self.io.push(io);
        self
    }

    /// A pointer to what is read.
    pub(super) fn reads(self, tensor: &CubeTensor) -> Self {
        self.buffer(tensor, BufferIOAttr::ReadOnly)
    }

    /// A pointer to what is written.
    pub(super) fn writes(self, tensor: &CubeTensor) -> Self {
        self.buffer(tensor, BufferIOAttr::WriteOnly)
    }

    /// A pointer to what is written in part.
    pub(super) fn changes(self, tensor: &CubeTensor) -> Self {
        self.buffer(tensor, BufferIOAttr::ReadWrite)
    }

    /// A map for the copy engine: tiles `[rows, columns]` of a bf16 matrix, swizzled over 128 bytes; what lies outside is 0.
    pub(super) fn tiles(mut self, matrix: &CubeTensor, tile: [usize; 2]) -> Self {
        let map = TensorMapMeta {
            format: TensorMapFormat::Tiled(TiledArgs { tile_size: tile.into() }),
            metadata: (*matrix.meta).clone(),
            elem_stride: [1, 1].into(),
            interleave: TensorMapInterleave::None,
            swizzle: TensorMapSwizzle::B128,
            prefetch: TensorMapPrefetch::B256,
            oob_fill: OobFill::Zero,
            elem_ty: ElemType::Float(FloatKind::BF16),
        };
        self.resources.push(KernelResource::TensorMap(TensorMapBinding::new(matrix.handle.clone().binding(), map)));
        self.io.push(BufferIOAttr::ReadOnly);
        self
    }

    /// Puts the kernel into the stream of the tensors. `info` is its last parameter, a structure of 8-byte values.
    pub(super) fn launch(
        self,
        on: &CubeTensor,
        kernel: Kernel,
        text: impl FnOnce() -> String,
        blocks: [u32; 3],
        info: Vec<u64>,
    ) {
        native::register(&kernel.name, || Native {
            text: format!("{PRELUDE}\n#define KERNEL {}\n{}", kernel.name, text()),
            shared_memory: kernel.shared_memory,
            io: self.io.clone(),
        });
        let [x, y, z] = blocks;
        // All of it goes along with the launch; an offset below its length would have the rest uploaded.
        let whole = info.len();
        let arguments = KernelArguments {
            resources: self.resources,
            declared_io: self.io,
            info: MetadataBindingInfo::new(info, whole),
        };
        on.client.launch(Box::new(kernel), CubeCount::Static(x, y, z), arguments);
    }
}
