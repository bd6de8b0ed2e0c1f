//! Signals beside other stops: sent at an event, discarded, or given for a fault whose memory the tracer has changed.

use super::told::{Origin, Told, tracer};
use crate::event_stops::tasks::{MADE, TRACED, to_first_stop};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Return, ReturnPid, Word};

const STOPS: &str = "stop.signal.every-delivery-stops";
const RELEASED: &str = "opt.vforkdone.stop";
const BEHIND: &str = "signal.behind-the-event";
const DELIVERED: &str = "inject.nonzero-delivers";
const SUPPRESSED: &str = "inject.zero-none";
const OPTIONS: &str = "opt.set-from-data";
const ENDS: &str = "opt.traceexit.stop";
const BIT: &str = "opt.sysgood.bit7";
const END: &str = "wait.macro.exited";
const KERNEL: &str = "sysstop.sicode-kernel";
const LIKE_EXIT: &str = "sysstop.sigtrap-like-exit";
const FAULT: &str = "signal.sync-fault-thread-directed";
const ONE_SHOT: &str = "sigaction.resethand";
const WRITTEN: &str = "cmd.inspect-while-stopped";

/// An address in the first page, which is never mapped.
const UNMAPPED: u64 = 8;

/// The event of a call that makes a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Made,
    Released,
}

impl Axis for At {
    const VALUES: &'static [(&'static str, Self)] = &[("made", At::Made), ("released", At::Released)];
}

/// A signal that the tracer discards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Discarded {
    Usr1,
    Stop,
    Trap,
}

impl Axis for Discarded {
    const VALUES: &'static [(&'static str, Self)] =
        &[("usr1", Discarded::Usr1), ("stop", Discarded::Stop), ("trap", Discarded::Trap)];
}

