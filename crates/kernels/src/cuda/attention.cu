// Causal attention for training, forward and backward, with no matrix of scores in memory.
//
// T. Dao, arXiv 2307.08691; J. Shah et al., arXiv 2407.08608. Before this text come: D, the width of a head, a multiple of 16;
// TILE, how many rows a block has and how many of the other side it takes at once, 64; BLOCKS, how many blocks a processor is to hold;
// and `wgmma_scores` and `wgmma_weigh`, the warpgroup's products for TILE and D columns. A block is one warpgroup.
//
// Queries, keys and values are [rows, heads, length, D] with any strides but D's, which is 1. A query sees the keys of its
// own segment at its own place or before, at most `window` places back; each key head serves `heads / kv_heads` query heads.
// The tokens of a segment follow one another.
//
// The backward pass is two kernels, one that sums over queries and one that sums over keys. Each computes the scores anew;
// in return no two blocks add to one place, so that the result is the same in every run.

#define PANELS ((D + 63) / 64)
#define STEPS (D / 16)
#define THREADS 128
#define NOTHING __int_as_float(0xff800000)  // minus infinity: its exponential is 0

// A tile lies in shared memory in panels of 64 columns, 128 bytes a row, in the copy engine's swizzle.
#define PANEL (TILE * 128)
#define BYTES (PANELS * PANEL)

struct Layout {
    u64 row, head, token;
};

struct Info {
    Layout q, k, v, o, g;  // `g`: the gradient of the output
    Layout dq, dk, dv;
    u64 heads, kv_heads, length, window, packed;
    u64 scale;  // bits of an f32
};

__device__ __forceinline__ void copy_async(u32 to, const void* from, bool there) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(there ? 16 : 0));
}
__device__ __forceinline__ void copy_number(float* to, const float* from) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(address_of(to)), "l"(from));
}
__device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;"); }

// Until all copies of the block have come, and the warpgroups' products may read them.
__device__ __forceinline__ void copies_done() {
    asm volatile("cp.async.wait_group 0;\nfence.proxy.async.shared::cta;" ::: "memory");
    __syncthreads();
}

// Where the 16 bytes of a tile's row and chunk are.
__device__ __forceinline__ u32 place(u32 row, u32 chunk) { return chunk / 8 * PANEL + row * 128 + ((chunk % 8 ^ row % 8) << 4); }

// Rows `first` to `first + TILE` of a head; rows past the end are zero.
__device__ __forceinline__ void load_rows(u32 to, const bf16* from, u64 stride, u32 first, u32 length) {
    for (u32 i = threadIdx.x; i < TILE * (D / 8); i += THREADS) {
        u32 row = i / (D / 8), chunk = i % (D / 8);
        bool there = first + row < length;
        copy_async(to + place(row, chunk), from + (there ? (first + row) * stride : 0) + chunk * 8, there);
    }
}

// d = `left` · `right`ᵀ, of two tiles, over the width of a head.
__device__ __forceinline__ void scores(float (&d)[TILE / 2], u32 left, u32 right) {
#pragma unroll
    for (u32 step = 0; step < STEPS; step++) {
        u32 at = step / 4 * PANEL + step % 4 * 32;
        wgmma_scores(d, descriptor(left + at, 16, 1024), descriptor(right + at, 16, 1024), step != 0);
    }
    wgmma_commit();
}

// Scores as a left operand in bf16.
__device__ __forceinline__ void as_operand(u32 (&a)[TILE / 16][4], const float (&p)[TILE / 2]) {
#pragma unroll
    for (u32 step = 0; step < TILE / 16; step++)
#pragma unroll
        for (u32 i = 0; i < 4; i++) a[step][i] = pack(p[step * 8 + i * 2], p[step * 8 + i * 2 + 1]);
}

// d += a · `right`, a tile.
__device__ __forceinline__ void weigh(float (&d)[D / 2], const u32 (&a)[TILE / 16][4], u32 right) {
#pragma unroll
    for (u32 step = 0; step < TILE / 16; step++)
        wgmma_weigh(d, a[step], descriptor(right + step * 16 * 128, PANEL, 1024), 1);
    wgmma_commit();
}

// Results of products that have been waited for: nothing that reads them may move before this.
template <int N>
__device__ __forceinline__ void settle(float (&d)[N]) {
#pragma unroll
    for (u32 i = 0; i < N; i++) asm volatile("" : "+f"(d[i])::"memory");
}

