//! Shadows of arrays: sizes and layouts without elements, under burn's rules for which operations write into an operand that nobody
//! else holds, and what a view keeps alive.

use std::rc::Rc;

use super::meter::{Buffer, Meter};

/// How a value lies in its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Row by row, from the beginning.
    Dense,
    /// With its axes turned.
    Turned,
    /// A piece of something larger.
    Part,
}

/// Elements in a buffer, which other values may share.
#[derive(Clone, Debug)]
pub(super) struct Value {
    buffer: Rc<Buffer>,
    pub(super) elements: u64,
    /// Bytes of an element.
    pub(super) width: u64,
    pub(super) layout: Layout,
}

impl Value {
    pub(super) fn new(meter: &Rc<Meter>, elements: u64, width: u64) -> Self {
        let buffer = Rc::new(meter.buffer(elements.saturating_mul(width)));
        Self { buffer, elements, width, layout: Layout::Dense }
    }

    /// A new one of the same type.
    pub(super) fn like(&self, elements: u64) -> Self {
        Self::new(self.buffer.meter(), elements, self.width)
    }

    /// A new one, that is the result of a product of matrices: on the processor zeros of its size are made first, and copied.
    pub(super) fn product(&self, elements: u64) -> Self {
        let zeros = self.buffer.meter().zeros(elements.saturating_mul(self.width));
        let result = self.like(elements);
        drop(zeros);
        result
    }

    fn may_be_overwritten(&self) -> bool {
        Rc::strong_count(&self.buffer) == 1 && self.layout == Layout::Dense
    }

    /// Something computed for each element.
    pub(super) fn unary(self) -> Self {
        if self.may_be_overwritten() { self } else { self.like(self.elements) }
    }

    /// Something computed of two, the smaller of which may be repeated.
    pub(super) fn binary(self, other: Self) -> Self {
        let elements = self.elements.max(other.elements);
        if self.may_be_overwritten() && self.elements == elements {
            self
        } else if other.may_be_overwritten() && other.elements == elements {
            other
        } else {
            self.like(elements)
        }
    }

    /// The sum that a repeated operand's gradient is.
    pub(super) fn summed_to(self, elements: u64) -> Self {
        if self.elements > elements { self.like(elements) } else { self }
    }

    /// In rows that follow one another, copied where they do not.
    pub(super) fn dense(self) -> Self {
        if self.layout == Layout::Dense { self } else { self.like(self.elements) }
    }

    pub(super) fn cast(self, width: u64) -> Self {
        if self.width == width { self } else { Self::new(self.buffer.meter(), self.elements, width) }
    }

    pub(super) fn turned(self) -> Self {
        let layout = match self.layout {
            Layout::Dense => Layout::Turned,
            Layout::Turned => Layout::Dense,
            Layout::Part => Layout::Part,
        };
        Self { layout, ..self }
    }

    /// With its axes as those of another, of which it is made: heads that lie side by side go on to do so.
    pub(super) fn laid_as(self, other: Layout) -> Self {
        let layout = if other == Layout::Turned { other } else { Layout::Dense };
        Self { layout, ..self }
    }

    pub(super) fn part(self, elements: u64) -> Self {
        Self { elements, layout: Layout::Part, ..self }
    }
}
