// Rotary positions, gated units and activations, losses, tables and updates: passes that read and write each value once or twice.
//
// One of the parts below is chosen by a name that comes before this text, and before that comes pass.cu. Sums are in f32.

#if ROTATE

// Half-rotated positions of [rows, heads, length, width]; the tables are [rows or 1, length, width / 2].
struct Info {
    u64 row, head, token;              // strides of x
    u64 to_row, to_head, to_token;     // and of y
    u64 heads, length, half, table_row, sign, total;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* x, const bf16* cosines, const bf16* sines, bf16* y,
                                                            const __grid_constant__ Info info) {
    // Divisions of 64 bits would take longer than the memory.
    u32 index = blockIdx.x * THREADS + threadIdx.x, eighths = (u32)info.half / 8, heads = (u32)info.heads, length = (u32)info.length;
    if (index >= info.total) return;
    u32 chunk = index % eighths * 8, place = index / eighths, head = place % heads, token = place / heads % length, row = place / heads / length;
    x += row * info.row + head * info.head + token * info.token + chunk;
    y += row * info.to_row + head * info.to_head + token * info.to_token + chunk;
    u64 at = row * info.table_row + token * info.half + chunk;
    Eight c = *(const Eight*)(cosines + at), s = *(const Eight*)(sines + at);
    Eight a = *(const Eight*)x, b = *(const Eight*)(x + info.half), first, second;
    float sign = info.sign ? -1.0f : 1.0f;
    for (u32 i = 0; i < 8; i++) {
        float cosine = to_float(c.v[i]), sine = to_float(s.v[i]) * sign;
        float u = to_float(a.v[i]), v = to_float(b.v[i]);
        first.v[i] = to_bf16(u * cosine - v * sine);
        second.v[i] = to_bf16(v * cosine + u * sine);
    }
    *(Eight*)y = first;
    *(Eight*)(y + info.half) = second;
}

#elif GATE_FORWARD

struct Info {
    u64 total;  // in eighths
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* gate, const bf16* up, bf16* y, const __grid_constant__ Info info) {
    u64 index = (u64)blockIdx.x * THREADS + threadIdx.x;
    if (index >= info.total) return;
    Eight a = ((const Eight*)gate)[index], b = ((const Eight*)up)[index], out;
    for (u32 i = 0; i < 8; i++) {
        float x = to_float(a.v[i]);
        out.v[i] = to_bf16(round_to_bf16(x / (1.0f + __expf(-x))) * to_float(b.v[i]));
    }
    ((Eight*)y)[index] = out;
}

#elif GATE_BACKWARD

struct Info {
    u64 total;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* gate, const bf16* up, const bf16* g, bf16* dgate, bf16* dup,
                                                            const __grid_constant__ Info info) {
    u64 index = (u64)blockIdx.x * THREADS + threadIdx.x;
    if (index >= info.total) return;
    Eight a = ((const Eight*)gate)[index], b = ((const Eight*)up)[index], d = ((const Eight*)g)[index], da, db;
    for (u32 i = 0; i < 8; i++) {
        float x = to_float(a.v[i]), grad = to_float(d.v[i]), sigmoid = 1.0f / (1.0f + __expf(-x));
        da.v[i] = to_bf16(grad * to_float(b.v[i]) * sigmoid * (1.0f + x * (1.0f - sigmoid)));
        db.v[i] = to_bf16(grad * round_to_bf16(x * sigmoid));
    }
    ((Eight*)dgate)[index] = da;
    ((Eight*)dup)[index] = db;
}

#elif GELU

// A gaussian error linear unit, exactly or, with TANH, by its approximation; and its slope.
__device__ __forceinline__ float2 gelu(float x) {
#if TANH
    const float A = 0.7978845608028654f, B = 0.044715f;
    float t = tanhf(A * (x + B * x * x * x));
    return make_float2(0.5f * x * (1.0f + t), 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * A * (1.0f + 3.0f * B * x * x));
#else
    float share = 0.5f * (1.0f + erff(x * 0.7071067811865476f));
    return make_float2(x * share, share + x * 0.3989422804014327f * expf(-0.5f * x * x));
#endif
}

struct Info {
    u64 total;  // in eighths
};

#if BACKWARD
extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* x, const bf16* g, bf16* dx, const __grid_constant__ Info info) {
    u64 index = (u64)blockIdx.x * THREADS + threadIdx.x;
    if (index >= info.total) return;
    Eight a = ((const Eight*)x)[index], d = ((const Eight*)g)[index], out;
    for (u32 i = 0; i < 8; i++) out.v[i] = to_bf16(to_float(d.v[i]) * gelu(to_float(a.v[i])).y);
    ((Eight*)dx)[index] = out;
}
#else
extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* x, bf16* y, const __grid_constant__ Info info) {
    u64 index = (u64)blockIdx.x * THREADS + threadIdx.x;
    if (index >= info.total) return;
    Eight a = ((const Eight*)x)[index], out;
    for (u32 i = 0; i < 8; i++) out.v[i] = to_bf16(gelu(to_float(a.v[i])).x);
    ((Eight*)y)[index] = out;
}
#endif