__device__ __forceinline__ float power_of_2(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// The sum over a block's threads.
__device__ __forceinline__ u32 sum_of_block(u32 x) {
    __shared__ u32 sum;
    if (threadIdx.x == 0) sum = 0;
    __syncthreads();
    atomicAdd(&sum, x);
    __syncthreads();
    return sum;
}

__device__ __forceinline__ bool seen(u32 query, u32 key, const Info& info, const u32* segments) {
    if (key > query || query >= info.length) return false;
    if (info.window && query - key >= info.window) return false;
    return !info.packed || segments[query] == segments[key];
}

// Scores of what is not seen become nothing. `row` is this thread's first row, `column` the tile's; KEYS says which of them are keys.
template <bool KEYS>
__device__ __forceinline__ void hide(float (&s)[TILE / 2], u32 row, u32 column, const Info& info, const u32* segments) {
#pragma unroll
    for (u32 i = 0; i < TILE / 2; i++) {
        u32 r = row + i / 2 % 2 * 8, c = column + i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2;
        if (!seen(KEYS ? c : r, KEYS ? r : c, info, segments)) s[i] = NOTHING;
    }
}

// Whether every query of the tile from `query` on sees every key of the tile from `key` on.
__device__ __forceinline__ bool all_seen(u32 query, u32 key, const Info& info, const u32* segments) {
    u32 last = query + TILE - 1;
    if (key + TILE > query + 1 || last >= info.length) return false;
    if (info.window && last - key >= info.window) return false;
    return !info.packed || segments[last] == segments[key];
}

// Of a block that has the queries from `first` on: the first tile of keys that one of them sees.
__device__ __forceinline__ u32 first_tile(u32 first, const Info& info, const u32* segments) {
    u32 start = info.window && first + 1 > info.window ? (first + 1 - (u32)info.window) / TILE : 0;
    if (!info.packed) return start;
    // Tiles that end before `first` are seen if they end in its segment: those that are lie behind those that are not.
    u32 hidden = 0;
    for (u32 tile = start + threadIdx.x; tile < first / TILE; tile += THREADS)
        hidden += segments[(tile + 1) * TILE - 1] != segments[first];
    return start + sum_of_block(hidden);
}

// Of a block that has the keys from `first` on: the end of the tiles of queries that see one of them.
__device__ __forceinline__ u32 last_tile(u32 first, const Info& info, const u32* segments) {
    u32 length = (u32)info.length, end = (length + TILE - 1) / TILE, last = first + TILE - 1;
    if (info.window && last + info.window < length) end = (last + (u32)info.window + TILE - 1) / TILE;
    if (!info.packed) return end;
    u32 hidden = 0;
    for (u32 tile = first / TILE + 1 + threadIdx.x; tile < end; tile += THREADS) hidden += segments[tile * TILE] != segments[last];
    return end - sum_of_block(hidden);
}

// Writes a tile, times `factor`, by way of shared memory, 16 bytes at a time.
__device__ __forceinline__ void write_rows(u32 scratch, const float (&d)[D / 2], float factor, bf16* to, u64 stride, u32 first, u32 length) {
    u32 lane = threadIdx.x % 32, own = threadIdx.x / 32 * 16;
#pragma unroll
    for (u32 n = 0; n < D / 8; n++)
#pragma unroll
        for (u32 half = 0; half < 2; half++) {
            u32 at = scratch + place(own + lane / 4 + half * 8, n) + lane % 4 * 4;
            asm volatile("st.shared.u32 [%0], %1;" ::"r"(at), "r"(pack(d[n * 4 + half * 2] * factor, d[n * 4 + half * 2 + 1] * factor)));
        }
    __syncwarp();
    for (u32 i = lane; i < 16 * (D / 8); i += 32) {
        u32 row = own + i / (D / 8), chunk = i % (D / 8);
        uint4 x;
        asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];" : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w) : "r"(scratch + place(row, chunk)) : "memory");
        if (first + row < length) *(uint4*)(to + (first + row) * stride + chunk * 8) = x;
    }
}

