//! Tracing that begins while the task sleeps in its call.

use super::way::{END, GOES_ON, IS_X86, number};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Address, Return};

const VISIBLE: &str = "bug.attach-visible-restart";
const BUG: &str = "bug.eintr-suppressed";
const BEFORE: &str = if IS_X86 { "restore.restart-x86" } else { "restore.restart-arm64" };
const NO_ENTRY: &str = "sysinfo.exit-without-entry";
const FUTEX: usize = 0;
const READY: usize = 1;

/// How the tracer comes in.
#[derive(Clone, Copy, PartialEq)]
enum Come {
    /// `PTRACE_ATTACH`, whose SIGSTOP is suppressed.
    Attach,
    /// `PTRACE_SEIZE` and `PTRACE_INTERRUPT`.
    Seize,
}

impl Axis for Come {
    const VALUES: &'static [(&'static str, Self)] = &[("attached", Come::Attach), ("seized", Come::Seize)];
}

/// What the task sleeps in.
#[derive(Clone, Copy, PartialEq)]
enum Sleeps {
    Futex,
    FutexTimed,
    Ppoll,
    Nanosleep,
    Epoll,
}

impl Axis for Sleeps {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("futex", Sleeps::Futex),
        ("futextimed", Sleeps::FutexTimed),
        ("ppoll", Sleeps::Ppoll),
        ("nanosleep", Sleeps::Nanosleep),
        ("epoll", Sleeps::Epoll),
    ];
}

impl Sleeps {
    const fn syscall(self) -> Syscall {
        match self {
            Sleeps::Futex | Sleeps::FutexTimed => Syscall::FUTEX,
            Sleeps::Ppoll => Syscall::PPOLL,
            Sleeps::Nanosleep => Syscall::NANOSLEEP,
            Sleeps::Epoll => Syscall::EPOLL_PWAIT,
        }
    }

    const fn restarted(self) -> Syscall {
        match self {
            Sleeps::FutexTimed | Sleeps::Nanosleep => Syscall::RESTART_SYSCALL,
            _ => self.syscall(),
        }
    }

    const fn code(self) -> Return {
        Return::error(match self {
            Sleeps::Futex => Errno::ERESTARTSYS,
            Sleeps::Ppoll => Errno::ERESTARTNOHAND,
            _ => Errno::ERESTART_RESTARTBLOCK,
        })
    }
}

const COME: Dimension = axis::<Come>(&["attached", "seized"]);
const ONE_START: Dimension = axis::<Start>(&["traceme"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "attached_to_a_sleeper",
        title: "Attaching interrupts the call that a task sleeps in, as a signal would; the next syscall-stop is an entry, of the same call or of restart_syscall, and the program sees nothing of it.",
        clauses: &[
            VISIBLE,
            GOES_ON,
            END,
            "restore.restart-x86",
            "restore.restart-arm64",
            "attach.attach.sends-sigstop",
            "interrupt.stops",
        ],
        axes: &[ONE_START, COME, axis::<Sleeps>(&["futex", "futextimed", "ppoll", "nanosleep"])],
        program,
        scenario: |t| {
            let (leader, t) = to_sleeper(t)?;
            let sleeps: Sleeps = t.pick()?;
            check_place(&t, sleeps)?;
            let t = t.syscall()?.expect(VISIBLE, Stop::SyscallEnter)?;
            let entered = t.registers()?;
            t.check(VISIBLE, "number", sleeps.restarted().number, number(&t, &entered)?);
            let answer = t.syscall_info();
            t.check(VISIBLE, "op", Ok(info::ENTRY), answer.map(|info| info.op()));
            t.check(VISIBLE, "entry.nr", Ok(sleeps.restarted().number), answer.map(|info| info.number()));
            t.check_saw(GOES_ON, sleeps.syscall().name, None)?;
            if matches!(sleeps, Sleeps::Ppoll | Sleeps::Nanosleep) {
                return both_end(leader, t, Gone::Killed(Signal::KILL, false));
            }
            t.set_word(FUTEX, 1);
            let t = t.syscall()?.expect(GOES_ON, Stop::SyscallExit)?;
            let again = Return::error(Errno(libc::EAGAIN));
            t.check(GOES_ON, "result", again, Return(t.registers()?.result()));
            let answer = t.syscall_info();
            t.check(GOES_ON, "op", Ok(info::EXIT), answer.map(|info| info.op()));
            t.check(GOES_ON, "exit.rval", Ok(again), answer.map(|info| Return(info.rval())));
            both_end(leader, t, Gone::Exited(4))
        },
        ..Case::NEW
    },
    Case {
        name: "attached_to_epoll",
        title: "A task that sleeps in epoll_wait when a tracer comes in gets EINTR from nowhere; the tracer sees no exit-stop of that call.",
        clauses: &[BUG, END, "attach.attach.sends-sigstop", "interrupt.stops"],
        axes: &[ONE_START, COME, axis::<Sleeps>(&["epoll"])],
        program,
        scenario: |t| {
            let (leader, t) = to_sleeper(t)?;
            let failed = Return::error(Errno::EINTR);
            t.check(BUG, "result register", failed, Return(t.registers()?.result()));
            let t = t.syscall()?.expect(BUG, Stop::SyscallEnter)?;
            t.check(BUG, "number", Syscall::EXIT_GROUP.number, t.syscall_number()?);
            t.check_saw(BUG, "epoll_pwait", Some(failed))?;
            both_end(leader, t, Gone::Exited(4))
        },
        ..Case::NEW
    },
    Case {
        name: "seized_in_vfork",
        title: "A tracer that comes in while a task is inside vfork and goes on from its next event with PTRACE_SYSCALL gets an exit-stop without an entry, and is told EXIT.",
        clauses: &[NO_ENTRY, END, "event.status-encoding"],
        axes: &[ONE_START],
        program: |p| {
            p.clone_task(0, "middle", |p| {
                // As vfork(2), but its end sends no signal, which could come in between.
                p.clone_task((libc::CLONE_VM | libc::CLONE_VFORK) as u64, "inner", |p| {
                    p.store(Program::shared(READY), 1);
                    p.await_word(Program::shared(FUTEX));
                    p.exit_thread(5);
                });
                p.exit(4);
            });
            p.spin();
        },
        scenario: |t| {
            let leader = t.cont()?;
            let t = leader.made("clone_2", "middle")?;
            t.await_word(READY);
            // Blocks all but SIGKILL: nothing else will stop it there.
            t.await_state(&['D'])?;
            t.seize(options::TRACESYSGOOD | options::TRACEVFORKDONE | options::EXITKILL)?;
            t.set_word(FUTEX, 1);
            let t = t.expect("event.status-encoding", Stop::Event(Event::VFORK_DONE))?;
            let inner = t.message();
            let t = t.syscall()?.expect(NO_ENTRY, Stop::SyscallExit)?;
            let answer = t.syscall_info();
            t.check(NO_ENTRY, "op", Ok(info::EXIT), answer.map(|info| info.op()));
            t.check(NO_ENTRY, "exit.is_error", Ok(0), answer.map(|info| info.is_error()));
            let same = answer.map(|info| Ok(info.rval()) == inner);
            t.check(NO_ENTRY, "exit.rval is the child's id", Ok(true), same);
            let result = t.registers()?.result();
            t.check(NO_ENTRY, "result register is the child's id", true, Ok(result) == inner);
            t.check("event.status-encoding", "event message is an id", true, inner.is_ok_and(|id| id > 1));
            both_end(leader, t, Gone::Exited(4))
        },
        ..Case::NEW
    },
];

