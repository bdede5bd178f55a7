//! Values as bytes: an item is one allocation, read in place.
//!
//! A value is a tag and what it holds; what holds others says first how long
//! it is, so that it can be passed over. Attributes stand in the order of
//! their names and sets in theirs, so that equal items have equal bytes.

use crate::item::Attributes;
use crate::number::Number;
use crate::value::{AttributeValue, Value, ValueFault, ValueType};
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::Blob;

/// What a value weighs: as AWS counts items, and as it counts pages.
/// `[DDB-2.4]` `[DDB-9.7]`
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weight {
    pub(crate) size: u64,
    pub(crate) page: u64,
}

const S: u8 = 0;
const N: u8 = 1;
const B: u8 = 2;
const FALSE: u8 = 3;
const TRUE: u8 = 4;
const NULL: u8 = 5;
const M: u8 = 6;
const L: u8 = 7;
const SS: u8 = 8;
const NS: u8 = 9;
const BS: u8 = 10;

pub(crate) fn put_length(length: usize, out: &mut Vec<u8>) {
    let mut rest = length;
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

pub(crate) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    put_length(bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// Names between two stops.
const STRIDE: usize = 16;
/// Names that are gone through one by one.
const FEW: usize = 2 * STRIDE;

/// Where every sixteenth name begins, of maps with many: written after them,
/// so that a name is found in a few steps.
#[derive(Debug, Default)]
pub(crate) struct Stops {
    count: usize,
    at: Vec<u32>,
}

impl Stops {
    /// A name begins here.
    pub(crate) fn pass(&mut self, at: usize) {
        if self.count > 0 && self.count.is_multiple_of(STRIDE) {
            self.at.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        self.count += 1;
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        if self.count > FEW {
            out.extend(self.at.iter().flat_map(|at| at.to_le_bytes()));
        }
    }
}

/// The names and values of a map or an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entries<'a> {
    entries: &'a [u8],
    stops: &'a [u8],
}

impl<'a> Entries<'a> {
    /// From so many entries and their stops.
    pub(crate) fn new(count: usize, bytes: &'a [u8]) -> Self {
        let stops = if count > FEW { (count - 1) / STRIDE * 4 } else { 0 };
        let (entries, stops) =
            bytes.split_at_checked(bytes.len().saturating_sub(stops)).unwrap_or((bytes, &[]));
        Self { entries, stops }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a str, Raw<'a>)> {
        let mut reader = Reader(self.entries);
        core::iter::from_fn(move || reader.entry())
    }

    /// The value under a name.
    pub(crate) fn get(self, name: &str) -> Option<Raw<'a>> {
        let name_at = |stop: &[u8]| {
            let at = u32::from_le_bytes(stop.try_into().ok()?);
            Reader(self.entries.get(at as usize..)?).bytes()
        };
        // The last stop that is not after the name.
        let (mut low, mut high) = (0, self.stops.len() / 4);
        while low < high {
            let middle = usize::midpoint(low, high);
            let stop = self.stops.get(middle * 4..middle * 4 + 4)?;
            if name_at(stop)? <= name.as_bytes() { low = middle + 1 } else { high = middle }
        }
        let start = match low.checked_sub(1) {
            None => 0,
            Some(stop) => {
                u32::from_le_bytes(self.stops.get(stop * 4..stop * 4 + 4)?.try_into().ok()?) as usize
            }
        };
        let mut reader = Reader(self.entries.get(start..)?);
        loop {
            let own = reader.bytes()?;
            let value = reader.raw()?;
            match own.cmp(name.as_bytes()) {
                core::cmp::Ordering::Less => {}
                core::cmp::Ordering::Equal => return Some(value),
                core::cmp::Ordering::Greater => return None,
            }
        }
    }
}

/// A number: sign and length, the exponent of its last digit, its digits.
fn put_number(number: &Number, out: &mut Vec<u8>) {
    let (negative, exponent, coefficient) = number.parts();
    let used = (16 - coefficient.leading_zeros() as usize / 8).min(16);
    out.push(used as u8 | if negative { 0x80 } else { 0 });
    out.extend_from_slice(&exponent.to_le_bytes());
    out.extend(coefficient.to_le_bytes().iter().take(used));
}

/// The bytes of a text or blob on a page. `[DDB-9.7]`
fn text_on_page(length: usize) -> u64 {
    length as u64 + if length < 128 { 1 } else { 2 + u64::from(length >= 16_384) }
}

/// Appends a value.
pub(crate) fn put(value: &Value, out: &mut Vec<u8>) -> Weight {
    match value {
        Value::S(text) => {
            out.push(S);
            put_bytes(text.as_bytes(), out);
            Weight { size: text.len() as u64, page: text_on_page(text.len()) }
        }
        Value::N(number) => {
            out.push(N);
            put_number(number, out);
            let size = number.size();
            Weight { size, page: size + 1 }
        }
        Value::B(bytes) => {
            out.push(B);
            put_bytes(bytes.as_ref(), out);
            let size = bytes.as_ref().len() as u64;
            Weight { size, page: size + 1 }
        }
        Value::Bool(value) => {
            out.push(if *value { TRUE } else { FALSE });
            Weight { size: 1, page: 1 }
        }
        Value::Null => {
            out.push(NULL);
            Weight { size: 1, page: 0 }
        }
        Value::M(map) => {
            let (mut body, mut weight) =
                (Vec::new(), Weight { size: 3 + map.len() as u64, page: 3 + map.len() as u64 });
            put_length(map.len(), &mut body);
            let (start, mut stops) = (body.len(), Stops::default());
            for (name, value) in map.iter() {
                stops.pass(body.len() - start);
                put_bytes(name.as_bytes(), &mut body);
                let own = put(value, &mut body);
                weight.size += name.len() as u64 + own.size;
                weight.page += 1 + own.page;
            }
            stops.put(&mut body);
            out.push(M);
            put_bytes(&body, out);
            weight
        }
        Value::L(list) => {
            let (mut body, mut weight) = (Vec::new(), Weight { size: 3, page: 3 });
            put_length(list.len(), &mut body);
            for value in list {
                let own = put(value, &mut body);
                weight.size += 1 + own.size;
                weight.page += 1 + own.page;
            }
            out.push(L);
            put_bytes(&body, out);
            weight
        }
        Value::Ss(members) => put_set(SS, members, out, |text, body| {
            put_bytes(text.as_bytes(), body);
            text.len() as u64
        }),
        Value::Ns(members) => put_set(NS, members, out, |number, body| {
            put_number(number, body);
            number.size()
        }),
        Value::Bs(members) => put_set(BS, members, out, |bytes, body| {
            put_bytes(bytes.as_ref(), body);
            bytes.as_ref().len() as u64
        }),
    }
}

fn put_set<T>(tag: u8, members: &[T], out: &mut Vec<u8>, member: impl Fn(&T, &mut Vec<u8>) -> u64) -> Weight {
    let mut body = Vec::new();
    put_length(members.len(), &mut body);
    let size: u64 = members.iter().map(|one| member(one, &mut body)).sum();
    out.push(tag);
    put_bytes(&body, out);
    Weight { size, page: size + members.len() as u64 + 1 }
}

/// Appends a value as it was sent. Its depth has been checked.
pub(crate) fn put_sent(value: &AttributeValue, out: &mut Vec<u8>) -> Result<Weight, ValueFault> {
    Ok(match value {
        AttributeValue::S(text) => {
            out.push(S);
            put_bytes(text.as_bytes(), out);
            Weight { size: text.len() as u64, page: text_on_page(text.len()) }
        }
        AttributeValue::N(text) => {
            let number = text.parse().map_err(|fault| ValueFault::Number(fault, text.clone()))?;
            put(&Value::N(number), out)
        }
        other => put(&other.clone().check()?, out),
    })
}

impl AttributeValue {
    /// About how many bytes it takes.
    pub(crate) fn room(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::B(bytes) => bytes.as_ref().len(),
            Self::N(text) => text.len(),
            _ => 16,
        }
    }
}

