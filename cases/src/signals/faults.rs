//! Faults: the stop, address and code; what becomes of a signal that is blocked, ignored or handled.

use super::told::{Origin, Told};
use ptrace_conformance_harness::abi::{IMAGE_FD, RECORD_OFFSET, RECORD_SIZE};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Arch, Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Read,
    Write,
    Jump,
    BehindFile,
    Illegal,
    Breakpoint,
    #[cfg(target_arch = "x86_64")]
    Division,
    #[cfg(target_arch = "x86_64")]
    NonCanonical,
}

impl Axis for Fault {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("read", Fault::Read),
        ("write", Fault::Write),
        ("jump", Fault::Jump),
        ("behindfile", Fault::BehindFile),
        ("illegal", Fault::Illegal),
        ("breakpoint", Fault::Breakpoint),
        #[cfg(target_arch = "x86_64")]
        ("division", Fault::Division),
        #[cfg(target_arch = "x86_64")]
        ("noncanonical", Fault::NonCanonical),
    ];
}

/// What the program has said about the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Handle,
    Block,
    Ignore,
}

impl Axis for Said {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("default", Said::Nothing),
        ("handled", Said::Handle),
        ("blocked", Said::Block),
        ("ignored", Said::Ignore),
    ];
}

const OWN: &str = "signal.sync-fault-thread-directed";
const ADDRESS: &str = "sigaction.fault-si-addr";
const TRAP_CODE: &str = "sigaction.trap-codes";
const FORCED: &str = "signal.forced-while-blocked";
const DELIVERED: &str = "inject.nonzero-delivers";
const AGAIN: &str = "signal.fault-again";
const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";

const ONE_START: Dimension = axis::<Start>(&["traceme"]);
const EVERYWHERE: Dimension =
    axis::<Fault>(&["read", "write", "jump", "behindfile", "illegal", "breakpoint"]);
const SAID: Dimension = axis::<Said>(&["default", "handled", "blocked", "ignored"]);
#[cfg(target_arch = "x86_64")]
const OF_X86: Dimension = axis::<Fault>(&["division", "noncanonical"]);
#[cfg(target_arch = "aarch64")]
const OF_X86: Dimension = axis::<Fault>(&["read"]);

