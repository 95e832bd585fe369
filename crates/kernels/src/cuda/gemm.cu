// Matrix products for Hopper: C = alpha * sum_i A_i * B_i, bf16 operands, f32 sums.
//
// Before this text come: TA, TB (whether A is [K, M] and B is [K, N] in memory), BN (columns of a tile), STAGES,
// OUT (bf16 or float), SEGMENTS (1 to 4), WIDE_STORES (for bf16 whose rows are whole 16-byte words, and BN of at least 64),
// and `wgmma` for BN columns.
//
// A block is one warpgroup that loads tiles with the copy engine and two that multiply, 64 rows of the tile each. Blocks
// stay for the whole product and walk over the tiles, so that loading the next tile hides behind storing this one.

#define BM 128
#define BK 64
#define CONSUMERS 2
#define A_BYTES (BM * BK * 2)
// A row of the copy engine's swizzle is 64 values wide, whether they are all there or not.
#define B_BYTES ((TB ? (BN + 63) / 64 * 64 : BN) * BK * 2)
#define STAGE_BYTES (A_BYTES + B_BYTES)

struct Info {
    u64 m, n, k[4];
    u64 row_stride, column_stride;  // of C, in elements
    u64 splits, split_stride;       // parts of K that are summed apart, and their distance in C
    u64 alpha;                      // bits of an f32
};

// Which part of the output, and of K, a step of a block's walk computes.
struct Work {
    u32 row, column, first, last, split;
};

__device__ __forceinline__ Work work_at(u32 index, const Info& info, u32 rows, u32 columns, u32 steps) {
    u32 tiles = rows * columns;
    u32 split = index / tiles, tile = index % tiles;
    // Tiles that run at the same time share operands in the L2 cache: they are walked in bands of GROUP rows.
    const u32 GROUP = 16;
    u32 band = tile / (GROUP * columns), start = band * GROUP;
    u32 height = rows - start < GROUP ? rows - start : GROUP;
    u32 within = tile - band * GROUP * columns;
    u32 per = (steps + (u32)info.splits - 1) / (u32)info.splits;
    u32 first = split * per, last = first + per < steps ? first + per : steps;
    return { (start + within % height) * BM, (within / height) * BN, first, last, split };
}

