// Causal attention for training, forward and backward, with no matrix of scores in memory.
//
// T. Dao, arXiv 2307.08691. Before this text come: D, the width of a head, a multiple of 16; GROUPS, how many times 16 rows a
// warp has; PART, how many of the other side it takes at once going backward; and BLOCKS, how many blocks a processor is to hold.
//
// Queries, keys and values are [rows, heads, length, D] with any strides but D's, which is 1. A query sees the keys of its
// own segment at its own place or before, at most `window` places back; each key head serves `heads / kv_heads` query heads.
//
// The backward pass is two kernels, one that sums over queries and one that sums over keys. Each computes the scores anew;
// in return no two blocks add to one place, so that the result is the same in every run.

#define PITCH (D + 8)  // a row in shared memory: eight rows lie in different banks
#define STEPS (D / 16)
#define NOTHING __int_as_float(0xff800000)  // minus infinity: its exponential is 0

struct Layout {
    u64 row, head, token;
};

struct Info {
    Layout q, k, v, o, g;  // `g`: the gradient of the output
    Layout dq, dk, dv;
    u64 heads, kv_heads, length, window, packed;
    u64 scale;  // bits of an f32
    u64 total;  // rows · heads · length
};

__device__ __forceinline__ void copy_async(void* to, const void* from, bool there) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address_of(to)), "l"(from), "r"(there ? 16 : 0));
}
__device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;"); }
template <int N>
__device__ __forceinline__ void copy_wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
}

// Rows `first` to `first + ROWS` of a head; rows past the end are zero.
template <int ROWS>
__device__ __forceinline__ void load_rows(bf16* to, const bf16* from, u64 stride, u32 first, u32 length) {
    for (u32 i = threadIdx.x; i < ROWS * (D / 8); i += 128) {
        u32 row = i / (D / 8), chunk = i % (D / 8);
        bool there = first + row < length;
        copy_async(to + row * PITCH + chunk * 8, from + (there ? (first + row) * stride : 0) + chunk * 8, there);
    }
}

__device__ __forceinline__ void load4(u32 (&r)[4], const bf16* at) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address_of(at)));
}
__device__ __forceinline__ void load4_transposed(u32 (&r)[4], const bf16* at) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address_of(at)));
}

// 16 rows by 16 columns as a left operand.
__device__ __forceinline__ void load_left(u32 (&r)[4], const bf16* tile, u32 row, u32 column) {
    u32 lane = threadIdx.x % 32;
    load4(r, tile + (row + lane % 16) * PITCH + column + lane / 16 * 8);
}
// 16 rows by 16 columns of a matrix whose transpose is the right operand: two fragments, rows 0..8 and 8..16.
__device__ __forceinline__ void load_right(u32 (&r)[4], const bf16* tile, u32 row, u32 column) {
    u32 lane = threadIdx.x % 32;
    load4(r, tile + (row + lane % 8 + lane / 16 * 8) * PITCH + column + lane / 8 % 2 * 8);
}
// 16 rows by 16 columns of the right operand itself: two fragments, columns 0..8 and 8..16.
__device__ __forceinline__ void load_right_as_is(u32 (&r)[4], const bf16* tile, u32 row, u32 column) {
    u32 lane = threadIdx.x % 32;
    load4_transposed(r, tile + (row + lane % 16) * PITCH + column + lane / 16 * 8);
}

