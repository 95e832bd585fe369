//! What lives, and how much memory of the device that takes.
//!
//! The processor takes what lives. On a GPU the runtime takes pages and keeps them, and puts a tensor at the first place of the first page
//! where it fits: cubecl-server 0.11, `memory_management/dynamic`. What is there for a whole run lies outside them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

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

/// Bytes that live, and the most there have been.
#[derive(Debug, Default)]
pub(super) struct Meter {
    on_gpu: bool,
    live: Cell<u64>,
    peak: Cell<u64>,
    /// For what comes and goes.
    pages: RefCell<Option<Pages>>,
}

impl Meter {
    pub(super) fn new(on_gpu: bool) -> Self {
        Self { on_gpu, ..Self::default() }
    }

    pub(super) fn live(&self) -> u64 {
        self.live.get()
    }

    pub(super) fn peak(&self) -> u64 {
        self.peak.get()
    }

    /// What was made stays; on a GPU what is made from here on lies in pages, such as a tensor of so many bytes fits.
    pub(super) fn begin_pages(&self, largest: u64) {
        if self.on_gpu {
            self.pages.replace(Some(Pages::new(largest.min(MOST))));
        }
    }

    fn add(&self, bytes: u64) {
        self.live.set(self.live.get().saturating_add(bytes));
        self.peak.set(self.peak.get().max(self.live.get()));
    }

    /// Memory for so many bytes.
    pub(super) fn buffer(self: &Rc<Self>, bytes: u64) -> Buffer {
        let place = self.pages.borrow_mut().as_mut().filter(|_| bytes > 0).map(|pages| pages.put(bytes));
        let hold = match place {
            Some((place, taken)) => {
                self.add(of_the_device(taken));
                Hold::Place(place)
            }
            None => {
                let bytes = if self.on_gpu { of_the_device(bytes) } else { bytes };
                self.add(bytes);
                Hold::Own(bytes)
            }
        };
        Buffer { meter: Rc::clone(self), hold }
    }
}

/// What a GPU's driver takes for an allocation of so many bytes. Below a megabyte several share what it takes.
fn of_the_device(bytes: u64) -> u64 {
    if bytes < MIB { bytes } else { bytes.min(MOST).next_multiple_of(2 * MIB) }
}

/// Memory, until it is dropped.
#[derive(Debug)]
pub(super) struct Buffer {
    meter: Rc<Meter>,
    hold: Hold,
}

#[derive(Clone, Copy, Debug)]
enum Hold {
    /// So many bytes of its own.
    Own(u64),
    Place(Place),
}

impl Buffer {
    pub(super) fn meter(&self) -> &Rc<Meter> {
        &self.meter
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        match self.hold {
            Hold::Own(bytes) => self.meter.live.set(self.meter.live.get().saturating_sub(bytes)),
            Hold::Place(place) => {
                if let Some(pages) = self.meter.pages.borrow_mut().as_mut() {
                    pages.remove(place);
                }
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Place {
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
struct Pages {
    /// What a new page has.
    size: u64,
    pages: Vec<Page>,
}

impl Pages {
    /// Such as a tensor of so many bytes fits.
    fn new(largest: u64) -> Self {
        let mut pages = Self { size: LEAST_PAGE, pages: Vec::new() };
        pages.size_for(largest);
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
    fn put(&mut self, bytes: u64) -> (Place, u64) {
        let bytes = bytes.min(MOST).next_multiple_of(ALIGNMENT);
        let size = self.size_for(bytes);
        let mut pages = self.pages.iter_mut().enumerate().filter(|(_, page)| page.size == size);
        if let Some(place) = pages.find_map(|(index, page)| Some(Place { page: index, start: page.put(bytes)? })) {
            return (place, 0);
        }
        self.pages.push(Page { size, taken: BTreeMap::from([(0, bytes)]) });
        (Place { page: self.pages.len() - 1, start: 0 }, size)
    }

    fn remove(&mut self, place: Place) {
        if let Some(page) = self.pages.get_mut(place.page) {
            page.taken.remove(&place.start);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{MIB, Meter};

    #[test]
    fn what_stays_takes_what_the_driver_gives_and_what_comes_and_goes_takes_pages() {
        let meter = Rc::new(Meter::new(true));
        let _weights = [meter.buffer(MIB / 2), meter.buffer(3 * MIB)];
        assert_eq!(meter.live(), 9 * MIB / 2);
        meter.begin_pages(9 * MIB);
        // Ten: the tensor, and one more.
        let first = meter.buffer(4 * MIB);
        let second = meter.buffer(4 * MIB);
        assert_eq!(meter.live(), 9 * MIB / 2 + 10 * MIB);
        drop(first);
        // Behind the second there are two, before it four.
        let _third = [meter.buffer(3 * MIB), meter.buffer(2 * MIB)];
        assert_eq!(meter.live(), 9 * MIB / 2 + 10 * MIB);
        drop(second);
        let _fourth = meter.buffer(6 * MIB);
        assert_eq!(meter.live(), 9 * MIB / 2 + 20 * MIB, "five are free, and not one behind the other");
    }

    #[test]
    fn a_larger_tensor_has_larger_pages_and_the_smaller_stay() {
        let meter = Rc::new(Meter::new(true));
        meter.begin_pages(9 * MIB);
        drop(meter.buffer(9 * MIB));
        drop(meter.buffer(19 * MIB));
        assert_eq!(meter.live(), 30 * MIB);
        let _small = [meter.buffer(1), meter.buffer(64 << 10), meter.buffer(0)];
        let _large = meter.buffer(20 * MIB);
        assert_eq!(meter.live(), 38 * MIB);
        assert_eq!(meter.peak(), 38 * MIB);
    }

    #[test]
    fn a_processor_takes_what_lives() {
        let meter = Rc::new(Meter::new(false));
        meter.begin_pages(9 * MIB);
        drop(meter.buffer(5));
        let _more = meter.buffer(3);
        assert_eq!((meter.live(), meter.peak()), (3, 5));
        let _all = [meter.buffer(u64::MAX), meter.buffer(u64::MAX)];
        assert_eq!(meter.peak(), u64::MAX);
    }
}
