// Types and instructions that the kernels share. No header is needed to compile this.

typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

// A bf16 as its bits.
struct bf16 {
    u16 bits;
};

struct alignas(64) TensorMap {
    u64 opaque[16];
};

__device__ __forceinline__ float to_float(bf16 x) { return __int_as_float((u32)x.bits << 16); }

__device__ __forceinline__ u32 pack(float low, float high) {
    u32 both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
}

// The two values of a word.
__device__ __forceinline__ float low(u32 both) { return __int_as_float(both << 16); }
__device__ __forceinline__ float high(u32 both) { return __int_as_float(both & 0xffff0000); }

__device__ __forceinline__ bf16 to_bf16(float x) { return { (u16)pack(x, 0.0f) }; }

__device__ __forceinline__ void store(bf16* at, float x) { *at = to_bf16(x); }
__device__ __forceinline__ void store(float* at, float x) { *at = x; }
__device__ __forceinline__ void store_pair(bf16* at, float x, float y) { *(u32*)at = pack(x, y); }
__device__ __forceinline__ void store_pair(float* at, float x, float y) { *(float2*)at = make_float2(x, y); }

__device__ __forceinline__ u32 address_of(const void* shared) { return (u32)__cvta_generic_to_shared(shared); }

// Barriers in shared memory, and the copy engine that completes them.

__device__ __forceinline__ void barrier_init(u64* barrier, u32 count) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(address_of(barrier)), "r"(count));
}

__device__ __forceinline__ void fence_barrier_init() { asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory"); }

__device__ __forceinline__ void barrier_expect(u64* barrier, u32 bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(address_of(barrier)), "r"(bytes) : "memory");
}

__device__ __forceinline__ void barrier_arrive(u64* barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(address_of(barrier)) : "memory");
}

__device__ __forceinline__ void barrier_wait(u64* barrier, u32 phase) {
    asm volatile(
        "{\n"
        ".reg .pred done;\n"
        "again:\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
        "@done bra over;\n"
        "bra again;\n"
        "over:\n"
        "}\n" ::"r"(address_of(barrier)),
        "r"(phase)
        : "memory");
}

__device__ __forceinline__ void load_tile(u32 to, const TensorMap* map, u64* barrier, u32 x, u32 y) {
    asm volatile(
        "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], [%2];" ::"r"(to),
        "l"(map), "r"(address_of(barrier)), "r"(x), "r"(y)
        : "memory");
}

// Warpgroup products.

template <int N>
__device__ __forceinline__ void registers_down() {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(N));
}

template <int N>
__device__ __forceinline__ void registers_up() {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(N));
}

__device__ __forceinline__ void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

template <int N>
__device__ __forceinline__ void wgmma_wait() {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(N) : "memory");
}

// A matrix in shared memory in the copy engine's 128-byte swizzle. `leading` and `stride` are in bytes.
__device__ __forceinline__ u64 descriptor(u32 address, u32 leading, u32 stride) {
    return (u64)((address & 0x3ffff) >> 4) | (u64)(leading >> 4) << 16 | (u64)(stride >> 4) << 32 | 1ull << 62;
}