#elif ENTROPY

// Of each row of logits the loss, 0 where the target is negative, and in place of the logits its gradient, softmax - onehot, scaled.
struct Info {
    u64 width, scale;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const bf16* logits, const int* targets, float* loss, bf16* gradient,
                                                            const __grid_constant__ Info info) {
    __shared__ float peaks[THREADS / 32];
    u64 width = info.width;
    logits += blockIdx.x * width;
    gradient += blockIdx.x * width;
    float peak = -3e38f, sum = 0.0f;
    for (u64 at = threadIdx.x * 8; at < width; at += THREADS * 8) {
        Eight a = *(const Eight*)(logits + at);
        float most = peak;
        for (u32 i = 0; i < 8; i++) most = fmaxf(most, to_float(a.v[i]));
        sum *= __expf(peak - most);
        for (u32 i = 0; i < 8; i++) sum += __expf(to_float(a.v[i]) - most);
        peak = most;
    }
    float own = peak;
    for (u32 i = 16; i; i /= 2) peak = fmaxf(peak, __shfl_xor_sync(~0u, peak, i));
    if (threadIdx.x % 32 == 0) peaks[threadIdx.x / 32] = peak;
    __syncthreads();
    for (u32 i = 0; i < THREADS / 32; i++) peak = fmaxf(peak, peaks[i]);
    sum = block_sum(sum * __expf(own - peak));
    bool counts = targets[blockIdx.x] >= 0;
    u64 target = counts ? (u64)targets[blockIdx.x] : 0;
    if (threadIdx.x == 0) loss[blockIdx.x] = counts ? logf(sum) + peak - to_float(logits[target]) : 0.0f;
    __syncthreads();  // the target's logit is read before its gradient takes its place
    float scale = counts ? __int_as_float((int)info.scale) : 0.0f, share = scale / sum;
    for (u64 at = threadIdx.x * 8; at < width; at += THREADS * 8) {
        Eight a = *(const Eight*)(logits + at), out;
        for (u32 i = 0; i < 8; i++) out.v[i] = to_bf16(__expf(to_float(a.v[i]) - peak) * share - (at + i == target ? scale : 0.0f));
        *(Eight*)(gradient + at) = out;
    }
}

#elif EMBEDDING_BACKWARD

// The gradient of a table from that of the rows that were taken: a block for each row taken, of which the first of each id sums over all of
// the same id, in their order. What no row was taken of is not written. In f32, as masters are.
#define PARTS 4  // of THREADS · 8 values: the widest row is 8192

struct Info {
    u64 tokens, width;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const int* ids, const bf16* g, float* table, const __grid_constant__ Info info) {
    __shared__ u32 same[THREADS / 32];
    u32 token = blockIdx.x, tokens = (u32)info.tokens, width = (u32)info.width;
    int id = ids[token];
    bool taken = false;
    for (u32 i = threadIdx.x; i < token; i += THREADS) taken |= ids[i] == id;
    if (__syncthreads_or(taken)) return;
    float sums[PARTS][8] = {};
    for (u32 start = token; start < tokens; start += THREADS) {
        u32 own = start + threadIdx.x, found = __ballot_sync(~0u, own < tokens && ids[own] == id);
        __syncthreads();
        if (threadIdx.x % 32 == 0) same[threadIdx.x / 32] = found;
        __syncthreads();
        for (u32 word = 0; word < THREADS / 32; word++)
            for (u32 bits = same[word]; bits; bits &= bits - 1) {
                const bf16* row = g + (u64)(start + word * 32 + __ffs(bits) - 1) * width;
#pragma unroll
                for (u32 p = 0; p < PARTS; p++) {
                    u32 at = (p * THREADS + threadIdx.x) * 8;
                    if (at >= width) break;
                    Eight a = *(const Eight*)(row + at);
                    for (u32 i = 0; i < 8; i++) sums[p][i] += to_float(a.v[i]);
                }
            }
    }
#pragma unroll
    for (u32 p = 0; p < PARTS; p++) {
        u32 at = (p * THREADS + threadIdx.x) * 8;
        if (at >= width) break;
        for (u32 i = 0; i < 8; i++) table[(u64)id * width + at + i] = sums[p][i];
    }
}

#elif SUM

// The sum of values, always in one order.
struct Info {
    u64 total;
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const float* x, float* sum, const __grid_constant__ Info info) {
    u64 quarters = info.total / 4, rest = quarters * 4 + threadIdx.x;
    float own = rest < info.total ? x[rest] : 0.0f;
#pragma unroll 8
    for (u64 i = threadIdx.x; i < quarters; i += THREADS) {
        float4 v = ((const float4*)x)[i];
        own += v.x + v.y + v.z + v.w;
    }
    own = block_sum(own);
    if (threadIdx.x == 0) *sum = own;
}