#if FORWARD

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) KERNEL(const bf16* q, const bf16* k, const bf16* v, const u32* segments,
                                                                     bf16* o, float* lse, const __grid_constant__ Info info) {
    extern __shared__ unsigned char shared[];
    u32 queries = (address_of(shared) + 1023) & ~1023u, keys = queries + BYTES, values = keys + 2 * BYTES;
    // The long rows first: they decide when the last block ends.
    u32 head = blockIdx.x, row = blockIdx.y, first = (gridDim.z - 1 - blockIdx.z) * TILE;
    u32 kv = head / (u32)(info.heads / info.kv_heads), length = (u32)info.length;
    u32 lane = threadIdx.x % 32;
    u32 own = first + threadIdx.x / 32 * 16 + lane / 4;  // this thread's first query
    q += row * info.q.row + head * info.q.head;
    k += row * info.k.row + kv * info.k.head;
    v += row * info.v.row + kv * info.v.head;
    segments += (u64)row * length;

    u32 start = first_tile(first, info, segments), end = first / TILE + 1;
    auto fetch = [&](u32 tile) {
        u32 side = (tile - start) % 2 * BYTES;
        load_rows(keys + side, k, info.k.token, tile * TILE, length);
        load_rows(values + side, v, info.v.token, tile * TILE, length);
        copy_commit();
    };
    load_rows(queries, q, info.q.token, first, length);
    fetch(start);

    float sums[D / 2] = {}, peak[2] = {NOTHING, NOTHING}, total[2] = {};
    float scale = __int_as_float((int)info.scale) * 1.4426950408889634f;
    for (u32 tile = start; tile < end; tile++) {
        copies_done();
        if (tile + 1 < end) fetch(tile + 1);
        u32 key0 = tile * TILE, side = (tile - start) % 2 * BYTES;
        float s[TILE / 2];
        wgmma_fence();
        scores(s, queries, keys + side);
        wgmma_wait<0>();
        settle(s);
        if (!all_seen(first, key0, info, segments)) hide<false>(s, own, key0, info, segments);
#pragma unroll
        for (u32 half = 0; half < 2; half++) {
            float most = peak[half];
#pragma unroll
            for (u32 n = 0; n < TILE / 8; n++) most = fmaxf(most, fmaxf(s[n * 4 + half * 2], s[n * 4 + half * 2 + 1]));
            most = fmaxf(most, __shfl_xor_sync(~0u, most, 1));
            most = fmaxf(most, __shfl_xor_sync(~0u, most, 2));
            // A row that has seen nothing yet keeps nothing.
            float shift = most == NOTHING ? 0.0f : most * scale;
            float fade = power_of_2(peak[half] * scale - shift), sum = 0.0f;
            peak[half] = most;
#pragma unroll
            for (u32 n = 0; n < TILE / 8; n++)
#pragma unroll
                for (u32 i = 0; i < 2; i++) sum += s[n * 4 + half * 2 + i] = power_of_2(s[n * 4 + half * 2 + i] * scale - shift);
            total[half] = total[half] * fade + sum;
#pragma unroll
            for (u32 n = 0; n < D / 8; n++) {
                sums[n * 4 + half * 2] *= fade;
                sums[n * 4 + half * 2 + 1] *= fade;
            }
        }
        u32 weights[TILE / 16][4];
        as_operand(weights, s);
        wgmma_fence();
        weigh(sums, weights, values + side);
        wgmma_wait<0>();
        settle(sums);
    }
#pragma unroll
    for (u32 half = 0; half < 2; half++) {
        float sum = total[half];
        sum += __shfl_xor_sync(~0u, sum, 1);
        sum += __shfl_xor_sync(~0u, sum, 2);
        u32 query = own + half * 8;
        if (lane % 4 == 0 && query < length)
            lse[((u64)row * info.heads + head) * length + query] = peak[half] * scale + log2f(sum);
#pragma unroll
        for (u32 n = 0; n < D / 8; n++) {
            sums[n * 4 + half * 2] /= sum;
            sums[n * 4 + half * 2 + 1] /= sum;
        }
    }
    __syncthreads();  // the queries are written over
    write_rows(queries, sums, 1.0f, o + row * info.o.row + head * info.o.head, info.o.token, first, length);
}

#elif BACKWARD_KEYS

