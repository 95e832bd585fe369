//! Metadata of a GGUF file: what a key may hold, and how that lies in the file.
//!
//! The format is `docs/gguf.md` of the ggml repository, version 3: little-endian, strings and arrays with a length of
//! eight bytes.

/// The value of a key. Of GGUF's types, those that this crate writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An unsigned integer.
    U32(u32),
    /// A number.
    F32(f32),
    /// A switch.
    Bool(bool),
    /// Text.
    String(String),
    /// Integers.
    I32s(Vec<i32>),
    /// Numbers.
    F32s(Vec<f32>),
    /// Switches.
    Bools(Vec<bool>),
    /// Texts.
    Strings(Vec<String>),
}

/// The numbers by which GGUF knows its types.
mod code {
    pub(super) const U32: u32 = 4;
    pub(super) const I32: u32 = 5;
    pub(super) const F32: u32 = 6;
    pub(super) const BOOL: u32 = 7;
    pub(super) const STRING: u32 = 8;
    pub(super) const ARRAY: u32 = 9;
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl Value {
    /// Appends the value, its type first.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::U32(value) => scalar(out, code::U32, &value.to_le_bytes()),
            Self::F32(value) => scalar(out, code::F32, &value.to_le_bytes()),
            Self::Bool(value) => scalar(out, code::BOOL, &[u8::from(*value)]),
            Self::String(value) => {
                put_u32(out, code::STRING);
                put_string(out, value);
            }
            Self::I32s(values) => array(out, code::I32, values, |out, value| out.extend(value.to_le_bytes())),
            Self::F32s(values) => array(out, code::F32, values, |out, value| out.extend(value.to_le_bytes())),
            Self::Bools(values) => array(out, code::BOOL, values, |out, value| out.push(u8::from(*value))),
            Self::Strings(values) => array(out, code::STRING, values, |out, value| put_string(out, value)),
        }
    }

    /// Takes a value, its type first, off the front of `bytes`.
    pub(crate) fn decode(bytes: &mut Bytes<'_>) -> Result<Self, String> {
        Ok(match bytes.u32()? {
            code::U32 => Self::U32(bytes.u32()?),
            code::F32 => Self::F32(f32::from_le_bytes(bytes.array()?)),
            code::BOOL => Self::Bool(bytes.bool()?),
            code::STRING => Self::String(bytes.string()?),
            code::ARRAY => {
                let kind = bytes.u32()?;
                let count = bytes.count()?;
                match kind {
                    code::I32 => Self::I32s(bytes.many(count, |b| Ok(i32::from_le_bytes(b.array()?)))?),
                    code::F32 => Self::F32s(bytes.many(count, |b| Ok(f32::from_le_bytes(b.array()?)))?),
                    code::BOOL => Self::Bools(bytes.many(count, Bytes::bool)?),
                    code::STRING => Self::Strings(bytes.many(count, Bytes::string)?),
                    other => return Err(format!("arrays of type {other} are not read")),
                }
            }
            other => return Err(format!("values of type {other} are not read")),
        })
    }
}

fn scalar(out: &mut Vec<u8>, code: u32, bytes: &[u8]) {
    put_u32(out, code);
    out.extend_from_slice(bytes);
}

fn array<T>(out: &mut Vec<u8>, code: u32, values: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    put_u32(out, code::ARRAY);
    put_u32(out, code);
    put_u64(out, values.len() as u64);
    for value in values {
        put(out, value);
    }
}

pub(crate) fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn put_u64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn put_string(out: &mut Vec<u8>, text: &str) {
    put_u64(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// What is left of a header that is being read. Nothing is allocated that the bytes left could not fill.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: u64) -> Result<&'a [u8], String> {
        let length = usize::try_from(length).ok().filter(|length| *length <= self.0.len()).ok_or_else(|| {
            format!("its header ends too early: {length} more bytes expected, {} found", self.0.len())
        })?;
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let taken = self.take(N as u64)?;
        taken.first_chunk().copied().ok_or_else(|| "its header ends too early".to_owned())
    }

    pub(crate) fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, String> {
        self.array().map(u64::from_le_bytes)
    }

    fn bool(&mut self) -> Result<bool, String> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => Err(format!("{other} is no truth value")),
        }
    }

    pub(crate) fn string(&mut self) -> Result<String, String> {
        let length = self.u64()?;
        let text = self.take(length)?;
        std::str::from_utf8(text).map(str::to_owned).map_err(|error| format!("a text is not UTF-8: {error}"))
    }

    /// How many items follow. Each takes a byte at least.
    pub(crate) fn count(&mut self) -> Result<usize, String> {
        let count = self.u64()?;
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= self.0.len())
            .ok_or_else(|| format!("{count} items are announced, in {} bytes", self.0.len()))
    }

    fn many<T>(&mut self, count: usize, read: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        (0..count).map(|_| read(self)).collect()
    }
}
