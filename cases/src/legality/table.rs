//! The rows of the table: every request, what it is given, and in which states it is allowed.
//!
//! Sources: kernel/ptrace.c, ptrace(2) the system call, `ptrace_check_attach()`, `ptrace_attach()`,
//! `ptrace_request()`; arch/x86/kernel/ptrace.c and arch/arm64/kernel/ptrace.c, `arch_ptrace()`.

use ptrace_conformance_harness::arch::NAMES;
use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::{Request, note};

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its number.
    pub request: Request,
    /// Its name without the prefix, also where this architecture has no such request.
    pub name: &'static str,
    /// The architectures that have it; on the others it is an unknown one.
    pub arches: &'static [Arch],
    /// The release that brought it, if that is later than the oldest kernel we know.
    pub since: Option<(u32, u32)>,
    /// When it is allowed.
    pub rule: Rule,
    /// The `addr` argument.
    pub addr: u64,
    /// The `data` argument.
    pub give: Give,
    /// What promises the answer where it is allowed.
    pub clause: &'static str,
}

/// When a request is allowed, and what it answers then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// In every ptrace-stop; leaves the tracee there.
    Look(i64),
    /// In every ptrace-stop, with one of these answers, always the same: the kernel's configuration or the caller's
    /// rights decide.
    Configured(&'static [Result<i64, Errno>]),
    /// As `Configured`, about filters: once the tracee has one, this is an answer too.
    Filters(i64),
    /// In every ptrace-stop that has a siginfo.
    Siginfo,
    /// In every ptrace-stop, with the length of what can be told there.
    SyscallInfo,
    /// In syscall-stops and seccomp stops only.
    SetSyscallInfo,
    /// In every ptrace-stop, which it ends.
    Resume,
    /// In `PTRACE_EVENT_STOP` of a seized tracee, which it ends.
    Listen,
    /// In any state of a seized tracee.
    Interrupt,
    /// In any state of a tracee.
    Kill,
    /// For tasks that nobody traces.
    Attach,
    /// About the caller itself.
    Traceme,
    /// Never: there is no such request.
    Unknown,
}

/// What a request gets as `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Give {
    /// This number.
    Word(u64),
    /// The options in force.
    Options,
    /// A buffer of this length for the answer.
    Read(usize),
    /// What the row before has read.
    Back(usize),
    /// What the row before has read, as a word.
    BackWord,
    /// A buffer behind an iovec.
    ReadVector(usize),
    /// What the row before has read, behind an iovec.
    BackVector(usize),
    /// As `Read`, with one siginfo of the queue asked for where `addr` points.
    Queue,
}

/// What a row is unless it says otherwise.
const ROW: Row = Row {
    request: Request(0),
    name: "",
    arches: Arch::ALL,
    since: None,
    rule: Rule::Look(0),
    addr: 0,
    give: Give::Word(0),
    clause: LOOK,
};
const X86: &[Arch] = &[Arch::X86_64];
const ARM: &[Arch] = &[Arch::Aarch64];

/// The clause about requests that leave the tracee in its stop.
const LOOK: &str = "state.ready-for-commands";
/// The clause about the others.
const RESUMES: &str = "cmd.restarting-list";
/// Bytes of the general registers.
pub(super) const GENERAL: usize = NAMES.len() * 8;
/// A word that is there in every state, at PTRACE_EVENT_EXEC too: the program's first instructions.
const WORD: u64 = label::START;
/// An entry of the table of thread-local segments (arch/x86/include/asm/segment.h, `GDT_ENTRY_TLS_MIN`).
const TLS: u64 = 12;
/// `ARCH_SET_FS`; no program of ours uses the base.
const ARCH_SET_FS: u64 = 0x1002;

const fn row(number: u64, name: &'static str) -> Row {
    Row { request: Request(number), name, ..ROW }
}

const fn resume(number: u64, name: &'static str) -> Row {
    Row { rule: Rule::Resume, clause: RESUMES, ..row(number, name) }
}