/// Bytes that are read from the front.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn length(&mut self) -> Option<usize> {
        let mut length = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(length);
            }
        }
        None
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    fn number(&mut self) -> Option<Number> {
        let first = self.byte()?;
        let exponent = i16::from_le_bytes(self.take(2)?.try_into().ok()?);
        let digits = self.take(usize::from(first & 0x7f))?;
        let mut coefficient = [0; 16];
        coefficient.get_mut(..digits.len())?.copy_from_slice(digits);
        Some(Number::from_parts(first & 0x80 != 0, exponent, u128::from_le_bytes(coefficient)))
    }

    /// The next value, as it stands.
    pub(crate) fn raw(&mut self) -> Option<Raw<'a>> {
        let start = self.0;
        match self.byte()? {
            FALSE | TRUE | NULL => {}
            N => {
                let used = usize::from(self.byte()? & 0x7f);
                self.take(2 + used)?;
            }
            S | B | M | L | SS | NS | BS => {
                self.bytes()?;
            }
            _ => return None,
        }
        let length = start.len() - self.0.len();
        Some(Raw(start.get(..length)?))
    }

    /// The next name with its value.
    pub(crate) fn entry(&mut self) -> Option<(&'a str, Raw<'a>)> {
        let name = self.bytes()?;
        Some((text(name), self.raw()?))
    }
}

