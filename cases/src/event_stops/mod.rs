//! What can be seen at an event stop, and what follows it.

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family { name: "event_stops", title: "What can be seen at an event stop, and what follows it", cases: &[] };
