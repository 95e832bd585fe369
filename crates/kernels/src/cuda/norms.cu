// Norms of rows: by the root mean square, B. Zhang, R. Sennrich, arXiv 1910.07467, and layer norm, J. L. Ba et al., arXiv 1607.06450.
//
// One of the parts below is chosen by a name that comes before this text, and before that comes pass.cu. Sums are in f32.

#if RMS_NORM_FORWARD

struct Info {
    u64 width, eps;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* x, const bf16* scale, bf16* y, const __grid_constant__ Info info) {
    u32 width = (u32)info.width;
    x += (u64)blockIdx.x * width;
    y += (u64)blockIdx.x * width;
    float sum = 0.0f;
    for (u32 at = threadIdx.x * 8; at < width; at += THREADS * 8) {
        Eight a = *(const Eight*)(x + at);
        for (u32 i = 0; i < 8; i++) sum += to_float(a.v[i]) * to_float(a.v[i]);
    }
    float inverse = rsqrtf(block_sum(sum) / width + __int_as_float((int)info.eps));
    for (u32 at = threadIdx.x * 8; at < width; at += THREADS * 8) {
        Eight a = *(const Eight*)(x + at), s = *(const Eight*)(scale + at), out;
        for (u32 i = 0; i < 8; i++) out.v[i] = to_bf16(round_to_bf16(to_float(a.v[i]) * inverse) * to_float(s.v[i]));
        *(Eight*)(y + at) = out;
    }
}

#elif RMS_NORM_BACKWARD

// Blocks walk over rows, so that each sums its part of the scale's gradient in registers. Before this text comes PARTS, how many times
// THREADS · 8 values a row has.

struct Info {
    u64 rows, width, eps, with_scale;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* x, const bf16* scale, const bf16* g, bf16* dx, float* dscale,
                                                            const __grid_constant__ Info info) {
    u32 width = (u32)info.width;
    float sums[PARTS][8] = {};
    for (u64 row = blockIdx.x; row < info.rows; row += gridDim.x) {
        Eight a[PARTS], b[PARTS];
        float square = 0.0f, product = 0.0f;
#pragma unroll
        for (u32 p = 0; p < PARTS; p++) {
            u32 at = (p * THREADS + threadIdx.x) * 8;
            if (at >= width) break;
            a[p] = *(const Eight*)(x + row * width + at);
            b[p] = *(const Eight*)(g + row * width + at);
            Eight s = *(const Eight*)(scale + at);
            for (u32 i = 0; i < 8; i++) {
                float v = to_float(a[p].v[i]);
                square += v * v;
                product += v * to_float(b[p].v[i]) * to_float(s.v[i]);
            }
        }
        float inverse = rsqrtf(block_sum(square) / width + __int_as_float((int)info.eps));
        float shared_part = block_sum(product) * inverse * inverse * inverse / width;
#pragma unroll
        for (u32 p = 0; p < PARTS; p++) {
            u32 at = (p * THREADS + threadIdx.x) * 8;
            if (at >= width) break;
            Eight s = *(const Eight*)(scale + at), out;
            for (u32 i = 0; i < 8; i++) {
                float v = to_float(a[p].v[i]), d = to_float(b[p].v[i]);
                out.v[i] = to_bf16(d * to_float(s.v[i]) * inverse - v * shared_part);
                sums[p][i] += d * round_to_bf16(v * inverse);
            }
            *(Eight*)(dx + row * width + at) = out;
        }
    }
    if (!info.with_scale) return;
#pragma unroll
    for (u32 p = 0; p < PARTS; p++) {
        u32 at = (p * THREADS + threadIdx.x) * 8;
        if (at >= width) break;
        for (u32 i = 0; i < 8; i++) dscale[(u64)blockIdx.x * width + at + i] = sums[p][i];
    }
}

#elif LAYER_NORM_FORWARD

