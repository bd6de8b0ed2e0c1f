//! The clause register: what documentation and kernel source say, one testable statement each.
//!
//! It stands in `clauses/*.toml`, one file for each area; `build.rs` holds it against its rules. Most of its
//! statements have no case yet.

use ptrace_conformance_harness::case::Arch;

/// A subject, and what is said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The first part of its clauses' ids.
    pub name: &'static str,
    /// The subject in words.
    pub title: &'static str,
    /// Its clauses, in the order of their documents.
    pub clauses: &'static [Clause],
}

/// One documented statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Stable identifier, its area first.
    pub id: &'static str,
    /// The cited document.
    pub page: &'static str,
    /// Section of the document, or function of the source file.
    pub section: &'static str,
    /// The statement, in our own words.
    pub statement: &'static str,
    /// The architectures that it is about.
    pub arches: &'static [Arch],
    /// The kernel version that the document names; `>6.12` is in no tree up to that one and in a later one.
    pub since: Option<&'static str>,
    /// What kind of statement it is.
    pub kind: Kind,
    /// Whether any machine can show it.
    pub testable: Testable,
    /// Facts that the document leaves out, or conflicts with the kernel; may be empty. What was observed on one
    /// kernel is a hint there, no authority.
    pub note: &'static str,
    /// What kind of document it is.
    pub authority: Authority,
    /// The clause that states the same.
    pub same_as: Option<&'static str>,
}

/// Kinds of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What happens.
    Must,
    /// What fails, and with which errno.
    Error,
    /// What surprises, and is documented.
    Quirk,
    /// What a document calls a bug, or contradicts the kernel.
    Bug,
    /// What no document promises, or one leaves open, and every program can see.
    UnspecifiedButObservable,
}

impl Kind {
    /// How reports name it.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Must => "must",
            Kind::Error => "error",
            Kind::Quirk => "quirk",
            Kind::Bug => "bug",
            Kind::UnspecifiedButObservable => "unspecified-but-observable",
        }
    }
}

/// What a test of a statement takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Testable {
    /// Nothing, or less rights than root has.
    Yes,
    /// Rights that a user does not have.
    NeedsPrivilege,
    /// A processor with some feature.
    NeedsHardware,
    /// A kernel configured or booted for it.
    NeedsConfig,
    /// No test is known that is sure of its answer.
    Hard,
}

impl Testable {
    /// How reports name it.
    pub const fn name(self) -> &'static str {
        match self {
            Testable::Yes => "yes",
            Testable::NeedsPrivilege => "needs-privilege",
            Testable::NeedsHardware => "needs-hardware",
            Testable::NeedsConfig => "needs-config",
            Testable::Hard => "hard",
        }
    }
}

/// Kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Linux manual pages, 6.20.
    Manual,
    /// The kernel's own documentation.
    KernelDoc,
    /// Comments of headers for user space.
    UapiHeader,
    /// Kernel source, where documents are silent.
    KernelSource,
}

impl Authority {
    /// How reports name it.
    pub const fn name(self) -> &'static str {
        match self {
            Authority::Manual => "manual",
            Authority::KernelDoc => "kernel-doc",
            Authority::UapiHeader => "uapi-header",
            Authority::KernelSource => "kernel-source",
        }
    }
}

/// The register, area by area.
pub const AREAS: &[Area] = include!(concat!(env!("OUT_DIR"), "/clauses.rs"));

/// Every clause, area by area.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    AREAS.iter().flat_map(|area| area.clauses)
}

/// The clause of this id.
pub fn find(id: &str) -> Option<&'static Clause> {
    all().find(|clause| clause.id == id)
}