impl Discarded {
    const fn signal(self) -> Signal {
        match self {
            Discarded::Usr1 => Signal::USR1,
            Discarded::Stop => Signal::STOP,
            Discarded::Trap => Signal::TRAP,
        }
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "signal_sent_at_an_event",
        title: "A signal sent at the event of a call that makes a task stops the tracee once the call is done, behind the exit-stop if there is one, and is delivered if it is given.",
        clauses: &[MADE, RELEASED, TRACED, BEHIND, DELIVERED],
        axes: &[ANY_START, axis::<At>(&["made", "released"]), axis::<Resume>(&["cont", "syscall"])],
        options: options::TRACESYSGOOD | options::TRACECLONE | options::TRACEVFORKDONE,
        program: |p| {
            let at: At = p.pick();
            p.handle(Signal::USR1, 0);
            let flags = if at == At::Made { 0 } else { (libc::CLONE_VM | libc::CLONE_VFORK) as u64 };
            p.clone_task(flags, "child", |p| {
                p.exit_thread(7);
            });
            p.exit(3);
        },
        scenario: |t| {
            let how: Resume = t.pick()?;
            let (t, id) = to_the_event(t)?;
            t.kill(Signal::USR1)?;
            let mut t = t.resume(how, Signal::NONE)?;
            if how == Resume::Syscall {
                let exit = t.expect(BEHIND, Stop::SyscallExit)?;
                exit.check(BEHIND, "result at the exit-stop", id, ReturnPid(exit.registers()?.result()));
                t = exit.cont()?;
            }
            let t = t.expect(BEHIND, Stop::Signal(Signal::USR1))?;
            let told = Told::killed(Signal::USR1, tracer());
            told.check(BEHIND, &t);
            let registers = t.registers()?;
            t.check(BEHIND, "ip", Address(label::SYSCALL_RETURN), Address(registers.ip()));
            t.check(BEHIND, "result", id, ReturnPid(registers.result()));
            let t = t.resume(Resume::Cont, Signal::USR1)?.ends(DELIVERED, Gone::Exited(3))?;
            told.check_only_run(DELIVERED, &t);
            t.check(BEHIND, "result in the program", Some(id), t.saw("clone")?.map(ReturnPid));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "discarded_signal_leaves_the_options",
        title: "A signal that the tracer discards leaves the options as they are: the events and the mark of syscall-stops come as before.",
        clauses: &[STOPS, MADE, TRACED, SUPPRESSED, OPTIONS, ENDS, BIT, END],
        axes: &[ANY_START, axis::<Discarded>(&["usr1", "stop", "trap"])],
        options: options::TRACESYSGOOD | options::TRACECLONE | options::TRACEEXIT,
        program: |p| {
            let discarded: Discarded = p.pick();
            p.raise(discarded.signal());
            p.clone_task(0, "child", |p| {
                p.exit(7);
            });
            p.exit(3);
        },
        scenario: |t| {
            let signal = t.pick::<Discarded>()?.signal();
            let t = t.cont()?.expect(STOPS, Stop::Signal(signal))?;
            let t = t.cont()?.expect(OPTIONS, Stop::Event(Event::CLONE))?;
            let child = to_first_stop(t.new_task("child")?)?;
            let child = child.cont()?.expect(ENDS, Stop::Event(Event::EXIT))?;
            let child = child.cont()?.ends(END, Gone::Exited(7))?;
            let t = t.syscall()?.expect(BIT, Stop::SyscallExit)?;
            t.check(BIT, "stop signal", libc::SIGTRAP | 0x80, t.status.0 >> 8);
            let t = t.cont()?.expect(ENDS, Stop::Event(Event::EXIT))?;
            let t = t.cont()?.ends(SUPPRESSED, Gone::Exited(3))?;
            t.check_saw_pid(MADE, "clone", &child)
        },
        ..Case::NEW
    },
    Case {
        name: "sigtrap_of_the_kernel",
        title: "A SIGTRAP that the kernel sends, such as one given at a syscall-stop, has SI_KERNEL as its code and no sender.",
        clauses: &["sysstop.entry", "sysstop.exit-after-entry", STOPS, KERNEL, SUPPRESSED],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let t = t.syscall()?.expect("sysstop.exit-after-entry", Stop::SyscallExit)?;
            let t = t.resume(Resume::Cont, Signal::TRAP)?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
            Told::new(Signal::TRAP, libc::SI_KERNEL, Origin::Nobody).check(KERNEL, &t);
            t.cont()?.ends(SUPPRESSED, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "sigtrap_resembles_an_exit_stop",
        title: "At the stop of a SIGTRAP that the program has sent itself rax is the result of the call and orig_rax its number, as at an exit-stop; without TRACESYSGOOD the status is the same too.",
        clauses: &[STOPS, LIKE_EXIT, SUPPRESSED],
        arches: &[Arch::X86_64],
        only: "aarch64 has the number of a call in no register behind it",
        options: 0,
        program: |p| {
            let pid = p.call(Syscall::GETPID, &[0; 0]);
            p.call(Syscall::KILL, &[pid.into(), Arg::Word(Signal::TRAP.0 as u64)]);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
            let registers = t.registers()?;
            t.check(LIKE_EXIT, "rax", Return(0), Return(registers.result()));
            t.check(LIKE_EXIT, "rdi", ReturnPid(t.pid as u64), ReturnPid(registers.arg(0)));
            t.check(LIKE_EXIT, "orig_rax", Syscall::KILL.number, registers.words[arch::NUMBER]);
            t.check(LIKE_EXIT, "ip", Address(label::SYSCALL_RETURN), Address(registers.ip()));
            t.check(LIKE_EXIT, "stop signal", libc::SIGTRAP, t.status.0 >> 8);
            t.cont()?.ends(SUPPRESSED, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "handler_finds_what_the_tracer_wrote",
        title: "A handler that a given fault runs finds memory as the tracer has changed it; one-shot, it is gone when the same instruction faults again, which kills.",
        clauses: &[STOPS, FAULT, WRITTEN, ONE_SHOT],
        program: |p| {
            p.handle(Signal::SEGV, libc::SA_RESETHAND);
            p.load(UNMAPPED);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::SEGV))?;
            let place = check_fault(&t)?;
            t.must("PTRACE_POKEDATA", t.poke(Program::HANDLED, 41))?;
            let t = t.resume(Resume::Cont, Signal::SEGV)?.expect(FAULT, Stop::Signal(Signal::SEGV))?;
            t.check(FAULT, "place of the second fault", place, check_fault(&t)?);
            check_count(&t, WRITTEN);
            let t = t.resume(Resume::Cont, Signal::SEGV)?;
            let t = t.ends(ONE_SHOT, Gone::Killed(Signal::SEGV, false))?;
            check_count(&t, ONE_SHOT);
            t.check(ONE_SHOT, "the load was made", None, t.saw("load")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
];

/// `SEGV_MAPERR`
const SEGV_MAPERR: i32 = 1;

/// What the fault says of itself; gives the place of the instruction.
fn check_fault(t: &Stopped) -> Flow<Address> {
    let told = t.siginfo().map(|siginfo| (siginfo.code, Address(siginfo.address)));
    t.check(FAULT, "si_code and si_addr", Ok((SEGV_MAPERR, Address(UNMAPPED))), told);
    Ok(Address(t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?.ip()))
}

/// The handler has run once, and counted on from what the tracer had written.
fn check_count(t: &Task, clause: &str) {
    let (count, signal, code) = t.handled();
    let noted = (count, (signal, code));
    t.check(clause, "what the handler has noted", (42, (Signal::SEGV, SEGV_MAPERR)), noted);
}

/// To the variant's event; gives the result that the call will have.
fn to_the_event(t: Stopped) -> Flow<(Stopped, ReturnPid)> {
    match t.pick()? {
        At::Made => {
            let t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
            let child = to_first_stop(t.new_task("child")?)?;
            let id = ReturnPid(child.pid as u64);
            child.cont()?.ends(TRACED, Gone::Exited(7))?;
            Ok((t, id))
        }
        At::Released => {
            let t = t.cont()?.expect(RELEASED, Stop::Event(Event::VFORK_DONE))?;
            let id = t.must("PTRACE_GETEVENTMSG", t.message())?;
            Ok((t, ReturnPid(id)))
        }
    }
}