extern "C" __global__ void __launch_bounds__(128 * (CONSUMERS + 1), 1) KERNEL(
    const __grid_constant__ TensorMap a0, const __grid_constant__ TensorMap b0,
#if SEGMENTS > 1
    const __grid_constant__ TensorMap a1, const __grid_constant__ TensorMap b1,
#endif
#if SEGMENTS > 2
    const __grid_constant__ TensorMap a2, const __grid_constant__ TensorMap b2,
#endif
#if SEGMENTS > 3
    const __grid_constant__ TensorMap a3, const __grid_constant__ TensorMap b3,
#endif
    OUT* c, const __grid_constant__ Info info) {
    extern __shared__ __align__(1024) unsigned char shared[];
    __shared__ __align__(8) u64 full[STAGES], empty[STAGES];
#if WIDE_STORES
    __shared__ __align__(16) unsigned char scratch[CONSUMERS * 4 * 16 * 128];
#endif
    u32 base = (address_of(shared) + 1023) & ~1023u;

    if (threadIdx.x == 0) {
        for (int s = 0; s < STAGES; s++) {
            barrier_init(&full[s], 1);
            barrier_init(&empty[s], CONSUMERS);
        }
        fence_barrier_init();
    }
    __syncthreads();

    u32 rows = ((u32)info.m + BM - 1) / BM, columns = ((u32)info.n + BN - 1) / BN;
    u32 steps = 0;
    for (u32 i = 0; i < SEGMENTS; i++) steps += ((u32)info.k[i] + BK - 1) / BK;
    u32 works = rows * columns * (u32)info.splits;
    u32 group = threadIdx.x / 128;
    u32 stage = 0, phase = 0;

    if (group == 0) {
        registers_down<40>();
        if (threadIdx.x != 0) return;
        for (u32 index = blockIdx.x; index < works; index += gridDim.x) {
            Work w = work_at(index, info, rows, columns, steps);
            for (u32 step = w.first; step < w.last; step++) {
                barrier_wait(&empty[stage], phase ^ 1);
                barrier_expect(&full[stage], STAGE_BYTES);
                u32 at = base + stage * STAGE_BYTES;
                u32 k = step * BK;
                const TensorMap *a = &a0, *b = &b0;
                // A segment begins where the steps of those before it end.
#define SEGMENT(I, A, B)                      \
    ended += ((u32)info.k[I - 1] + BK - 1) / BK; \
    if (step >= ended) {                      \
        a = &A;                               \
        b = &B;                               \
        k = (step - ended) * BK;              \
    }
#if SEGMENTS > 1
                u32 ended = 0;
                SEGMENT(1, a1, b1)
#endif
#if SEGMENTS > 2
                SEGMENT(2, a2, b2)
#endif
#if SEGMENTS > 3
                SEGMENT(3, a3, b3)
#endif
#if TA
                for (u32 i = 0; i < BM / 64; i++) load_tile(at + i * 64 * BK * 2, a, &full[stage], w.row + i * 64, k);
#else
                load_tile(at, a, &full[stage], k, w.row);
#endif
                at += A_BYTES;
#if TB
                for (u32 i = 0; i < (BN + 63) / 64; i++)
                    load_tile(at + i * 64 * BK * 2, b, &full[stage], w.column + i * 64, k);
#else
                load_tile(at, b, &full[stage], k, w.column);
#endif
                if (++stage == STAGES) {
                    stage = 0;
                    phase ^= 1;
                }
            }
        }
        return;
    }

    registers_up<232>();
    u32 consumer = group - 1, thread = threadIdx.x % 128, lane = thread % 32;
    float alpha = __int_as_float((int)info.alpha);
    float sums[BN / 2];
    for (u32 index = blockIdx.x; index < works; index += gridDim.x) {
        Work w = work_at(index, info, rows, columns, steps);
        for (u32 i = 0; i < BN / 2; i++) sums[i] = 0.0f;
        u32 previous = 0;
        for (u32 step = w.first; step < w.last; step++) {
            barrier_wait(&full[stage], phase);
            u32 at = base + stage * STAGE_BYTES;
            wgmma_fence();
#pragma unroll
            for (u32 i = 0; i < BK / 16; i++) {
#if TA
                u64 da = descriptor(at + consumer * 64 * BK * 2 + i * 16 * 128, 64 * BK * 2, 1024);
#else
                u64 da = descriptor(at + consumer * 64 * 128 + i * 32, 16, 1024);
#endif
#if TB
                u64 db = descriptor(at + A_BYTES + i * 16 * 128, 64 * BK * 2, 1024);
#else
                u64 db = descriptor(at + A_BYTES + i * 32, 16, 1024);
#endif
                wgmma(sums, da, db, 1);
            }
            wgmma_commit();
            // The products of the step before are done: its tiles may be written over.
            wgmma_wait<1>();
            if (step > w.first && thread == 0) barrier_arrive(&empty[previous]);
            previous = stage;
            if (++stage == STAGES) {
                stage = 0;
                phase ^= 1;
            }
        }
        wgmma_wait<0>();
        if (w.last > w.first && thread == 0) barrier_arrive(&empty[previous]);

        OUT* out = c + w.split * info.split_stride;
        u32 top = w.row + consumer * 64 + thread / 32 * 16;
#if WIDE_STORES
        // Rows of 64 values go through shared memory, so that a warp writes 128 bytes of a row at a time.
        unsigned char* staged = scratch + (thread / 32 + consumer * 4) * 16 * 128;
#pragma unroll
        for (u32 part = 0; part < BN / 64; part++) {
            if (w.column + part * 64 >= info.n) break;
#pragma unroll
            for (u32 j = 0; j < 8; j++) {
#pragma unroll
                for (u32 half = 0; half < 2; half++) {
                    u32 r = lane / 4 + half * 8;
                    float* d = sums + (part * 8 + j) * 4 + half * 2;
                    *(u32*)(staged + r * 128 + ((j ^ (r & 7)) << 4) + lane % 4 * 4) = pack(d[0] * alpha, d[1] * alpha);
                }
            }
            __syncwarp();
#pragma unroll
            for (u32 i = 0; i < 4; i++) {
                u32 r = i * 4 + lane / 8, chunk = lane % 8;
                u64 column = w.column + part * 64 + chunk * 8;
                uint4 values = *(uint4*)(staged + r * 128 + ((chunk ^ (r & 7)) << 4));
                if (top + r < info.m && column < info.n) *(uint4*)(out + (top + r) * info.row_stride + column) = values;
            }
            __syncwarp();
        }
#else
        u64 row = top + lane / 4;
#pragma unroll
        for (u32 j = 0; j < BN / 8; j++) {
            u64 column = w.column + j * 8 + lane % 4 * 2;
            if (column >= info.n) break;
#pragma unroll
            for (u32 half = 0; half < 2; half++) {
                u64 r = row + half * 8;
                if (r >= info.m) continue;
                float x = sums[j * 4 + half * 2] * alpha, y = sums[j * 4 + half * 2 + 1] * alpha;
                OUT* at = out + r * info.row_stride + column * info.column_stride;
                if (info.column_stride == 1 && column + 1 < info.n) {
                    store_pair(at, x, y);
                } else {
                    store(at, x);
                    if (column + 1 < info.n) store(at + info.column_stride, y);
                }
            }
        }
#endif
    }
}
