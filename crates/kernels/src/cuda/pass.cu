// What the kernels that pass over rows share.

#define THREADS 256

struct alignas(16) Eight {
    bf16 v[8];
};

// The sum over a block, in every thread.
__device__ __forceinline__ float block_sum(float x) {
    __shared__ float parts[THREADS / 32];
    for (u32 i = 16; i; i /= 2) x += __shfl_xor_sync(~0u, x, i);
    __syncthreads();
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = x;
    __syncthreads();
    float sum = 0.0f;
    for (u32 i = 0; i < THREADS / 32; i++) sum += parts[i];
    return sum;
}

__device__ __forceinline__ float round_to_bf16(float x) { return to_float(to_bf16(x)); }

