//! The table of arguments that make no sense, and of some that only look so.
//!
//! Sources: as for the table of requests; `check_ptrace_options()`, `valid_signal()`, `ptrace_regset()`.

use super::table::GENERAL;
use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::{Request, note};

/// One bad argument, or one that only looks bad.
#[derive(Clone, Copy, Debug)]
pub struct Bad {
    /// What is bad.
    pub what: &'static str,
    /// The request.
    pub request: Request,
    /// Where there is such a request; elsewhere it is unknown, whatever its arguments.
    pub arches: &'static [Arch],
    /// The release that brought the request.
    pub since: (u32, u32),
    /// The `addr` argument.
    pub addr: u64,
    /// The `data` argument.
    pub data: Shape,
    /// What may be answered: more than one where the configuration decides.
    pub any_of: &'static [Result<i64, Errno>],
    /// What says so.
    pub clause: &'static str,
}

/// The `data` argument.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// This number, or pointer to nothing.
    Word(u64),
    /// A buffer of so many bytes, behind which nothing is mapped.
    Edge(usize),
    /// The same behind an iovec.
    Vector(usize),
}

const BAD: Bad = Bad {
    what: "",
    request: Request(0),
    arches: Arch::ALL,
    since: (0, 0),
    addr: 0,
    data: Shape::Word(0),
    any_of: FAULT,
    clause: MEMORY,
};

const X86: &[Arch] = &[Arch::X86_64];
const MEMORY: &str = "err.efault-eio-mem";
const SIGNAL: &str = "err.eio-bad-signal";
const OPTION: &str = "err.einval-option";
const SIZE: &str = "err.einval-size";
const FAULT: &[Result<i64, Errno>] = &[Err(Errno::EFAULT)];
const EIO: &[Result<i64, Errno>] = &[Err(Errno::EIO)];
const INVALID: &[Result<i64, Errno>] = &[Err(Errno::EINVAL)];
/// A pointer to where nothing is, and one into the kernel.
const NOWHERE: Shape = Shape::Word(8);
const KERNEL: u64 = 0xffff_8000_0000_0000;
/// An option that there is not: they are bits 0 to 7, 20 and 21.
pub const UNKNOWN_OPTION: u64 = 1 << 8;

const fn bad(request: Request, what: &'static str, data: Shape) -> Bad {
    Bad { request, what, data, ..BAD }
}

const fn signal(request: Request, what: &'static str, number: u64) -> Bad {
    Bad { any_of: EIO, clause: SIGNAL, ..bad(request, what, Shape::Word(number)) }
}

const fn option(what: &'static str, bits: u64) -> Bad {
    Bad { any_of: INVALID, clause: OPTION, ..bad(Request::SETOPTIONS, what, Shape::Word(bits)) }
}

const fn peek(what: &'static str, addr: u64) -> Bad {
    Bad { addr, any_of: EIO, clause: "err.eio-invalid-area", ..bad(Request::PEEKDATA, what, Shape::Edge(8)) }
}

const fn poke(what: &'static str, addr: u64) -> Bad {
    Bad { addr, any_of: EIO, clause: "err.eio-invalid-area", ..bad(Request::POKEDATA, what, Shape::Word(0)) }
}

const fn mask(what: &'static str, addr: u64, clause: &'static str) -> Bad {
    Bad { addr, any_of: INVALID, clause, ..bad(Request::GETSIGMASK, what, Shape::Edge(128)) }
}

const fn regset(what: &'static str, note: u64, length: usize, clause: &'static str) -> Bad {
    Bad { addr: note, any_of: INVALID, clause, ..bad(Request::GETREGSET, what, Shape::Vector(length)) }
}

/// A request of x86_64 alone.
const fn x86(number: u64, what: &'static str, addr: u64, data: Shape) -> Bad {
    Bad { arches: X86, addr, ..bad(Request(number), what, data) }
}
const PEEKUSER: u64 = 3;
const POKEUSER: u64 = 6;
/// `struct user` (arch/x86/include/asm/user_64.h).
const USER_AREA: u64 = 928;

