//! Faults: the stop, address and code; what becomes of a signal that is blocked, ignored or handled.

use super::fault_kinds::{BEHIND_FILE, Fault, NOTHING};
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
const OF_X86: Dimension = axis::<Fault>(&["division", "noncanonical"]);

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