/// A text that was one when it was written.
fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

/// A value where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw<'a>(pub(crate) &'a [u8]);

impl<'a> Raw<'a> {
    pub(crate) fn kind(self) -> ValueType {
        match self.0.first() {
            Some(&S) => ValueType::S,
            Some(&N) => ValueType::N,
            Some(&B) => ValueType::B,
            Some(&(FALSE | TRUE)) => ValueType::Bool,
            Some(&M) => ValueType::M,
            Some(&L) => ValueType::L,
            Some(&SS) => ValueType::Ss,
            Some(&NS) => ValueType::Ns,
            Some(&BS) => ValueType::Bs,
            _ => ValueType::Null,
        }
    }

    /// The bytes of a text or blob.
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self.kind() {
            ValueType::S | ValueType::B => self.body().bytes().unwrap_or_default(),
            _ => &[],
        }
    }

    pub(crate) fn number(self) -> Option<Number> {
        if self.kind() == ValueType::N { self.body().number() } else { None }
    }

    fn body(self) -> Reader<'a> {
        Reader(self.0.get(1..).unwrap_or_default())
    }

    /// What follows the length of a value that holds others.
    fn members(self) -> Reader<'a> {
        Reader(self.body().bytes().unwrap_or_default())
    }

    /// The entries of a map.
    fn entries(self) -> Option<Entries<'a>> {
        if self.kind() != ValueType::M {
            return None;
        }
        let mut members = self.members();
        let count = members.length()?;
        Some(Entries::new(count, members.0))
    }

    /// The value of a map under a name.
    pub(crate) fn named(self, name: &str) -> Option<Self> {
        self.entries()?.get(name)
    }

    /// The value of a list at a place.
    pub(crate) fn at(self, index: usize) -> Option<Self> {
        if self.kind() != ValueType::L {
            return None;
        }
        let mut members = self.members();
        if index >= members.length()? {
            return None;
        }
        for _ in 0..index {
            members.raw()?;
        }
        members.raw()
    }

    /// The members of a list.
    pub(crate) fn list(self) -> impl Iterator<Item = Self> {
        let mut members = self.members();
        let count = members.length().unwrap_or(0);
        (0..count).map_while(move |_| members.raw())
    }

    /// The members of a set of texts or blobs.
    pub(crate) fn texts(self) -> impl Iterator<Item = &'a [u8]> {
        let mut members = self.members();
        let count = members.length().unwrap_or(0);
        (0..count).map_while(move |_| members.bytes())
    }

    /// The members of a set of numbers.
    pub(crate) fn numbers(self) -> impl Iterator<Item = Number> {
        let mut members = self.members();
        let count = members.length().unwrap_or(0);
        (0..count).map_while(move |_| members.number())
    }

    /// Characters, bytes or members: what `size()` counts.
    pub(crate) fn len(self) -> Option<usize> {
        match self.kind() {
            ValueType::S => Some(text(self.bytes()).encode_utf16().count()),
            ValueType::B => Some(self.bytes().len()),
            ValueType::N | ValueType::Bool | ValueType::Null => None,
            ValueType::M | ValueType::L | ValueType::Ss | ValueType::Ns | ValueType::Bs => {
                self.members().length()
            }
        }
    }

    /// Levels that it nests, itself the first.
    pub(crate) fn depth(self) -> usize {
        let below = match self.kind() {
            ValueType::M => {
                self.entries().and_then(|entries| entries.iter().map(|(_, raw)| raw.depth()).max())
            }
            ValueType::L => self.list().map(Raw::depth).max(),
            _ => None,
        };
        1 + below.unwrap_or(0)
    }

    /// Whether it equals a value, found out in place.
    pub(crate) fn is(self, value: &Value) -> bool {
        if self.kind() != value.kind() || self.len() != value.len() {
            return false;
        }
        match value {
            Value::S(text) => self.bytes() == text.as_bytes(),
            Value::B(bytes) => self.bytes() == bytes.as_ref(),
            Value::N(number) => self.number() == Some(*number),
            Value::Bool(value) => (self.0.first() == Some(&TRUE)) == *value,
            Value::Null => true,
            Value::M(map) => self.entries().is_some_and(|own| {
                own.iter().zip(map.iter()).all(|((own, raw), (name, value))| own == name && raw.is(value))
            }),
            Value::L(list) => self.list().zip(list).all(|(raw, value)| raw.is(value)),
            Value::Ss(set) => self.texts().zip(set).all(|(own, text)| own == text.as_bytes()),
            Value::Ns(set) => self.numbers().zip(set).all(|(own, number)| own == *number),
            Value::Bs(set) => self.texts().zip(set).all(|(own, bytes)| own == bytes.as_ref()),
        }
    }

    /// The value by itself.
    pub(crate) fn value(self) -> Value {
        self.read().unwrap_or(Value::Null)
    }

    fn read(self) -> Option<Value> {
        let owned = |bytes: &[u8]| String::from(text(bytes));
        Some(match self.kind() {
            ValueType::S => Value::S(owned(self.bytes())),
            ValueType::N => Value::N(self.number()?),
            ValueType::B => Value::B(Blob::from(self.bytes().to_vec())),
            ValueType::Bool => Value::Bool(self.0.first() == Some(&TRUE)),
            ValueType::Null => Value::Null,
            ValueType::M => {
                let entry = |(name, value): (&str, Raw<'_>)| (String::from(name), value.value());
                Value::M(self.entries()?.iter().map(entry).collect::<Attributes>())
            }
            ValueType::L => Value::L(self.list().map(Raw::value).collect()),
            ValueType::Ss => Value::Ss(self.texts().map(owned).collect()),
            ValueType::Ns => Value::Ns(self.numbers().collect()),
            ValueType::Bs => Value::Bs(self.texts().map(|bytes| Blob::from(bytes.to_vec())).collect()),
        })
    }

    /// Bytes that sort as values of its type do, as in keys.
    pub(crate) fn encode(self, out: &mut Vec<u8>) {
        match self.number() {
            Some(number) => number.encode(out),
            None => out.extend_from_slice(self.bytes()),
        }
    }

    /// What it counts on a page. `[DDB-9.7]`
    pub(crate) fn page(self) -> u64 {
        match self.kind() {
            ValueType::S => text_on_page(self.bytes().len()),
            ValueType::B => self.bytes().len() as u64 + 1,
            _ => put(&self.value(), &mut Vec::new()).page,
        }
    }

    pub(crate) fn size(self) -> u64 {
        match self.kind() {
            ValueType::S | ValueType::B => self.bytes().len() as u64,
            ValueType::N => self.number().map_or(0, |number| number.size()),
            _ => self.value().size(),
        }
    }
}
