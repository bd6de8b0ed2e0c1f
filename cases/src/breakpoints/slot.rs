//! Slots, as an axis of cases.

use ptrace_conformance_harness::case::{Axis, Dimension, axis};

/// A slot: x86_64 has four, aarch64's processors have two to sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub usize);

impl Axis for Slot {
    const VALUES: &'static [(&'static str, Self)] =
        &[("first", Slot(0)), ("second", Slot(1)), ("third", Slot(2)), ("fourth", Slot(3))];
}

pub(super) const SLOTS: Dimension = axis::<Slot>(&["first", "second", "third", "fourth"]);