// Gradients of the keys and values. A row of scores is a key's here, and a column a query's.
extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) KERNEL(const bf16* q, const bf16* k, const bf16* v, const bf16* g,
                                                                     const u32* segments, const float* lse, const float* delta,
                                                                     bf16* dk, bf16* dv, const __grid_constant__ Info info) {
    extern __shared__ unsigned char shared[];
    __shared__ __align__(16) float sums_of[2][TILE], deltas_of[2][TILE];
    u32 keys = (address_of(shared) + 1023) & ~1023u, values = keys + BYTES;
    u32 queries = values + BYTES, grads = queries + 2 * BYTES;
    u32 kv = blockIdx.x, row = blockIdx.y, first = blockIdx.z * TILE;
    u32 length = (u32)info.length, sharing = (u32)(info.heads / info.kv_heads);
    u32 lane = threadIdx.x % 32;
    u32 own = first + threadIdx.x / 32 * 16 + lane / 4;  // this thread's first key
    segments += (u64)row * length;
    float scale = __int_as_float((int)info.scale), log2_scale = scale * 1.4426950408889634f;

    u32 start = first / TILE, end = last_tile(first, info, segments), works = (end - start) * sharing;
    u32 head = kv * sharing, next = start;  // of what is fetched next
    auto fetch = [&](u32 side) {
        u32 query0 = next * TILE;
        load_rows(queries + side * BYTES, q + row * info.q.row + head * info.q.head, info.q.token, query0, length);
        load_rows(grads + side * BYTES, g + row * info.g.row + head * info.g.head, info.g.token, query0, length);
        if (threadIdx.x < TILE) {
            u32 query = query0 + threadIdx.x, inside = query < length ? query : length - 1;
            u64 at = ((u64)row * info.heads + head) * length + inside;
            copy_number(&sums_of[side][threadIdx.x], lse + at);
            copy_number(&deltas_of[side][threadIdx.x], delta + at);
        }
        copy_commit();
        if (++next == end) {
            next = start;
            head++;
        }
    };
    load_rows(keys, k + row * info.k.row + kv * info.k.head, info.k.token, first, length);
    load_rows(values, v + row * info.v.row + kv * info.v.head, info.v.token, first, length);
    fetch(0);

    float key_sums[D / 2] = {}, value_sums[D / 2] = {};
    u32 current = start;
    for (u32 work = 0; work < works; work++) {
        copies_done();
        u32 query0 = current * TILE, side = work % 2;
        if (++current == end) current = start;
        if (work + 1 < works) fetch(side ^ 1);
        u32 query_tile = queries + side * BYTES, grad_tile = grads + side * BYTES;
        float p[TILE / 2], ds[TILE / 2];
        wgmma_fence();
        scores(p, keys, query_tile);
        scores(ds, values, grad_tile);
        wgmma_wait<1>();
        settle(p);
        if (!all_seen(query0, first, info, segments)) hide<true>(p, own, query0, info, segments);
#pragma unroll
        for (u32 i = 0; i < TILE / 2; i++) p[i] = power_of_2(p[i] * log2_scale - sums_of[side][i / 4 * 8 + lane % 4 * 2 + i % 2]);
        u32 operand[TILE / 16][4];
        as_operand(operand, p);
        wgmma_fence();
        weigh(value_sums, operand, grad_tile);
        wgmma_wait<1>();
        settle(ds);
#pragma unroll
        for (u32 i = 0; i < TILE / 2; i++) ds[i] = p[i] * (ds[i] - deltas_of[side][i / 4 * 8 + lane % 4 * 2 + i % 2]);
        u32 gradient[TILE / 16][4];
        as_operand(gradient, ds);
        wgmma_fence();
        weigh(key_sums, gradient, query_tile);
        wgmma_wait<0>();
        settle(value_sums);
        settle(key_sums);
    }
    __syncthreads();  // the keys and values are written over
    write_rows(keys, key_sums, scale, dk + row * info.dk.row + kv * info.dk.head, info.dk.token, first, length);
    write_rows(values, value_sums, 1.0f, dv + row * info.dv.row + kv * info.dv.head, info.dv.token, first, length);
}

#else

// The gradient of the queries. Writes `delta` too: of each query, the product of its output with the gradient of that.