/// All of them.
pub const TABLE: &[Bad] = &[
    signal(Request::CONT, "signal 65", 65),
    signal(Request::CONT, "signal -1", u64::MAX),
    signal(Request::CONT, "signal of more than 32 bits", 1 << 32),
    signal(Request::SYSCALL, "signal 65", 65),
    signal(Request::SINGLESTEP, "signal 65", 65),
    signal(Request::SYSEMU, "signal 65", 65),
    signal(Request::SYSEMU_SINGLESTEP, "signal 65", 65),
    Bad { any_of: EIO, clause: SIGNAL, ..x86(33, "signal 65", 0, Shape::Word(65)) },
    Bad { clause: "kdoc.detach-bad-signal", ..signal(Request::DETACH, "signal 65", 65) },
    Bad { clause: "kdoc.detach-bad-signal", ..signal(Request::DETACH, "signal -1", u64::MAX) },
    option("unknown option", UNKNOWN_OPTION),
    option("unknown option beside known ones", UNKNOWN_OPTION | 1),
    option("option bit 19", 1 << 19),
    option("option bit 22", 1 << 22),
    option("option bit 31", 1 << 31),
    option("option bit 32", 1 << 32),
    option("all options", u64::MAX),
    Bad {
        any_of: INVALID,
        clause: "x86.oldsetoptions",
        ..x86(21, "unknown option", 0, Shape::Word(UNKNOWN_OPTION))
    },
    // A tracee of ours could not be seized anyway: EPERM comes after these.
    Bad {
        addr: 1,
        any_of: EIO,
        clause: "seize.addr-zero",
        ..bad(Request::SEIZE, "addr of a tracee", Shape::Word(0))
    },
    Bad {
        any_of: EIO,
        clause: "seize.bad-options",
        ..bad(Request::SEIZE, "unknown option of a tracee", Shape::Word(UNKNOWN_OPTION))
    },
    peek("address 0", 0),
    peek("address of the kernel", KERNEL),
    peek("last address", u64::MAX - 7),
    poke("address 0", 0),
    poke("address of the kernel", KERNEL),
    Bad { addr: label::START, ..bad(Request::PEEKDATA, "no buffer", NOWHERE) },
    Bad { addr: label::START, ..bad(Request::PEEKTEXT, "buffer of the kernel", Shape::Word(KERNEL)) },
    Bad { addr: label::START, ..bad(Request::PEEKDATA, "buffer of 7 bytes", Shape::Edge(7)) },
    Bad { any_of: EIO, clause: "user.peek-alignment", ..x86(PEEKUSER, "offset 1", 1, Shape::Edge(8)) },
    Bad {
        any_of: EIO,
        clause: "user.peek-out-of-range",
        ..x86(PEEKUSER, "end of the area", USER_AREA, Shape::Edge(8))
    },
    Bad {
        any_of: EIO,
        clause: "user.peek-out-of-range",
        ..x86(PEEKUSER, "offset -8", u64::MAX - 7, Shape::Edge(8))
    },
    Bad { any_of: EIO, clause: "user.poke-alignment", ..x86(POKEUSER, "offset 4", 4, Shape::Word(0)) },
    Bad {
        any_of: EIO,
        clause: "user.poke-disallowed-fields",
        ..x86(POKEUSER, "end of the area", USER_AREA, Shape::Word(0))
    },
    x86(PEEKUSER, "no buffer", 0, NOWHERE),
    x86(PEEKUSER, "buffer of 7 bytes", 0, Shape::Edge(7)),
    x86(12, "no buffer", 0, NOWHERE),
    x86(12, "buffer one byte short", 0, Shape::Edge(GENERAL - 1)),
    x86(13, "no buffer", 0, NOWHERE),
    x86(13, "buffer of the kernel", 0, Shape::Word(KERNEL)),
    x86(14, "no buffer", 0, NOWHERE),
    x86(14, "buffer one byte short", 0, Shape::Edge(511)),
    x86(15, "no buffer", 0, NOWHERE),
    Bad { any_of: INVALID, clause: "x86.arch-prctl-set-limit", ..x86(30, "unknown code", 0, Shape::Word(0)) },
    Bad {
        any_of: &[Err(Errno::EPERM)],
        clause: "x86.arch-prctl-set-limit",
        ..x86(30, "base in the kernel", KERNEL, Shape::Word(0x1002))
    },
    Bad {
        any_of: &[Err(Errno::EINVAL), Err(Errno::EIO)],
        clause: "tls.get-bad-index",
        ..x86(25, "index 15", 15, Shape::Edge(16))
    },
    Bad { any_of: EIO, clause: "tls.get-bad-index", ..x86(25, "index -1", u64::MAX, Shape::Edge(16)) },
    bad(Request::GETEVENTMSG, "no buffer", NOWHERE),
    bad(Request::GETEVENTMSG, "buffer of 7 bytes", Shape::Edge(7)),
    bad(Request::GETSIGINFO, "no buffer", NOWHERE),
    bad(Request::GETSIGINFO, "buffer of 127 bytes", Shape::Edge(127)),
    bad(Request::SETSIGINFO, "no buffer", NOWHERE),
    bad(Request::SETSIGINFO, "buffer of 47 bytes", Shape::Edge(47)),
    mask("size 0", 0, "sigmask.get-size-arg"),
    mask("size 7", 7, "sigmask.get-size-arg"),
    mask("size 9", 9, "sigmask.get-size-arg"),
    mask("size of the C library's set", 128, "sigmask.get-size-arg"),
    Bad { request: Request::SETSIGMASK, ..mask("size 16", 16, "sigmask.set-size-arg") },
    Bad { addr: 8, ..bad(Request::GETSIGMASK, "no buffer", NOWHERE) },
    Bad { addr: 8, ..bad(Request::GETSIGMASK, "buffer of 7 bytes", Shape::Edge(7)) },
    Bad { addr: 8, ..bad(Request::SETSIGMASK, "no buffer", NOWHERE) },
    Bad {
        addr: 8,
        clause: "kdoc.peeksiginfo-errors",
        ..bad(Request::PEEKSIGINFO, "no arguments", Shape::Edge(128))
    },
    Bad { addr: note::PRSTATUS, ..bad(Request::GETREGSET, "no iovec", NOWHERE) },
    Bad { addr: note::PRSTATUS, ..bad(Request::SETREGSET, "no iovec", NOWHERE) },
    Bad { addr: note::PRSTATUS, ..bad(Request::GETREGSET, "iovec of the kernel", Shape::Word(KERNEL)) },
    Bad { addr: note::PRSTATUS, ..bad(Request::GETREGSET, "iovec of 15 bytes", Shape::Edge(15)) },
    regset("length 7", note::PRSTATUS, 7, "regs.getregset-short-len"),
    regset("odd length beyond the set", note::PRSTATUS, GENERAL + 1, "regs.getregset-short-len"),
    regset("unknown note", 0x7fff_ffff, 8, "regs.getregset-unknown-type"),
    regset("note 0", 0, 8, "regs.getregset-unknown-type"),
    Bad {
        request: Request::SETREGSET,
        ..regset("unknown note", 0x7fff_ffff, 8, "regs.setregset-same-conventions")
    },
    Bad {
        request: Request::SETREGSET,
        ..regset("length 7", note::PRSTATUS, 7, "regs.setregset-same-conventions")
    },
    Bad { addr: 88, ..bad(Request::GET_SYSCALL_INFO, "no buffer", NOWHERE) },
    Bad { addr: 88, ..bad(Request::GET_SYSCALL_INFO, "buffer of 23 bytes", Shape::Edge(23)) },
    Bad {
        any_of: &[Ok(24)],
        clause: "sysinfo.none-elsewhere",
        ..bad(Request::GET_SYSCALL_INFO, "no buffer, size 0", NOWHERE)
    },
    Bad { since: (6, 16), addr: 88, ..bad(Request::SET_SYSCALL_INFO, "no buffer", NOWHERE) },
    Bad { since: (6, 16), addr: 88, ..bad(Request::SET_SYSCALL_INFO, "buffer of 87 bytes", Shape::Edge(87)) },
    Bad {
        since: (6, 16),
        addr: 87,
        any_of: INVALID,
        clause: SIZE,
        ..bad(Request::SET_SYSCALL_INFO, "size 87", Shape::Edge(87))
    },
    Bad {
        since: (5, 13),
        addr: 24,
        any_of: &[Err(Errno::EFAULT), Err(Errno::EIO)],
        ..bad(Request::GET_RSEQ_CONFIGURATION, "no buffer", NOWHERE)
    },
    Bad {
        since: (5, 13),
        any_of: &[Ok(24), Err(Errno::EIO)],
        ..bad(Request::GET_RSEQ_CONFIGURATION, "no buffer, size 0", NOWHERE)
    },
    Bad {
        since: (6, 4),
        addr: 31,
        any_of: INVALID,
        clause: SIZE,
        ..bad(Request::GET_SYSCALL_USER_DISPATCH_CONFIG, "size 31", Shape::Edge(32))
    },
    Bad {
        since: (6, 4),
        addr: 33,
        any_of: INVALID,
        clause: SIZE,
        ..bad(Request::SET_SYSCALL_USER_DISPATCH_CONFIG, "size 33", Shape::Edge(64))
    },
    Bad {
        since: (6, 4),
        addr: 32,
        any_of: &[Err(Errno::EFAULT), Err(Errno::EINVAL)],
        ..bad(Request::GET_SYSCALL_USER_DISPATCH_CONFIG, "buffer of 31 bytes", Shape::Edge(31))
    },
];