__device__ __forceinline__ void multiply(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// MT times 16 rows over the width of a head as left operands, in registers.
template <int MT>
struct Left {
    u32 r[MT][STEPS][4];

    __device__ __forceinline__ void load(const bf16* tile, u32 row) {
#pragma unroll
        for (u32 m = 0; m < MT; m++)
#pragma unroll
            for (u32 step = 0; step < STEPS; step++) load_left(r[m][step], tile, row + m * 16, step * 16);
    }
};

// c = `left` · `right`ᵀ (N rows), over the width of a head.
template <int MT, int N>
__device__ __forceinline__ void scores(float (&c)[MT][N / 8][4], const Left<MT>& left, const bf16* right) {
#pragma unroll
    for (u32 m = 0; m < MT; m++)
#pragma unroll
        for (u32 n = 0; n < N / 8; n++) c[m][n][0] = c[m][n][1] = c[m][n][2] = c[m][n][3] = 0.0f;
#pragma unroll
    for (u32 step = 0; step < STEPS; step++)
#pragma unroll
        for (u32 n = 0; n < N / 16; n++) {
            u32 b[4];
            load_right(b, right, n * 16, step * 16);
#pragma unroll
            for (u32 m = 0; m < MT; m++) {
                multiply(c[m][n * 2], left.r[m][step], b[0], b[1]);
                multiply(c[m][n * 2 + 1], left.r[m][step], b[2], b[3]);
            }
        }
}

// c += p · `right`, for p [MT · 16, N] as scores come, and N rows of `right`.
template <int MT, int N>
__device__ __forceinline__ void weigh(float (&c)[MT][D / 8][4], const float (&p)[MT][N / 8][4], const bf16* right) {
#pragma unroll
    for (u32 step = 0; step < N / 16; step++) {
        u32 a[MT][4];
#pragma unroll
        for (u32 m = 0; m < MT; m++) {
            const float(&x)[4] = p[m][step * 2], (&y)[4] = p[m][step * 2 + 1];
            a[m][0] = pack(x[0], x[1]);
            a[m][1] = pack(x[2], x[3]);
            a[m][2] = pack(y[0], y[1]);
            a[m][3] = pack(y[2], y[3]);
        }
#pragma unroll
        for (u32 n = 0; n < STEPS; n++) {
            u32 b[4];
            load_right_as_is(b, right, step * 16, n * 16);
#pragma unroll
            for (u32 m = 0; m < MT; m++) {
                multiply(c[m][n * 2], a[m], b[0], b[1]);
                multiply(c[m][n * 2 + 1], a[m], b[2], b[3]);
            }
        }
    }
}

__device__ __forceinline__ bool seen(u32 query, u32 key, const Info& info, const u32* segments) {
    if (key > query || query >= info.length) return false;
    if (info.window && query - key >= info.window) return false;
    return !info.packed || segments[query] == segments[key];
}

// Whether every query from `query` on, of so many, sees every key from `key` on.
__device__ __forceinline__ bool all_seen(u32 query, u32 queries, u32 key, u32 keys, const Info& info) {
    if (info.packed || info.window) return false;
    return key + keys <= query + 1 && query + queries <= info.length;
}

// Writes MT · 16 rows of a warp, through its own part of shared memory, 16 bytes at a time.
template <int MT>
__device__ __forceinline__ void write_rows(bf16* scratch, u32 row, float (&c)[MT][D / 8][4], bf16* to, u64 stride, u32 first, u32 length) {
    u32 lane = threadIdx.x % 32;
    __syncwarp();
#pragma unroll
    for (u32 m = 0; m < MT; m++)
#pragma unroll
        for (u32 n = 0; n < D / 8; n++)
#pragma unroll
            for (u32 half = 0; half < 2; half++) {
                bf16* at = scratch + (row + m * 16 + lane / 4 + half * 8) * PITCH + n * 8 + lane % 4 * 2;
                *(u32*)at = pack(c[m][n][half * 2], c[m][n][half * 2 + 1]);
            }
    __syncwarp();
    for (u32 i = lane; i < MT * 16 * (D / 8); i += 32) {
        u32 r = row + i / (D / 8), chunk = i % (D / 8);
        if (first + r < length) *(uint4*)(to + (first + r) * stride + chunk * 8) = *(uint4*)(scratch + r * PITCH + chunk * 8);
    }
}

#if FORWARD

#define QUERIES (GROUPS * 64)
#define KEYS 64

extern "C" __global__ void __launch_bounds__(128, BLOCKS) KERNEL(const bf16* q, const bf16* k, const bf16* v, const u32* segments, bf16* o,
                                                        float* lse, const __grid_constant__ Info info) {
    extern __shared__ __align__(16) bf16 shared[];
    bf16 *queries = shared, *keys = queries + QUERIES * PITCH, *values = keys + 2 * KEYS * PITCH;
    // The long rows first: they decide when the last block ends.
    u32 first = (gridDim.x - 1 - blockIdx.x) * QUERIES, head = blockIdx.y, row = blockIdx.z;
    u32 kv = head / (u32)(info.heads / info.kv_heads), length = (u32)info.length;
    u32 warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    q += row * info.q.row + head * info.q.head;
    k += row * info.k.row + kv * info.k.head;
    v += row * info.v.row + kv * info.v.head;
    segments += (u64)row * length;

    u32 reach = first + QUERIES < length ? first + QUERIES : length;
    u32 end = (reach + KEYS - 1) / KEYS;
    u32 start = info.window && first + 1 > info.window ? (first + 1 - (u32)info.window) / KEYS : 0;
    load_rows<QUERIES>(queries, q, info.q.token, first, length);
    load_rows<KEYS>(keys, k, info.k.token, start * KEYS, length);
    load_rows<KEYS>(values, v, info.v.token, start * KEYS, length);
    copy_commit();

    float sums[GROUPS][D / 8][4] = {}, peak[GROUPS][2], total[GROUPS][2];
    for (u32 i = 0; i < GROUPS * 2; i++) {
        peak[i / 2][i % 2] = NOTHING;
        total[i / 2][i % 2] = 0.0f;
    }
    float scale = __int_as_float((int)info.scale) * 1.4426950408889634f;
    u32 top = first + warp * GROUPS * 16;
    Left<GROUPS> own;
    for (u32 tile = start; tile < end; tile++) {
        copy_wait<0>();
        __syncthreads();
        u32 side = (tile - start) % 2;
        if (tile + 1 < end) {
            load_rows<KEYS>(keys + (side ^ 1) * KEYS * PITCH, k, info.k.token, (tile + 1) * KEYS, length);
            load_rows<KEYS>(values + (side ^ 1) * KEYS * PITCH, v, info.v.token, (tile + 1) * KEYS, length);
            copy_commit();
        }
        if (tile == start) own.load(queries, warp * GROUPS * 16);
        if (tile * KEYS >= top + GROUPS * 16) continue;  // no query of this warp sees a key of the tile
        float s[GROUPS][KEYS / 8][4];
        scores<GROUPS, KEYS>(s, own, keys + side * KEYS * PITCH);
        if (!all_seen(top, GROUPS * 16, tile * KEYS, KEYS, info)) {
#pragma unroll
            for (u32 m = 0; m < GROUPS; m++)
#pragma unroll
                for (u32 n = 0; n < KEYS / 8; n++)
#pragma unroll
                    for (u32 i = 0; i < 4; i++) {
                        u32 query = top + m * 16 + lane / 4 + i / 2 * 8, key = tile * KEYS + n * 8 + lane % 4 * 2 + i % 2;
                        if (!seen(query, key, info, segments)) s[m][n][i] = NOTHING;
                    }
        }
#pragma unroll
        for (u32 m = 0; m < GROUPS; m++)
#pragma unroll
            for (u32 half = 0; half < 2; half++) {
                float most = peak[m][half];
#pragma unroll
                for (u32 n = 0; n < KEYS / 8; n++) most = fmaxf(most, fmaxf(s[m][n][half * 2], s[m][n][half * 2 + 1]));
                most = fmaxf(most, __shfl_xor_sync(~0u, most, 1));
                most = fmaxf(most, __shfl_xor_sync(~0u, most, 2));
                // A row that has seen nothing yet keeps nothing.
                float shift = most == NOTHING ? 0.0f : most * scale;
                float fade = exp2f(peak[m][half] * scale - shift), sum = 0.0f;
                peak[m][half] = most;
#pragma unroll
                for (u32 n = 0; n < KEYS / 8; n++)
#pragma unroll
                    for (u32 i = 0; i < 2; i++) {
                        float p = exp2f(s[m][n][half * 2 + i] * scale - shift);
                        s[m][n][half * 2 + i] = p;
                        sum += p;
                    }
                total[m][half] = total[m][half] * fade + sum;
#pragma unroll
                for (u32 n = 0; n < D / 8; n++) {
                    sums[m][n][half * 2] *= fade;
                    sums[m][n][half * 2 + 1] *= fade;
                }
            }
        weigh<GROUPS, KEYS>(sums, s, values + side * KEYS * PITCH);
    }
#pragma unroll
    for (u32 m = 0; m < GROUPS; m++)
#pragma unroll
        for (u32 half = 0; half < 2; half++) {
            float sum = total[m][half];
            sum += __shfl_xor_sync(~0u, sum, 1);
            sum += __shfl_xor_sync(~0u, sum, 2);
            u32 query = top + m * 16 + lane / 4 + half * 8;
            if (lane % 4 == 0 && query < length)
                lse[((u64)row * info.heads + head) * length + query] = peak[m][half] * scale + log2f(sum);
            float inverse = 1.0f / sum;
#pragma unroll
            for (u32 n = 0; n < D / 8; n++) {
                sums[m][n][half * 2] *= inverse;
                sums[m][n][half * 2 + 1] *= inverse;
            }
        }
    __syncthreads();
    write_rows<GROUPS>(queries, warp * GROUPS * 16, sums, o + row * info.o.row + head * info.o.head, info.o.token, first, length);
}

#elif DELTA

// Of each query, the product of its output with the gradient of that; a warp each.
extern "C" __global__ void __launch_bounds__(128) KERNEL(const bf16* o, const bf16* g, float* delta, const __grid_constant__ Info info) {
    u64 at = (u64)blockIdx.x * 4 + threadIdx.x / 32;
    u32 lane = threadIdx.x % 32;
    u64 query = at % info.length, head = at / info.length % info.heads, row = at / info.length / info.heads;
    o += row * info.o.row + head * info.o.head + query * info.o.token;
    g += row * info.g.row + head * info.g.head + query * info.g.token;
    float sum = 0.0f;
    if (lane * 4 < D && at < info.total) {
        uint2 x = *(const uint2*)(o + lane * 4), y = *(const uint2*)(g + lane * 4);
        sum += __int_as_float(x.x << 16) * __int_as_float(y.x << 16) + __int_as_float(x.x & 0xffff0000) * __int_as_float(y.x & 0xffff0000);
        sum += __int_as_float(x.y << 16) * __int_as_float(y.y << 16) + __int_as_float(x.y & 0xffff0000) * __int_as_float(y.y & 0xffff0000);
    }
    for (u32 i = 16; i; i /= 2) sum += __shfl_xor_sync(~0u, sum, i);
    if (lane == 0 && at < info.total) delta[at] = sum;
}

#elif BACKWARD_KEYS

#define QUERIES 64
#define KEYS (GROUPS * 64)

extern "C" __global__ void __launch_bounds__(128, BLOCKS) KERNEL(const bf16* q, const bf16* k, const bf16* v, const bf16* g, const u32* segments,
                                                        const float* lse, const float* delta, bf16* dk, bf16* dv,
                                                        const __grid_constant__ Info info) {
    extern __shared__ __align__(16) bf16 shared[];
    bf16 *keys = shared, *values = keys + KEYS * PITCH, *queries = values + KEYS * PITCH, *grads = queries + 2 * QUERIES * PITCH;
    __shared__ float2 rows[2][QUERIES];  // of a query: log-sum-exp, and the product of its output with the gradient of that
    u32 first = blockIdx.x * KEYS, kv = blockIdx.y, row = blockIdx.z;
    u32 length = (u32)info.length, sharing = (u32)(info.heads / info.kv_heads);
    u32 warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    k += row * info.k.row + kv * info.k.head;
    v += row * info.v.row + kv * info.v.head;
    segments += (u64)row * length;
    float scale = __int_as_float((int)info.scale), log2_scale = scale * 1.4426950408889634f;

    u32 start = first / QUERIES, end = (length + QUERIES - 1) / QUERIES;
    if (info.window) {
        u64 last = (u64)first + KEYS + info.window;
        if (last < (u64)end * QUERIES) end = (u32)((last + QUERIES - 1) / QUERIES);
    }
    u32 tiles = end - start, works = tiles * sharing;
    auto fetch = [&](u32 work) {
        u32 head = kv * sharing + work / tiles, tile = start + work % tiles, side = work % 2;
        load_rows<QUERIES>(queries + side * QUERIES * PITCH, q + row * info.q.row + head * info.q.head, info.q.token, tile * QUERIES, length);
        load_rows<QUERIES>(grads + side * QUERIES * PITCH, g + row * info.g.row + head * info.g.head, info.g.token, tile * QUERIES, length);
        copy_commit();
        if (threadIdx.x < QUERIES) {
            u32 query = tile * QUERIES + threadIdx.x, inside = query < length ? query : length - 1;
            u64 at = ((u64)row * info.heads + head) * length + inside;
            rows[side][threadIdx.x] = make_float2(lse[at], delta[at]);
        }
    };
    load_rows<KEYS>(keys, k, info.k.token, first, length);
    load_rows<KEYS>(values, v, info.v.token, first, length);
    fetch(0);

    float key_sums[GROUPS][D / 8][4] = {}, value_sums[GROUPS][D / 8][4] = {};
    u32 top = first + warp * GROUPS * 16;
    Left<GROUPS> own_keys, own_values;
    for (u32 work = 0; work < works; work++) {
        copy_wait<0>();
        __syncthreads();
        if (work + 1 < works) fetch(work + 1);
        u32 query0 = (start + work % tiles) * QUERIES, side = work % 2;
        if (work == 0) {
            own_keys.load(keys, warp * GROUPS * 16);
            own_values.load(values, warp * GROUPS * 16);
        }
#pragma unroll 1
        for (u32 part = 0; part < QUERIES; part += PART) {
            // On the diagonal some warps have no query that sees one of their keys.
            if (query0 + part + PART <= top) continue;
            bf16 *query_tile = queries + (side * QUERIES + part) * PITCH, *grad_tile = grads + (side * QUERIES + part) * PITCH;
            bool whole = all_seen(query0 + part, PART, top, GROUPS * 16, info);
            // Transposed: rows are keys, columns queries.
            float p[GROUPS][PART / 8][4], ds[GROUPS][PART / 8][4];
            scores<GROUPS, PART>(p, own_keys, query_tile);
            scores<GROUPS, PART>(ds, own_values, grad_tile);
#pragma unroll
            for (u32 n = 0; n < PART / 8; n++)
#pragma unroll
                for (u32 i = 0; i < 2; i++) {
                    u32 column = part + n * 8 + lane % 4 * 2 + i, query = query0 + column;
                    float2 of_query = rows[side][column];
#pragma unroll
                    for (u32 m = 0; m < GROUPS; m++)
#pragma unroll
                        for (u32 half = 0; half < 2; half++) {
                            u32 key = top + m * 16 + lane / 4 + half * 8;
                            float& weight = p[m][n][half * 2 + i];
                            weight = whole || seen(query, key, info, segments) ? exp2f(weight * log2_scale - of_query.x) : 0.0f;
                            ds[m][n][half * 2 + i] = weight * (ds[m][n][half * 2 + i] - of_query.y);
                        }
                }
            weigh<GROUPS, PART>(value_sums, p, grad_tile);
            weigh<GROUPS, PART>(key_sums, ds, query_tile);
        }
    }
#pragma unroll
    for (u32 m = 0; m < GROUPS; m++)
#pragma unroll
        for (u32 n = 0; n < D / 8; n++)
#pragma unroll
            for (u32 i = 0; i < 4; i++) key_sums[m][n][i] *= scale;
    __syncthreads();
    write_rows<GROUPS>(keys, warp * GROUPS * 16, key_sums, dk + row * info.dk.row + kv * info.dk.head, info.dk.token, first, length);
    write_rows<GROUPS>(values, warp * GROUPS * 16, value_sums, dv + row * info.dv.row + kv * info.dv.head, info.dv.token, first, length);
}

#else  // the gradient of the queries

#define QUERIES (GROUPS * 64)
#define KEYS 64

extern "C" __global__ void __launch_bounds__(128, BLOCKS) KERNEL(const bf16* q, const bf16* k, const bf16* v, const bf16* g, const u32* segments,
                                                        const float* lse, const float* delta, bf16* dq, const __grid_constant__ Info info) {
    extern __shared__ __align__(16) bf16 shared[];
    bf16 *queries = shared, *grads = queries + QUERIES * PITCH, *keys = grads + QUERIES * PITCH, *values = keys + 2 * KEYS * PITCH;
    u32 first = (gridDim.x - 1 - blockIdx.x) * QUERIES, head = blockIdx.y, row = blockIdx.z;
    u32 kv = head / (u32)(info.heads / info.kv_heads), length = (u32)info.length;
    u32 warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    k += row * info.k.row + kv * info.k.head;
    v += row * info.v.row + kv * info.v.head;
    segments += (u64)row * length;
    float scale = __int_as_float((int)info.scale), log2_scale = scale * 1.4426950408889634f;

    u32 reach = first + QUERIES < length ? first + QUERIES : length;
    u32 end = (reach + KEYS - 1) / KEYS;
    u32 start = info.window && first + 1 > info.window ? (first + 1 - (u32)info.window) / KEYS : 0;
    load_rows<QUERIES>(queries, q + row * info.q.row + head * info.q.head, info.q.token, first, length);
    load_rows<QUERIES>(grads, g + row * info.g.row + head * info.g.head, info.g.token, first, length);
    load_rows<KEYS>(keys, k, info.k.token, start * KEYS, length);
    load_rows<KEYS>(values, v, info.v.token, start * KEYS, length);
    copy_commit();

    u32 top = first + warp * GROUPS * 16;
    Left<GROUPS> own_queries, own_grads;
    u64 at = ((u64)row * info.heads + head) * length;
    float l[GROUPS][2], d[GROUPS][2];
    for (u32 i = 0; i < GROUPS * 2; i++) {
        u32 query = top + i / 2 * 16 + i % 2 * 8 + lane / 4, inside = query < length ? query : length - 1;
        l[i / 2][i % 2] = lse[at + inside];
        d[i / 2][i % 2] = delta[at + inside];
    }
    float sums[GROUPS][D / 8][4] = {};
    for (u32 tile = start; tile < end; tile++) {
        copy_wait<0>();
        __syncthreads();
        u32 side = (tile - start) % 2;
        if (tile + 1 < end) {
            load_rows<KEYS>(keys + (side ^ 1) * KEYS * PITCH, k, info.k.token, (tile + 1) * KEYS, length);
            load_rows<KEYS>(values + (side ^ 1) * KEYS * PITCH, v, info.v.token, (tile + 1) * KEYS, length);
            copy_commit();
        }
        if (tile == start) {
            own_queries.load(queries, warp * GROUPS * 16);
            own_grads.load(grads, warp * GROUPS * 16);
        }
#pragma unroll 1
        for (u32 part = 0; part < KEYS; part += PART) {
            u32 key0 = tile * KEYS + part;
            if (key0 >= top + GROUPS * 16) break;
            bf16 *key_tile = keys + (side * KEYS + part) * PITCH, *value_tile = values + (side * KEYS + part) * PITCH;
            bool whole = all_seen(top, GROUPS * 16, key0, PART, info);
            float p[GROUPS][PART / 8][4], ds[GROUPS][PART / 8][4];
            scores<GROUPS, PART>(p, own_queries, key_tile);
            scores<GROUPS, PART>(ds, own_grads, value_tile);
#pragma unroll
            for (u32 m = 0; m < GROUPS; m++)
#pragma unroll
                for (u32 n = 0; n < PART / 8; n++)
#pragma unroll
                    for (u32 i = 0; i < 4; i++) {
                        u32 query = top + m * 16 + lane / 4 + i / 2 * 8, key = key0 + n * 8 + lane % 4 * 2 + i % 2;
                        float weight = whole || seen(query, key, info, segments) ? exp2f(p[m][n][i] * log2_scale - l[m][i / 2]) : 0.0f;
                        ds[m][n][i] = weight * (ds[m][n][i] - d[m][i / 2]);
                    }
            weigh<GROUPS, PART>(sums, ds, key_tile);
        }
    }
#pragma unroll
    for (u32 m = 0; m < GROUPS; m++)
#pragma unroll
        for (u32 n = 0; n < D / 8; n++)
#pragma unroll
            for (u32 i = 0; i < 4; i++) sums[m][n][i] *= scale;
    __syncthreads();
    write_rows<GROUPS>(queries, warp * GROUPS * 16, sums, dq + row * info.dq.row + head * info.dq.head, info.dq.token, first, length);
}

#endif
