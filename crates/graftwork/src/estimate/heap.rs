//! What the C library's heap holds of the machine, as glibc keeps it under the settings of [`fix_heap`].
//!
//! A tensor goes to the smallest free place where it fits, else behind all others, or to the system if it is large. Free places that
//! touch become one. What is free at the end goes back to the machine where it is more than [`TRIM`]; what is free in between stays.

use std::collections::BTreeMap;

/// From here on an allocation that finds no room is the system's, and goes back when it is dropped.
pub(super) const OWN: u64 = 32 << 20;
const TRIM: u64 = 2 * OWN;
/// A chunk begins with its size, and its data at a multiple of the alignment that tensors ask for.
const HEADER: u64 = 80;
/// What smaller allocations leave unused between tensors, which are not gone through: a part of each, as measured.
const LEFT: u64 = 32;

/// Fixes what glibc works out from what it is asked for, so that a run's memory can be told beforehand: allocations of 32 MiB and more
/// are given back to the system when they are dropped, and smaller ones have one heap. It costs a run no time.
///
/// `host` does this first of all. A program that embeds the host and goes by its memory estimates does too, before it starts a thread.
/// With other C libraries nothing is done, and estimates are less near.
pub fn fix_heap() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // What it refuses, it goes on to work out.
        #[allow(unsafe_code, reason = "the C library has no other way to be told")]
        // SAFETY: `mallopt` takes numbers, and locks what it changes.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, OWN as libc::c_int);
            libc::mallopt(libc::M_TRIM_THRESHOLD, TRIM as libc::c_int);
            libc::mallopt(libc::M_ARENA_MAX, 1);
        }
    }
}

/// Gives what is free in the heap back to the system: what the process holds then is what it uses.
pub(super) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        #[allow(unsafe_code, reason = "the C library has no other way to be told")]
        // SAFETY: `malloc_trim` takes a number, and locks what it changes.
        let _ = unsafe { libc::malloc_trim(0) };
    }
}

/// The heap.
#[derive(Debug, Default)]
pub(super) struct Heap {
    /// Where each free place begins, and where it ends. None lies at the end of all.
    free: BTreeMap<u64, u64>,
    /// Where what is used ends.
    used: u64,
    /// Where what is held ends.
    held: u64,
}

/// A place in the heap, or memory of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Chunk {
    Own(u64),
    Place(u64, u64),
}

/// What a tensor of so many bytes takes of the heap.
fn size_of(bytes: u64) -> u64 {
    let left = if bytes < OWN { bytes / LEFT } else { 0 };
    bytes.saturating_add(left + HEADER)
}

impl Heap {
    /// Finds a place. Also says how many bytes are taken of the machine for it.
    pub(super) fn put(&mut self, bytes: u64) -> (Chunk, u64) {
        let (asked, bytes) = (bytes, size_of(bytes));
        let fitting = self.free.iter().filter(|&(start, end)| end - start >= bytes);
        if let Some((&start, &end)) = fitting.min_by_key(|&(start, end)| end - start) {
            self.free.remove(&start);
            if end - start > bytes {
                self.free.insert(start + bytes, end);
            }
            return (Chunk::Place(start, start + bytes), 0);
        }
        // The system is asked only for what there is no room for.
        if asked >= OWN && bytes > self.held - self.used {
            return (Chunk::Own(asked), asked);
        }
        let start = self.used;
        self.used += bytes;
        let taken = self.used.saturating_sub(self.held);
        self.held = self.held.max(self.used);
        (Chunk::Place(start, self.used), taken)
    }

    /// Says how many bytes are given back to the machine.
    pub(super) fn remove(&mut self, chunk: Chunk) -> u64 {
        let (mut start, mut end) = match chunk {
            Chunk::Own(bytes) => return bytes,
            Chunk::Place(start, end) => (start, end),
        };
        if let Some((&before, &touching)) = self.free.range(..start).next_back()
            && touching == start
        {
            self.free.remove(&before);
            start = before;
        }
        if let Some(after) = self.free.remove(&end) {
            end = after;
        }
        if end < self.used {
            self.free.insert(start, end);
            return 0;
        }
        self.used = start;
        if self.held - self.used < TRIM {
            return 0;
        }
        let given = self.held - self.used;
        self.held = self.used;
        given
    }
}

#[cfg(test)]
mod tests {
    use super::{Heap, OWN, size_of};

    #[test]
    fn the_smallest_place_that_fits_is_taken_and_those_that_touch_become_one() {
        let mut heap = Heap::default();
        let [a, b, c, d, e] = [4000, 1000, 3000, 2000, 1000].map(|bytes| heap.put(bytes));
        assert_eq!([a.1, c.1, e.1], [4000, 3000, 1000].map(size_of));
        assert_eq!(heap.remove(a.0) + heap.remove(c.0), 0);
        let [small, other] = [heap.put(2000), heap.put(4000)];
        assert_eq!([small.1, other.1], [0, 0], "of three thousand and four");
        assert_eq!(heap.remove(small.0) + heap.remove(b.0) + heap.remove(d.0), 0);
        assert_eq!([heap.put(6000).1, heap.put(1000).1], [0, size_of(1000)], "one, three and two");
    }

    #[test]
    fn what_is_free_at_the_end_goes_back_where_it_is_much() {
        let mut heap = Heap::default();
        let chunks: Vec<_> = (0..5).map(|_| heap.put(OWN / 2).0).collect();
        let given: Vec<_> = chunks.into_iter().rev().map(|chunk| heap.remove(chunk)).collect();
        assert_eq!(given, [0, 0, 0, 4 * size_of(OWN / 2), 0]);
        assert_eq!(heap.put(OWN / 2).1, 0, "so much was still held");
    }

    #[test]
    fn what_is_large_has_memory_of_its_own() {
        let mut heap = Heap::default();
        let (chunk, taken) = heap.put(u64::MAX);
        assert_eq!((taken, heap.remove(chunk)), (u64::MAX, u64::MAX));
        // Where there is room for it, it goes there.
        let [first, second] = [heap.put(OWN - 1).0, heap.put(OWN - 1).0];
        let _end = heap.put(1);
        heap.remove(first);
        heap.remove(second);
        assert_eq!([heap.put(OWN).1, heap.put(OWN).1, heap.put(OWN).1], [0, 0, OWN]);
    }
}
