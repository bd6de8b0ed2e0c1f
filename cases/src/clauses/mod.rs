//! The clause register: what documentation and kernel source say, one testable statement each.

mod arm64;
mod attach;
mod bug;
mod clone;
mod cmd;
mod death;
mod detach;
mod event;
mod exec;
mod inject;
mod inside;
mod interrupt;
mod kill;
mod newtask;
mod opt;
mod regs;
mod restart;
mod restore;
mod ret;
mod seccomp;
mod secstop;
mod seize;
mod setinfo;
mod setsyscall;
mod siginfo;
mod signal;
mod stop;
mod sysemu;
mod sysinfo;
mod sysstop;
mod uapi;
mod vfork;
mod wait;
mod x86;

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
    /// Facts that the document leaves out, or conflicts with the kernel; may be empty.
    pub note: &'static str,
    /// What kind of document it is.
    pub authority: Authority,
}

impl Clause {
    const fn of(
        authority: Authority,
        id: &'static str,
        page: &'static str,
        section: &'static str,
        statement: &'static str,
    ) -> Clause {
        Clause { id, page, section, statement, note: "", authority }
    }

    const fn manual(
        id: &'static str,
        page: &'static str,
        section: &'static str,
        statement: &'static str,
    ) -> Clause {
        Clause::of(Authority::Manual, id, page, section, statement)
    }

    const fn kernel_doc(
        id: &'static str,
        page: &'static str,
        section: &'static str,
        statement: &'static str,
    ) -> Clause {
        Clause::of(Authority::KernelDoc, id, page, section, statement)
    }

    const fn uapi_header(
        id: &'static str,
        page: &'static str,
        section: &'static str,
        statement: &'static str,
    ) -> Clause {
        Clause::of(Authority::UapiHeader, id, page, section, statement)
    }

    const fn kernel_source(
        id: &'static str,
        page: &'static str,
        section: &'static str,
        statement: &'static str,
    ) -> Clause {
        Clause::of(Authority::KernelSource, id, page, section, statement)
    }

    const fn note(mut self, note: &'static str) -> Clause {
        self.note = note;
        self
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

const AREAS: &[&[Clause]] = &[
    arm64::CLAUSES,
    attach::CLAUSES,
    bug::CLAUSES,
    clone::CLAUSES,
    cmd::CLAUSES,
    death::CLAUSES,
    detach::CLAUSES,
    event::CLAUSES,
    exec::CLAUSES,
    inject::CLAUSES,
    inside::CLAUSES,
    interrupt::CLAUSES,
    kill::CLAUSES,
    newtask::CLAUSES,
    opt::CLAUSES,
    regs::CLAUSES,
    restart::CLAUSES,
    restore::CLAUSES,
    ret::CLAUSES,
    seccomp::CLAUSES,
    secstop::CLAUSES,
    seize::CLAUSES,
    setinfo::CLAUSES,
    setsyscall::CLAUSES,
    siginfo::CLAUSES,
    signal::CLAUSES,
    stop::CLAUSES,
    sysemu::CLAUSES,
    sysinfo::CLAUSES,
    sysstop::CLAUSES,
    uapi::CLAUSES,
    vfork::CLAUSES,
    wait::CLAUSES,
    x86::CLAUSES,
];

/// Every clause, area by area.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    AREAS.iter().flat_map(|area| area.iter())
}

/// The clause of this id.
pub fn find(id: &str) -> Option<&'static Clause> {
    all().find(|clause| clause.id == id)
}
