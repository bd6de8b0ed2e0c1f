//! Registers captured at a stop and written back.

use ptrace_conformance_harness::case::Family;

/// The family.
pub const FAMILY: Family = Family { name: "capture_restore", title: "Registers captured at a stop and written back", cases: &[] };
