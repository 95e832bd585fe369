//! What a device holds for what lives: on the processor the C library's heap, on a GPU its driver and its runtime's pages.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::heap::{Chunk, Heap, OWN};
use super::pages::{Pages, Place, of_the_driver};

/// Bytes that are taken, and the most there have been.
#[derive(Debug)]
pub(super) struct Meter {
    live: Cell<u64>,
    peak: Cell<u64>,
    memory: RefCell<Memory>,
}

#[derive(Debug)]
enum Memory {
    Machine(Heap),
    /// A GPU's: pages for what comes and goes, once that begins.
    Gpu(Option<Pages>),
}

/// What an allocation holds.
#[derive(Clone, Copy, Debug)]
enum Hold {
    Chunk(Chunk),
    /// Bytes of a GPU's driver.
    Driver(u64),
    Place(Place),
}

impl Default for Meter {
    /// Of the machine's memory.
    fn default() -> Self {
        Self::new(false)
    }
}

impl Meter {
    pub(super) fn new(on_gpu: bool) -> Self {
        let memory = if on_gpu { Memory::Gpu(None) } else { Memory::Machine(Heap::default()) };
        Self { live: Cell::new(0), peak: Cell::new(0), memory: RefCell::new(memory) }
    }

    pub(super) fn live(&self) -> u64 {
        self.live.get()
    }

    pub(super) fn peak(&self) -> u64 {
        self.peak.get()
    }

    /// What was made stays; on a GPU what is made from here on lies in pages, such as a tensor of so many bytes fits.
    pub(super) fn begin_pages(&self, largest: u64) {
        if let Memory::Gpu(pages) = &mut *self.memory.borrow_mut() {
            *pages = Some(Pages::new(largest));
        }
    }

    /// Memory for so many bytes.
    pub(super) fn buffer(self: &Rc<Self>, bytes: u64) -> Buffer {
        let (hold, taken) = self.memory.borrow_mut().put(bytes);
        self.live.set(self.live.get().saturating_add(taken));
        self.peak.set(self.peak.get().max(self.live.get()));
        Buffer { meter: Rc::clone(self), hold }
    }

    /// Memory for so many bytes of zeros on the processor, which are only read: the system's own take nothing.
    pub(super) fn zeros(self: &Rc<Self>, bytes: u64) -> Option<Buffer> {
        let takes = self.memory.borrow().has_heap_for(bytes);
        takes.then(|| self.buffer(bytes))
    }
}

impl Memory {
    fn has_heap_for(&self, bytes: u64) -> bool {
        matches!(self, Self::Machine(_)) && bytes < OWN
    }

    /// Says what is held, and how many bytes are taken for it.
    fn put(&mut self, bytes: u64) -> (Hold, u64) {
        match self {
            Self::Machine(heap) => {
                let (chunk, taken) = heap.put(bytes);
                (Hold::Chunk(chunk), taken)
            }
            Self::Gpu(Some(pages)) if bytes > 0 => {
                let (place, taken) = pages.put(bytes);
                (Hold::Place(place), taken)
            }
            Self::Gpu(_) => {
                let taken = of_the_driver(bytes);
                (Hold::Driver(taken), taken)
            }
        }
    }

    /// Says how many bytes are given back.
    fn remove(&mut self, hold: Hold) -> u64 {
        match (self, hold) {
            (Self::Machine(heap), Hold::Chunk(chunk)) => heap.remove(chunk),
            (Self::Gpu(Some(pages)), Hold::Place(place)) => {
                pages.remove(place);
                0
            }
            (_, Hold::Driver(bytes)) => bytes,
            (_, Hold::Chunk(_) | Hold::Place(_)) => 0,
        }
    }
}

/// Memory, until it is dropped.
#[derive(Debug)]
pub(super) struct Buffer {
    meter: Rc<Meter>,
    hold: Hold,
}

impl Buffer {
    pub(super) fn meter(&self) -> &Rc<Meter> {
        &self.meter
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let given = self.meter.memory.borrow_mut().remove(self.hold);
        self.meter.live.set(self.meter.live.get().saturating_sub(given));
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::Meter;

    const MIB: u64 = 1 << 20;

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
    fn a_machine_takes_what_its_heap_holds() {
        let meter = Rc::new(Meter::default());
        meter.begin_pages(9 * MIB);
        let [first, second] = [meter.buffer(3 * MIB), meter.buffer(40 * MIB)];
        drop((first, second));
        assert_eq!((meter.live() / MIB, meter.peak() / MIB), (3, 43));
        let _all = [meter.buffer(u64::MAX), meter.buffer(u64::MAX)];
        assert_eq!(meter.peak(), u64::MAX);
    }
}