#elif SUM_OF_PARTS

// Values that were summed in parts, which follow one another.
struct Info {
    u64 total, parts;  // values of a part, in quarters
};

extern "C" __global__ void __launch_bounds__(THREADS) KERNEL(const float* parts, float* sum, const __grid_constant__ Info info) {
    u64 index = (u64)blockIdx.x * THREADS + threadIdx.x;
    if (index >= info.total) return;
    float4 own = ((const float4*)parts)[index];
#pragma unroll 4
    for (u64 i = 1; i < info.parts; i++) {
        float4 v = ((const float4*)parts)[i * info.total + index];
        own = make_float4(own.x + v.x, own.y + v.y, own.z + v.z, own.w + v.w);
    }
    ((float4*)sum)[index] = own;
}

#elif SQUARES

struct Info {
    u64 total[TOGETHER];
    u64 offset;  // of the first tensor's sums
};

__device__ __forceinline__ void one(const Info& info, u32 index, const float* x, float* sums) {
    float sum = 0.0f;
    u64 quarters = info.total[index] / 4;
    for (u64 i = (u64)blockIdx.x * THREADS + threadIdx.x; i < quarters; i += (u64)gridDim.x * THREADS) {
        float4 v = ((const float4*)x)[i];
        sum += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
    }
    u64 rest = quarters * 4 + threadIdx.x;
    if (blockIdx.x == 0 && rest < info.total[index]) sum += x[rest] * x[rest];
    sum = block_sum(sum);
    if (threadIdx.x == 0) sums[info.offset + index * gridDim.x + blockIdx.x] = sum;
}

#elif UPDATE

// AdamW on f32 values, I. Loshchilov, F. Hutter, arXiv 1711.05101, in the order of operations of torch.optim.AdamW. Gradients are cut to a
// global norm as torch.nn.utils.clip_grad_norm_ does, with its 1e-6. Where the norm is not finite nothing changes.
struct Info {
    u64 total[TOGETHER], rate[TOGETHER], decay[TOGETHER];
    u64 beta1, beta2, eps, correction1, correction2, most;  // like rate and decay the bits of an f32
};

__device__ __forceinline__ void one(const Info& info, u32 index, const float* value, const float* first, const float* second,
                                    const float* gradient, float* new_value, float* new_first, float* new_second, const float* norm) {
    auto number = [](u64 bits) { return __int_as_float((int)bits); };
    float rate = number(info.rate[index]), decay = number(info.decay[index]), most = number(info.most);
    float beta1 = number(info.beta1), beta2 = number(info.beta2), eps = number(info.eps);
    float step = rate / number(info.correction1), root = sqrtf(number(info.correction2));
    bool finite = fabsf(*norm) <= 3.4028235e38f;
    float factor = fminf(most / (*norm + 1e-6f), 1.0f);
    auto move = [&](float x, float g, float& m, float& v) {
        if (!finite) return x;
        g *= factor;
        m += (g - m) * (1.0f - beta1);
        v = v * beta2 + g * g * (1.0f - beta2);
        return x * (1.0f - rate * decay) - step * m / (sqrtf(v) / root + eps);
    };
    struct Four {
        float4 x, g, m, v;
    };
    auto load = [&](u64 i) -> Four {
        return { ((const float4*)value)[i], ((const float4*)gradient)[i], ((const float4*)first)[i], ((const float4*)second)[i] };
    };
    auto finish = [&](u64 i, Four& f) {
        f.x = make_float4(move(f.x.x, f.g.x, f.m.x, f.v.x), move(f.x.y, f.g.y, f.m.y, f.v.y), move(f.x.z, f.g.z, f.m.z, f.v.z),
                          move(f.x.w, f.g.w, f.m.w, f.v.w));
        ((float4*)new_value)[i] = f.x;
        ((float4*)new_first)[i] = f.m;
        ((float4*)new_second)[i] = f.v;
    };
    // Two at a time: what is read is not known to lie apart from what is written, so the compiler would not.
    u64 quarters = info.total[index] / 4, stride = (u64)gridDim.x * THREADS;
    for (u64 i = (u64)blockIdx.x * THREADS + threadIdx.x; i < quarters; i += 2 * stride) {
        bool two = i + stride < quarters;
        Four a = load(i), b = load(two ? i + stride : i);
        finish(i, a);
        if (two) finish(i + stride, b);
    }
    u64 rest = quarters * 4 + threadIdx.x;
    if (blockIdx.x == 0 && rest < info.total[index]) {
        float m = first[rest], v = second[rest];
        new_value[rest] = move(value[rest], gradient[rest], m, v);
        new_first[rest] = m;
        new_second[rest] = v;
    }
}

#endif