struct Info {
    u64 width, eps;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* x, const bf16* scale, const bf16* bias, bf16* y,
                                                            const __grid_constant__ Info info) {
    u32 width = (u32)info.width;
    x += (u64)blockIdx.x * width;
    y += (u64)blockIdx.x * width;
    float sum = 0.0f, square = 0.0f;
    for (u32 at = threadIdx.x * 8; at < width; at += THREADS * 8) {
        Eight a = *(const Eight*)(x + at);
        for (u32 i = 0; i < 8; i++) sum += to_float(a.v[i]);
    }
    float mean = block_sum(sum) / width;
    for (u32 at = threadIdx.x * 8; at < width; at += THREADS * 8) {
        Eight a = *(const Eight*)(x + at);
        for (u32 i = 0; i < 8; i++) square += (to_float(a.v[i]) - mean) * (to_float(a.v[i]) - mean);
    }
    float inverse = rsqrtf(block_sum(square) / width + __int_as_float((int)info.eps));
    for (u32 at = threadIdx.x * 8; at < width; at += THREADS * 8) {
        Eight a = *(const Eight*)(x + at), s = *(const Eight*)(scale + at), b = *(const Eight*)(bias + at), out;
        for (u32 i = 0; i < 8; i++) out.v[i] = to_bf16((to_float(a.v[i]) - mean) * inverse * to_float(s.v[i]) + to_float(b.v[i]));
        *(Eight*)(y + at) = out;
    }
}

#elif LAYER_NORM_BACKWARD

// As that of the other norm. The parts of the bias's gradient lie behind those of the scale's.
struct Info {
    u64 rows, width, eps, with_scale;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* x, const bf16* scale, const bf16* g, bf16* dx, float* parts,
                                                            const __grid_constant__ Info info) {
    u32 width = (u32)info.width;
    float of_scale[PARTS][8] = {}, of_bias[PARTS][8] = {};
    for (u64 row = blockIdx.x; row < info.rows; row += gridDim.x) {
        Eight a[PARTS], b[PARTS];
        float sum = 0.0f, square = 0.0f, slope = 0.0f, product = 0.0f;
#pragma unroll
        for (u32 p = 0; p < PARTS; p++) {
            u32 at = (p * THREADS + threadIdx.x) * 8;
            if (at >= width) break;
            a[p] = *(const Eight*)(x + row * width + at);
            b[p] = *(const Eight*)(g + row * width + at);
            for (u32 i = 0; i < 8; i++) sum += to_float(a[p].v[i]);
        }
        float mean = block_sum(sum) / width;
#pragma unroll
        for (u32 p = 0; p < PARTS; p++) {
            u32 at = (p * THREADS + threadIdx.x) * 8;
            if (at >= width) break;
            Eight s = *(const Eight*)(scale + at);
            for (u32 i = 0; i < 8; i++) {
                float v = to_float(a[p].v[i]) - mean, d = to_float(b[p].v[i]) * to_float(s.v[i]);
                square += v * v;
                slope += d;
                product += v * d;
            }
        }
        float inverse = rsqrtf(block_sum(square) / width + __int_as_float((int)info.eps));
        slope = block_sum(slope) / width;
        product = block_sum(product) * inverse * inverse / width;
#pragma unroll
        for (u32 p = 0; p < PARTS; p++) {
            u32 at = (p * THREADS + threadIdx.x) * 8;
            if (at >= width) break;
            Eight s = *(const Eight*)(scale + at), out;
            for (u32 i = 0; i < 8; i++) {
                float v = to_float(a[p].v[i]) - mean, d = to_float(b[p].v[i]);
                out.v[i] = to_bf16((d * to_float(s.v[i]) - slope - v * product) * inverse);
                of_scale[p][i] += d * v * inverse;
                of_bias[p][i] += d;
            }
            *(Eight*)(dx + row * width + at) = out;
        }
    }
    if (!info.with_scale) return;
    float* behind = parts + (u64)gridDim.x * width;
#pragma unroll
    for (u32 p = 0; p < PARTS; p++) {
        u32 at = (p * THREADS + threadIdx.x) * 8;
        if (at >= width) break;
        for (u32 i = 0; i < 8; i++) {
            parts[(u64)blockIdx.x * width + at + i] = of_scale[p][i];
            behind[(u64)blockIdx.x * width + at + i] = of_bias[p][i];
        }
    }
}

#endif