/// A child that sleeps in the call, and a first task that waits for nothing.
fn program(p: &mut Program) {
    let sleeps: Sleeps = p.pick();
    let time = p.data(&[1_000_000, 0]);
    p.clone_task(0, "child", |p| {
        let futex = |time| [Program::shared(FUTEX), libc::FUTEX_WAIT as u64, 0, time].map(Arg::from).to_vec();
        let args = match sleeps {
            Sleeps::Futex => futex(0),
            Sleeps::FutexTimed => futex(time),
            Sleeps::Ppoll => [0, 0, 0, 0, 8].map(Arg::from).to_vec(),
            Sleeps::Nanosleep => [time, 0].map(Arg::from).to_vec(),
            Sleeps::Epoll => {
                let epoll = p.call(Syscall::EPOLL_CREATE1, &[0]);
                let rest = [Program::shared(2), 1, -1_i64 as u64, 0, 8].map(Arg::from);
                [&[epoll.into()], &rest[..]].concat()
            }
        };
        p.store(Program::shared(READY), 1);
        p.call(sleeps.syscall(), &args);
        p.exit(4);
    });
    p.spin();
}

/// The first task on its way, and its child stopped by the tracer in the call it slept in.
fn to_sleeper(t: Stopped) -> Flow<(Running, Stopped)> {
    let leader = t.cont()?;
    let child = leader.made("clone", "child")?;
    child.await_word(READY);
    child.await_state(&['S'])?;
    let t = match child.pick()? {
        Come::Attach => {
            child.attach()?;
            child.expect("attach.attach.sends-sigstop", Stop::Signal(Signal::STOP))?
        }
        Come::Seize => {
            child.seize(0)?;
            child.interrupt()?;
            child.expect("interrupt.stops", Stop::EventStop(Signal::TRAP))?
        }
    };
    t.change_options(options::TRACESYSGOOD)?;
    Ok((leader, t))
}

/// The registers of a call that is to be restarted, and no syscall-stop.
fn check_place(t: &Stopped, sleeps: Sleeps) -> Flow {
    let registers = t.registers()?;
    let place = if IS_X86 { label::SYSCALL_RETURN } else { label::SYSCALL_INSTRUCTION };
    t.check(BEFORE, "instruction pointer", Address(place), Address(registers.ip()));
    let kept = if IS_X86 { sleeps.syscall().number } else { u64::MAX };
    t.check(BEFORE, "number", kept, number(t, &registers)?);
    if IS_X86 {
        t.check(BEFORE, "result register", sleeps.code(), Return(registers.result()));
    } else {
        t.check(BEFORE, "number register", sleeps.syscall().number, registers.words[arch::NUMBER]);
    }
    let answer = t.syscall_info();
    t.check(BEFORE, "op", Ok(info::NONE), answer.map(|info| info.op()));
    let same = answer.map(|info| (info.ip(), info.sp()) == (registers.ip(), registers.sp()));
    t.check(BEFORE, "both pointers as in NT_PRSTATUS", Ok(true), same);
    Ok(())
}

/// The child goes on to its end, by SIGKILL if that is how it is to end, and the first task is killed.
fn both_end(leader: Running, t: Stopped, end: Gone) -> Flow {
    if end == Gone::Killed(Signal::KILL, false) {
        t.kill(Signal::KILL)?;
    }
    let resumed = if end == Gone::Exited(4) { t.resume(Resume::Cont, Signal::NONE)? } else { t.left_alone() };
    resumed.ends(END, end)?;
    leader.kill(Signal::KILL)?;
    leader.ends(END, Gone::Killed(Signal::KILL, false))?;
    Ok(())
}
