//! Mappings with every protection, and what each allows.

use ptrace_conformance_harness::case::{Axis, Dimension, axis};
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};

/// The clause of the breakpoint at which the mapping is there.
pub(super) const STOPS: &str = "stop.signal.reported-via-waitpid";
pub(super) const END: &str = "wait.macro.exited";

/// Where programs map, far from all that is theirs.
pub(super) const AT: u64 = 0x2000_0000;
/// A multiple of the page size of every kernel.
pub(super) const SIZE: u64 = 1 << 16;
/// What is there at first.
pub(super) const WORD: u64 = 0x8877_6655_4433_2211;

const RW: i32 = libc::PROT_READ | libc::PROT_WRITE;

/// A mapping, by its protection and kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Hole,
    NoAccess,
    Read,
    Write,
    ReadWrite,
    Execute,
    ReadExecute,
    /// Of a file, private.
    File,
    /// Of a file, shared, without the right to write.
    SharedRead,
    /// Of a file, shared.
    SharedWrite,
}

pub(super) const PLACES: Dimension = axis::<Place>(&[
    "hole",
    "noaccess",
    "readonly",
    "writeonly",
    "readwrite",
    "executeonly",
    "readexecute",
    "file",
    "sharedreadonly",
    "sharedreadwrite",
]);

impl Axis for Place {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("hole", Place::Hole),
        ("noaccess", Place::NoAccess),
        ("readonly", Place::Read),
        ("writeonly", Place::Write),
        ("readwrite", Place::ReadWrite),
        ("executeonly", Place::Execute),
        ("readexecute", Place::ReadExecute),
        ("file", Place::File),
        ("sharedreadonly", Place::SharedRead),
        ("sharedreadwrite", Place::SharedWrite),
    ];
}

impl Place {
    const fn protection(self) -> i32 {
        match self {
            Place::Hole | Place::NoAccess => libc::PROT_NONE,
            Place::Read | Place::File | Place::SharedRead => libc::PROT_READ,
            Place::Write => libc::PROT_WRITE,
            Place::ReadWrite | Place::SharedWrite => RW,
            Place::Execute => libc::PROT_EXEC,
            Place::ReadExecute => libc::PROT_READ | libc::PROT_EXEC,
        }
    }

    pub(super) const fn is_readable(self) -> bool {
        self.protection() & libc::PROT_READ != 0
    }

    pub(super) const fn is_writable(self) -> bool {
        self.protection() & libc::PROT_WRITE != 0
    }

    /// Whether writes reach the file.
    pub(super) const fn is_shared(self) -> bool {
        matches!(self, Place::SharedRead | Place::SharedWrite)
    }

    pub(super) const fn is_of_a_file(self) -> bool {
        self.is_shared() || matches!(self, Place::File)
    }

    /// Makes it, with [`WORD`] at its start; gives the file, if there is one.
    fn map(self, p: &mut Program) -> Option<At> {
        if self == Place::Hole {
            return None;
        }
        if !self.is_of_a_file() {
            map_anonymous(p, AT);
            p.store(AT, WORD);
            protect(p, AT, self.protection());
            return None;
        }
        let name = p.text("");
        let word = p.data(&[WORD]);
        let file = p.call(Syscall::MEMFD_CREATE, &[name, 0]);
        p.call(Syscall::WRITE, &[file.into(), Arg::Word(word), Arg::Word(8)]);
        let shared = if self.is_shared() { libc::MAP_SHARED } else { libc::MAP_PRIVATE };
        let flags = Arg::Word((shared | libc::MAP_FIXED) as u64);
        let [at, size, rights, offset] = [AT, SIZE, self.protection() as u64, 0].map(Arg::Word);
        p.call(Syscall::MMAP, &[at, size, rights, flags, file.into(), offset]);
        Some(file)
    }
}

/// Private memory for reading and writing, of [`SIZE`].
pub(super) fn map_anonymous(p: &mut Program, at: u64) {
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED) as u64;
    p.call(Syscall::MMAP, &[at, SIZE, RW as u64, flags, u64::MAX, 0]);
}

/// Protects [`SIZE`] bytes.
pub(super) fn protect(p: &mut Program, at: u64, protection: i32) {
    p.call(Syscall::MPROTECT, &[at, SIZE, protection as u64]);
}

/// Maps the variant's place and stops; then loads what is there, and reads what is in the file into word 0.
pub(super) fn program(p: &mut Program) {
    let place: Place = p.pick();
    let file = place.map(p);
    p.breakpoint();
    if place != Place::Hole {
        protect(p, AT, libc::PROT_READ);
        p.load(AT);
    }
    if let Some(file) = file {
        let [to, length, offset] = [Program::shared(0), 8, 0].map(Arg::Word);
        p.call(Syscall::PREAD64, &[file.into(), to, length, offset]);
    }
    p.exit(3);
}

/// To the program's breakpoint, and behind it.
pub(super) fn to_breakpoint(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    t.pass_breakpoint()?;
    Ok(t)
}
