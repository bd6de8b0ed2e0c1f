//! What sigaction(2)'s flags do when a tracer gives the signal.

use super::told::Told;
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

/// A flag of the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flag {
    None,
    ResetHand,
    NoDefer,
    OnStack,
}

impl Axis for Flag {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("plain", Flag::None),
        ("resethand", Flag::ResetHand),
        ("nodefer", Flag::NoDefer),
        ("onstack", Flag::OnStack),
    ];
}

const STOPS: &str = "stop.signal.reported-via-waitpid";
const STEPS: &str = "kdoc.step-handler-entry";
const MASKS: &str = "signal.handler-adds-mask";
const ONE_SHOT: &str = "sigaction.resethand";
const NODEFER: &str = "sigaction.nodefer";
const ON_STACK: &str = "sigaction.onstack";
const DELIVERED: &str = "inject.nonzero-delivers";
const RETURNS: &str = "signal.sigreturn-restores";
const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";

/// Where the other stack is, and its length.
const STACK: u64 = 0x2000_0000;
const LENGTH: u64 = 0x1_0000;

const FLAGS: Dimension = axis::<Flag>(&["plain", "resethand", "nodefer", "onstack"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "handler_flags",
        title: "A signal given runs its handler as one that nobody traces: one-shot, with its mask, on its stack; the second time a one-shot handler's signal kills.",
        clauses: &[STOPS, STEPS, MASKS, ONE_SHOT, NODEFER, ON_STACK, DELIVERED],
        axes: &[axis::<Start>(&["attach"]), FLAGS],
        program,
        scenario: |t| {
            let flag: Flag = t.pick()?;
            let told = Told::thread_killed(Signal::USR1, t.pid);
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            check_caught(&t, ONE_SHOT, true)?;
            let t = t.resume(Resume::Singlestep, Signal::USR1)?.expect(STEPS, Stop::Signal(Signal::TRAP))?;
            let ip = t.syscall_info().map(|info| Address(info.ip()));
            t.check(STEPS, "ip", Ok(Address(label::HANDLER)), ip);
            let clause = if flag == Flag::NoDefer { NODEFER } else { MASKS };
            t.check(clause, "PTRACE_GETSIGMASK", Ok(Word(flag.mask())), t.signal_mask().map(Word));
            check_caught(&t, ONE_SHOT, flag != Flag::ResetHand)?;
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            check_run(&t, told, flag, 1);
            let t = t.resume(Resume::Cont, Signal::USR1)?;
            if flag == Flag::ResetHand {
                let t = t.ends(ONE_SHOT, Gone::Killed(Signal::USR1, false))?;
                check_run(&t, told, flag, 1);
            } else {
                let t = t.ends(DELIVERED, Gone::Exited(3))?;
                check_run(&t, told, flag, 2);
            }
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "return_from_a_handler",
        title: "rt_sigreturn(2) brings back the registers that were at the signal's stop, and the mask.",
        clauses: &[STOPS, RETURNS, ENTER, EXIT],
        axes: &[axis::<Start>(&["seize"]), FLAGS],
        program: |p| {
            program(p);
            p.call(Syscall::GETPID, &[0; 0]);
        },
        scenario: |t| {
            // Stopped in a call, where each register is known, by a signal that was sent before.
            let t = to_getpid(t)?;
            t.kill(Signal::USR1)?;
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            let t = t.syscall()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            let before = t.registers()?;
            let t = t.resume(Resume::Syscall, Signal::USR1)?.expect(ENTER, Stop::SyscallEnter)?;
            let number = t.syscall_info().map(|info| info.number());
            t.check(RETURNS, "call", Ok(Syscall::RT_SIGRETURN.number), number);
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            let mut differing = t.registers()?.differing(&before);
            // There is no call any more that could be made again; aarch64 has its mark of an exit-stop in x7.
            differing.retain(|&name| !["orig_rax", "x7"].contains(&name));
            t.check(RETURNS, "registers unlike at the signal's stop", vec![], differing);
            t.check(RETURNS, "PTRACE_GETSIGMASK", Ok(Word(0)), t.signal_mask().map(Word));
            t.resume(Resume::Cont, Signal::KILL)?.ends(RETURNS, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Installs the handler, with another stack if it is to use one, and raises its signal twice.
fn program(p: &mut Program) {
    let flag: Flag = p.pick();
    let flags = match flag {
        Flag::None => 0,
        Flag::ResetHand => libc::SA_RESETHAND,
        Flag::NoDefer => libc::SA_NODEFER,
        Flag::OnStack => libc::SA_ONSTACK,
    };
    p.handle_blocking(Signal::USR1, flags, &[Signal::USR2]);
    other_stack(p);
    p.call(Syscall::GETTID, &[0; 0]);
    p.raise(Signal::USR1);
    p.raise(Signal::USR1);
    p.exit(3);
}

/// Maps a stack for handlers and names it: mmap, sigaltstack.
pub(super) fn other_stack(p: &mut Program) {
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    p.call(Syscall::MMAP, &[STACK, LENGTH, access as u64, (kind | libc::MAP_FIXED) as u64, u64::MAX, 0]);
    // stack_t: address, flags, length.
    let stack = p.data(&[STACK, 0, LENGTH]);
    p.call(Syscall::SIGALTSTACK, &[stack, 0]);
}

/// At the enter-stop of the call in front of the first signal.
fn to_getpid(mut t: Stopped) -> Flow<Stopped> {
    for _ in 0..3 {
        t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    }
    t.syscall()?.expect(ENTER, Stop::SyscallEnter)
}

/// Whether the signal has its handler, and nothing else has changed.
fn check_caught(t: &Stopped, clause: &str, caught: bool) -> Flow {
    let seen = t.proc_signals()?;
    let set = if caught { Signal::set(&[Signal::USR1]) } else { 0 };
    t.check(clause, "caught in /proc", Word(set), Word(seen.caught));
    t.check(clause, "ignored in /proc", 0, seen.ignored);
    t.check(clause, "pending in /proc", (0, 0), (seen.of_thread, seen.of_process));
    t.check(MASKS, "blocked in /proc", t.signal_mask().map(Word), Ok(Word(seen.blocked)));
    Ok(())
}

/// The handler's last run, and on which stack.
fn check_run(t: &ptrace_conformance_harness::tracee::Task, told: Told, flag: Flag, times: u64) {
    let clause = if flag == Flag::OnStack { ON_STACK } else { DELIVERED };
    let (ran, signal, code) = t.handled();
    t.check(clause, "runs of the handler", times, ran);
    t.check(clause, "signal and si_code of its last run", (told.signal, told.code), (signal, code));
    for run in t.runs() {
        told.check_answer(clause, t, " in the handler", Ok(run.siginfo));
        t.check(clause, "mask that the handler restores", Word(0), Word(run.mask));
        let other = (STACK..STACK + LENGTH).contains(&run.stack);
        t.check(ON_STACK, "the handler ran on the other stack", flag == Flag::OnStack, other);
    }
}

impl Flag {
    /// The mask in the handler.
    const fn mask(self) -> u64 {
        match self {
            Flag::NoDefer => Signal::set(&[Signal::USR2]),
            _ => Signal::set(&[Signal::USR1, Signal::USR2]),
        }
    }
}