/// Where nothing is.
const NOTHING: u64 = 0x2000;
/// Memory behind the end of a file.
const BEHIND_FILE: u64 = 0x3000_0000;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "fault",
        title: "A fault stops the task that made it, with its code and address; a signal that was blocked or ignored is neither any more, and kills.",
        clauses: &[ENTER, EXIT, OWN, ADDRESS, TRAP_CODE, FORCED, DELIVERED],
        axes: &[ONE_START, EVERYWHERE, SAID],
        program,
        scenario: faults,
        ..Case::NEW
    },
    Case {
        name: "fault_of_x86",
        title: "A division by zero stops with its code and address, an address that is none with the kernel's own code.",
        clauses: &[ENTER, EXIT, OWN, ADDRESS, FORCED, DELIVERED],
        arches: &[Arch::X86_64],
        only: "aarch64 divides by zero without a fault, and has no addresses that no page table could map",
        axes: &[ONE_START, OF_X86, SAID],
        program,
        scenario: faults,
        ..Case::NEW
    },
    Case {
        name: "suppressed_fault",
        title: "A fault that the tracer suppresses is made again, with the same stop, as often as it likes.",
        clauses: &[ENTER, EXIT, OWN, ADDRESS, AGAIN],
        axes: &[
            ONE_START,
            axis::<Fault>(&["read", "jump", "behindfile", "illegal"]),
            axis::<Said>(&["default", "handled"]),
        ],
        program,
        scenario: |t| {
            let fault: Fault = t.pick()?;
            let mut t = to_fault(t, fault)?;
            for _ in 0..3 {
                fault.told().check(ADDRESS, &t);
                t = t.cont()?.expect(AGAIN, Stop::Signal(fault.signal()))?;
            }
            t.check(AGAIN, "runs of the handler", 0, t.handled().0);
            t.resume(Resume::Cont, Signal::KILL)?.ends(AGAIN, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
];

fn program(p: &mut Program) {
    let (fault, said): (Fault, Said) = (p.pick(), p.pick());
    let signal = fault.signal();
    match said {
        Said::Nothing => {}
        Said::Handle => {
            p.handle(signal, 0);
        }
        Said::Block => {
            p.block(&[signal]);
        }
        Said::Ignore => {
            p.ignore(signal);
        }
    }
    match fault {
        Fault::BehindFile => {
            let (access, kind) = (libc::PROT_READ as u64, (libc::MAP_SHARED | libc::MAP_FIXED) as u64);
            let end = RECORD_OFFSET + RECORD_SIZE;
            p.call(Syscall::MMAP, &[BEHIND_FILE, 0x1_0000, access, kind, IMAGE_FD, end]);
            p.load(BEHIND_FILE);
        }
        Fault::Read => {
            p.load(NOTHING);
        }
        Fault::Write => {
            p.store(label::START, 0);
        }
        #[cfg(target_arch = "x86_64")]
        Fault::NonCanonical => {
            p.load(1 << 63);
        }
        Fault::Breakpoint => {
            p.breakpoint();
        }
        // From behind this call the tracer sends it elsewhere.
        _ => {
            p.call(Syscall::GETPID, &[0; 0]);
        }
    }
    p.exit(3);
}

/// The whole story: to the fault, what is seen there, and the signal delivered.
fn faults(t: Stopped) -> Flow {
    let (fault, said): (Fault, Said) = (t.pick()?, t.pick()?);
    let (signal, told) = (fault.signal(), fault.told());
    let t = to_fault(t, fault)?;
    let clause = if fault == Fault::Breakpoint { TRAP_CODE } else { ADDRESS };
    told.check(clause, &t);
    if let Some(ip) = fault.place() {
        t.check(OWN, "ip", Ok(Address(ip)), t.syscall_info().map(|info| Address(info.ip())));
    }
    t.check(FORCED, "blocked signals", Ok(Word(0)), t.signal_mask().map(Word));
    let caught = if said == Said::Handle { Signal::set(&[signal]) } else { 0 };
    let seen = t.proc_signals()?;
    t.check(
        FORCED,
        "blocked and ignored signals in /proc",
        (Word(0), Word(0)),
        (Word(seen.blocked), Word(seen.ignored)),
    );
    t.check(FORCED, "caught signals in /proc", Word(caught), Word(seen.caught));
    t.check(
        FORCED,
        "pending signals in /proc",
        (Word(0), Word(0)),
        (Word(seen.of_thread), Word(seen.of_process)),
    );
    if fault == Fault::Breakpoint {
        t.pass_breakpoint()?;
    }
    let t = t.resume(Resume::Cont, signal)?;
    if said != Said::Handle {
        t.ends(DELIVERED, Gone::Killed(signal, false))?;
        return Ok(());
    }
    let t = if fault == Fault::Breakpoint {
        t.ends(DELIVERED, Gone::Exited(3))?
    } else {
        let t = t.expect(DELIVERED, Stop::Signal(signal))?;
        t.resume(Resume::Cont, Signal::KILL)?.ends(DELIVERED, Gone::Killed(Signal::KILL, false))?
    };
    told.check_only_run(DELIVERED, &t);
    Ok(())
}

/// To the stop of the fault; a tracee that is to jump is sent there from the end of its call of getpid.
fn to_fault(t: Stopped, fault: Fault) -> Flow<Stopped> {
    let Some(target) = fault.jumps_to() else {
        return t.cont()?.expect(OWN, Stop::Signal(fault.signal()));
    };
    let calls = if t.pick::<Said>()? == Said::Nothing { 1 } else { 2 };
    let mut t = t;
    for _ in 0..calls {
        t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    }
    t.set_register(arch::IP, target)?;
    t.cont()?.expect(OWN, Stop::Signal(fault.signal()))
}

impl Fault {
    const fn signal(self) -> Signal {
        match self {
            Fault::Read | Fault::Write | Fault::Jump => Signal::SEGV,
            Fault::BehindFile => Signal(libc::SIGBUS),
            Fault::Illegal => Signal(libc::SIGILL),
            Fault::Breakpoint => Signal::TRAP,
            #[cfg(target_arch = "x86_64")]
            Fault::Division => Signal(libc::SIGFPE),
            #[cfg(target_arch = "x86_64")]
            Fault::NonCanonical => Signal::SEGV,
        }
    }

    /// Where the tracer sends the program for it.
    const fn jumps_to(self) -> Option<u64> {
        match self {
            Fault::Jump => Some(NOTHING),
            Fault::Illegal => Some(label::ILLEGAL),
            #[cfg(target_arch = "x86_64")]
            Fault::Division => Some(label::DIVISION),
            _ => None,
        }
    }

    /// The instruction pointer at the stop, where it is known.
    const fn place(self) -> Option<u64> {
        match self {
            Fault::Breakpoint => Some(label::BREAKPOINT + arch::BREAKPOINT_ADVANCE),
            #[cfg(target_arch = "x86_64")]
            Fault::Division => Some(DIVIDES),
            _ => self.jumps_to(),
        }
    }

    /// arch/x86/kernel/traps.c, arch/arm64/kernel/traps.c, mm/fault.c of both.
    fn told(self) -> Told {
        const SEGV_MAPERR: i32 = 1;
        const SEGV_ACCERR: i32 = 2;
        const BUS_ADRERR: i32 = 2;
        // Illegal operand on x86_64, illegal opcode on aarch64.
        let illegal = if Arch::HERE == Arch::X86_64 { 2 } else { 1 };
        let (code, address) = match self {
            Fault::Read | Fault::Jump => (SEGV_MAPERR, NOTHING),
            Fault::Write => (SEGV_ACCERR, label::START),
            Fault::BehindFile => (BUS_ADRERR, BEHIND_FILE),
            Fault::Illegal => (illegal, label::ILLEGAL),
            Fault::Breakpoint if Arch::HERE == Arch::X86_64 => (libc::SI_KERNEL, 0),
            Fault::Breakpoint => (libc::TRAP_BRKPT, label::BREAKPOINT),
            #[cfg(target_arch = "x86_64")]
            Fault::Division => (1, DIVIDES),
            #[cfg(target_arch = "x86_64")]
            Fault::NonCanonical => (libc::SI_KERNEL, 0),
        };
        Told::new(self.signal(), code, Origin::Address(address))
    }
}

/// Behind the instruction that makes the divisor zero.
#[cfg(target_arch = "x86_64")]
const DIVIDES: u64 = label::DIVISION + 2;