/// A number that is no request anywhere.
const fn unknown(number: u64, name: &'static str) -> Row {
    Row { rule: Rule::Unknown, clause: "err.eio-bad-op", ..row(number, name) }
}

/// One that only 32-bit x86 kernels have.
const fn of_32_bits(number: u64, name: &'static str) -> Row {
    Row { arches: X86, rule: Rule::Unknown, clause: "x86.getfpxregs-64bit", ..row(number, name) }
}

/// The rows that make sense on an architecture: a number can be one request here and another there.
pub fn rows(arch: Arch) -> impl Iterator<Item = &'static Row> {
    let taken = move |row: &Row| {
        ROWS.iter().any(|other| other.request == row.request && other.arches.contains(&arch))
    };
    ROWS.iter().filter(move |row| row.arches.contains(&arch) || !taken(row))
}

/// Every request of include/uapi/linux/ptrace.h and of both architectures' headers, and some numbers that are none.
/// One that writes stands behind the one that reads.
pub const ROWS: &[Row] = &[
    Row { rule: Rule::Traceme, clause: "traceme.parent-becomes-tracer", ..row(0, "TRACEME") },
    Row { addr: WORD, give: Give::Read(8), ..row(1, "PEEKTEXT") },
    Row { addr: WORD, give: Give::BackWord, ..row(4, "POKETEXT") },
    Row { addr: WORD, give: Give::Read(8), ..row(2, "PEEKDATA") },
    Row { addr: WORD, give: Give::BackWord, ..row(5, "POKEDATA") },
    Row { arches: X86, give: Give::Read(8), ..row(3, "PEEKUSER") },
    Row { arches: X86, give: Give::BackWord, ..row(6, "POKEUSER") },
    resume(7, "CONT"),
    Row { rule: Rule::Kill, clause: "kdoc.kill-unconditional", ..row(8, "KILL") },
    resume(9, "SINGLESTEP"),
    Row { arches: X86, give: Give::Read(GENERAL), ..row(12, "GETREGS") },
    Row { arches: X86, give: Give::Back(GENERAL), ..row(13, "SETREGS") },
    Row { arches: X86, give: Give::Read(512), ..row(14, "GETFPREGS") },
    Row { arches: X86, give: Give::Back(512), ..row(15, "SETFPREGS") },
    Row { rule: Rule::Attach, clause: "attach.attach.makes-tracee", ..row(16, "ATTACH") },
    resume(17, "DETACH"),
    // For 32-bit kernels only.
    Row { give: Give::Read(512), ..of_32_bits(18, "GETFPXREGS") },
    Row { give: Give::Back(512), ..of_32_bits(19, "SETFPXREGS") },
    Row { arches: X86, give: Give::Options, clause: "x86.oldsetoptions", ..row(21, "OLDSETOPTIONS") },
    resume(24, "SYSCALL"),
    Row {
        arches: X86,
        rule: Rule::Configured(&[Ok(0), Err(Errno::EIO)]),
        addr: TLS,
        give: Give::Read(16),
        clause: "tls.get",
        ..row(25, "GET_THREAD_AREA")
    },
    Row {
        arches: X86,
        rule: Rule::Configured(&[Ok(0), Err(Errno::EIO)]),
        addr: TLS,
        give: Give::Back(16),
        clause: "tls.set",
        ..row(26, "SET_THREAD_AREA")
    },
    Row { arches: X86, give: Give::Word(ARCH_SET_FS), clause: "x86.arch-prctl", ..row(30, "ARCH_PRCTL") },
    resume(31, "SYSEMU"),
    resume(32, "SYSEMU_SINGLESTEP"),
    Row { arches: X86, ..resume(33, "SINGLEBLOCK") },
    Row {
        arches: ARM,
        rule: Rule::Configured(&[Err(Errno::EIO)]),
        addr: WORD & !15,
        give: Give::ReadVector(1),
        clause: "mte.eio",
        ..row(33, "PEEKMTETAGS")
    },
    Row {
        arches: ARM,
        rule: Rule::Configured(&[Err(Errno::EIO)]),
        addr: WORD & !15,
        give: Give::BackVector(1),
        clause: "mte.eio",
        ..row(34, "POKEMTETAGS")
    },
    Row { give: Give::Options, ..row(0x4200, "SETOPTIONS") },
    Row { give: Give::Read(8), ..row(0x4201, "GETEVENTMSG") },
    Row { rule: Rule::Siginfo, give: Give::Read(128), ..row(0x4202, "GETSIGINFO") },
    Row { rule: Rule::Siginfo, give: Give::Back(128), ..row(0x4203, "SETSIGINFO") },
    Row { addr: note::PRSTATUS, give: Give::ReadVector(GENERAL), ..row(0x4204, "GETREGSET") },
    Row { addr: note::PRSTATUS, give: Give::BackVector(GENERAL), ..row(0x4205, "SETREGSET") },
    Row { rule: Rule::Attach, clause: "seize.makes-tracee", ..row(0x4206, "SEIZE") },
    Row { rule: Rule::Interrupt, clause: "kdoc.interrupt-at-least-one-trap", ..row(0x4207, "INTERRUPT") },
    Row { rule: Rule::Listen, clause: RESUMES, ..row(0x4208, "LISTEN") },
    Row { give: Give::Queue, ..row(0x4209, "PEEKSIGINFO") },
    Row { addr: 8, give: Give::Read(8), ..row(0x420a, "GETSIGMASK") },
    Row { addr: 8, give: Give::Back(8), ..row(0x420b, "SETSIGMASK") },
    Row {
        rule: Rule::Filters(4),
        clause: "kdoc.get-filter-nonfilter-mode",
        ..row(0x420c, "SECCOMP_GET_FILTER")
    },
    Row {
        rule: Rule::Filters(16),
        addr: 16,
        give: Give::Read(16),
        clause: "uapi.metadata.enoent",
        ..row(0x420d, "SECCOMP_GET_METADATA")
    },
    Row {
        rule: Rule::SyscallInfo,
        addr: 88,
        give: Give::Read(88),
        clause: "sysinfo.none-elsewhere",
        ..row(0x420e, "GET_SYSCALL_INFO")
    },
    Row {
        since: Some((6, 16)),
        rule: Rule::SetSyscallInfo,
        addr: 88,
        give: Give::Back(88),
        ..row(0x4212, "SET_SYSCALL_INFO")
    },
    Row {
        since: Some((5, 13)),
        rule: Rule::Configured(&[Ok(24), Err(Errno::EIO)]),
        addr: 24,
        give: Give::Read(24),
        ..row(0x420f, "GET_RSEQ_CONFIGURATION")
    },
    Row {
        since: Some((6, 4)),
        rule: Rule::Configured(&[Ok(0), Err(Errno::EINVAL)]),
        addr: 32,
        give: Give::Read(32),
        ..row(0x4211, "GET_SYSCALL_USER_DISPATCH_CONFIG")
    },
    Row {
        since: Some((6, 4)),
        rule: Rule::Configured(&[Ok(0), Err(Errno::EINVAL)]),
        addr: 32,
        give: Give::Back(32),
        ..row(0x4210, "SET_SYSCALL_USER_DISPATCH_CONFIG")
    },
    unknown(10, "unknown 10"),
    unknown(11, "unknown 11"),
    unknown(20, "unknown 20"),
    unknown(22, "unknown 22"),
    unknown(23, "unknown 23"),
    unknown(27, "unknown 27"),
    unknown(29, "unknown 29"),
    unknown(35, "unknown 35"),
    unknown(0x41ff, "unknown 0x41ff"),
    unknown(0x4213, "unknown 0x4213"),
    unknown(0x42ff, "unknown 0x42ff"),
    unknown(0x4300, "unknown 0x4300"),
    unknown(1 << 32 | 7, "CONT above 32 bits"),
    unknown(u64::MAX, "unknown -1"),
];
