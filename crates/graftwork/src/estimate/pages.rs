//! What a GPU's runtime holds of its memory: cubecl-server 0.11, `memory_management/dynamic`.
//!
//! It takes pages and keeps them, and puts a tensor at the first place of the first page where it fits. What is there for a whole run lies
//! outside of them.

use std::collections::BTreeMap;

const MIB: u64 = 1 << 20;
/// Where a tensor may begin in a page.
const ALIGNMENT: u64 = 512;
/// Tensors up to this size have pages of their own, of so many bytes.
const SMALL: u64 = 64 << 10;
const SMALL_PAGE: u64 = 8 * MIB;
/// Other pages have at least so many.
const LEAST_PAGE: u64 = 2 * MIB;
/// More than any device has: sums of such do not overflow.
const MOST: u64 = 1 << 56;

/// What a GPU's driver takes for an allocation of so many bytes. Below a megabyte several share what it takes.
pub(super) fn of_the_driver(bytes: u64) -> u64 {
    if bytes < MIB { bytes } else { bytes.min(MOST).next_multiple_of(2 * MIB) }
}

/// Where a tensor lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    page: usize,
    start: u64,
}

#[derive(Debug)]
struct Page {
    size: u64,
    /// Where each tensor begins, and where it ends.
    taken: BTreeMap<u64, u64>,
}

impl Page {
    /// Takes the first place for so many bytes, if there is one.
    fn put(&mut self, bytes: u64) -> Option<u64> {
        let mut free = 0;
        for (&start, &end) in &self.taken {
            if start - free >= bytes {
                break;
            }
            free = end;
        }
        let end = self.taken.range(free..).next().map_or(self.size, |(&start, _)| start);
        (end - free >= bytes).then(|| {
            self.taken.insert(free, free + bytes);
            free
        })
    }
}

/// Pages by size. None is given back while an update lasts, nor does one of a former size take anything more.
#[derive(Debug)]
pub(super) struct Pages {
    /// What a new page has.
    size: u64,
    pages: Vec<Page>,
}

impl Pages {
    /// Such as a tensor of so many bytes fits.
    pub(super) fn new(largest: u64) -> Self {
        let mut pages = Self { size: LEAST_PAGE, pages: Vec::new() };
        pages.size_for(largest.min(MOST));
        pages
    }

    /// The size of the pages where a tensor of so many bytes lies.
    fn size_for(&mut self, bytes: u64) -> u64 {
        if bytes <= SMALL {
            return SMALL_PAGE;
        }
        if bytes > self.size {
            self.size = (bytes + MIB).next_multiple_of(MIB);
        }
        self.size
    }

    /// Finds a place. Also says how many bytes a page takes that was not there before.
    pub(super) fn put(&mut self, bytes: u64) -> (Place, u64) {
        let bytes = bytes.min(MOST).next_multiple_of(ALIGNMENT);
        let size = self.size_for(bytes);
        let mut pages = self.pages.iter_mut().enumerate().filter(|(_, page)| page.size == size);
        if let Some(place) = pages.find_map(|(index, page)| Some(Place { page: index, start: page.put(bytes)? })) {
            return (place, 0);
        }
        self.pages.push(Page { size, taken: BTreeMap::from([(0, bytes)]) });
        (Place { page: self.pages.len() - 1, start: 0 }, of_the_driver(size))
    }

    pub(super) fn remove(&mut self, place: Place) {
        if let Some(page) = self.pages.get_mut(place.page) {
            page.taken.remove(&place.start);
        }
    }
}