__device__ __forceinline__ float product_of(const bf16* x, const bf16* y) {
    float sum = 0.0f;
#pragma unroll
    for (u32 i = 0; i < D / 16; i++) {
        uint4 a = ((const uint4*)x)[i], b = ((const uint4*)y)[i];
        sum += low(a.x) * low(b.x) + high(a.x) * high(b.x) + low(a.y) * low(b.y) + high(a.y) * high(b.y);
        sum += low(a.z) * low(b.z) + high(a.z) * high(b.z) + low(a.w) * low(b.w) + high(a.w) * high(b.w);
    }
    return sum;
}

extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS) KERNEL(const bf16* q, const bf16* k, const bf16* v, const bf16* g,
                                                                     const u32* segments, const float* lse, const bf16* o,
                                                                     float* delta, bf16* dq, const __grid_constant__ Info info) {
    extern __shared__ unsigned char shared[];
    u32 queries = (address_of(shared) + 1023) & ~1023u, grads = queries + BYTES;
    u32 keys = grads + BYTES, values = keys + 2 * BYTES;
    u32 head = blockIdx.x, row = blockIdx.y, first = (gridDim.z - 1 - blockIdx.z) * TILE;
    u32 kv = head / (u32)(info.heads / info.kv_heads), length = (u32)info.length;
    u32 lane = threadIdx.x % 32;
    u32 own = first + threadIdx.x / 32 * 16 + lane / 4;  // this thread's first query
    k += row * info.k.row + kv * info.k.head;
    v += row * info.v.row + kv * info.v.head;
    segments += (u64)row * length;
    float scale = __int_as_float((int)info.scale), log2_scale = scale * 1.4426950408889634f;

    u32 start = first_tile(first, info, segments), end = first / TILE + 1;
    auto fetch = [&](u32 tile) {
        u32 side = (tile - start) % 2 * BYTES;
        load_rows(keys + side, k, info.k.token, tile * TILE, length);
        load_rows(values + side, v, info.v.token, tile * TILE, length);
        copy_commit();
    };
    load_rows(queries, q + row * info.q.row + head * info.q.head, info.q.token, first, length);
    load_rows(grads, g + row * info.g.row + head * info.g.head, info.g.token, first, length);
    fetch(start);

    // Two threads take a row of the output and its gradient, half of it each.
    u32 halved = own - lane / 4 + lane / 2, inside = halved < length ? halved : length - 1;
    u64 at = ((u64)row * info.heads + head) * length;
    float product = product_of(o + row * info.o.row + head * info.o.head + inside * info.o.token + lane % 2 * (D / 2),
                               g + row * info.g.row + head * info.g.head + inside * info.g.token + lane % 2 * (D / 2));
    product += __shfl_xor_sync(~0u, product, 1);
    if (lane % 2 == 0 && halved < length) delta[at + halved] = product;
    float of_own[2][2];  // log-sum-exp, and that product
    for (u32 half = 0; half < 2; half++) {
        u32 query = own + half * 8;
        of_own[half][0] = lse[at + (query < length ? query : length - 1)];
        of_own[half][1] = __shfl_sync(~0u, product, (lane / 4 + half * 8) * 2);
    }
    float sums[D / 2] = {};
    for (u32 tile = start; tile < end; tile++) {
        copies_done();
        if (tile + 1 < end) fetch(tile + 1);
        u32 key0 = tile * TILE, side = (tile - start) % 2 * BYTES;
        float p[TILE / 2], ds[TILE / 2];
        wgmma_fence();
        scores(p, queries, keys + side);
        scores(ds, grads, values + side);
        wgmma_wait<1>();
        settle(p);
        if (!all_seen(first, key0, info, segments)) hide<false>(p, own, key0, info, segments);
#pragma unroll
        for (u32 i = 0; i < TILE / 2; i++) p[i] = power_of_2(p[i] * log2_scale - of_own[i / 2 % 2][0]);
        wgmma_wait<0>();
        settle(ds);
#pragma unroll
        for (u32 i = 0; i < TILE / 2; i++) ds[i] = p[i] * (ds[i] - of_own[i / 2 % 2][1]);
        u32 gradient[TILE / 16][4];
        as_operand(gradient, ds);
        wgmma_fence();
        weigh(sums, gradient, keys + side);
        wgmma_wait<0>();
        settle(sums);
    }
    __syncthreads();  // the queries are written over
    write_rows(queries, sums, scale, dq + row * info.dq.row + head * info.dq.head, info.dq.token, first, length);
}

#endif
