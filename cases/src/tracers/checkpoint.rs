//! What CRIU does to a task that it saves: it seizes it, reads what is pending, runs code of its own in it, has
//! rt_sigreturn(2) bring it back, and lets it go, running or stopped.

use super::parasite::{CODE, Parasite};
use super::remote::{MUNMAP, inside, prepared};
use super::sigframe::frame;
use super::{
    DETACHED, END, ENTER, EXIT, INTERRUPTED, IS_X86, ON, ONE_START, READY, check_reaped, check_registers,
    check_same, is_page, parent_of, to_child,
};
use ptrace_conformance_harness::answers::Siginfo;
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::foreign;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::{Pid, Return, Word};

const PEEKED: &str = "siginfo.peek-private-default";
const SHARED: &str = "siginfo.peek-shared-flag";
const MASK: &str = "sigmask.set";
const RESTORED: &str = "signal.sigreturn-restores";
const LEFT: &str = "stop.no-delivery-while-stopped";

/// Words of the program: pending signals and mask as it finds them.
const PENDING: usize = 8;
const BLOCKED: usize = 9;
/// What the program blocks, the last two of them being sent to it.
const PROGRAM_MASK: u64 = Signal::set(&[Signal::CHLD, Signal::USR1, Signal::USR2]);
const ALL_BLOCKED: u64 = !Signal::set(&[Signal::KILL, Signal::STOP]);
pub(super) const PAGE: u64 = 0x1_0000;
pub(super) const MAP: [u64; 6] = [
    0,
    PAGE,
    (libc::PROT_READ | libc::PROT_WRITE) as u64,
    (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64,
    u64::MAX,
    0,
];

/// What the task does when CRIU comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Running,
    /// In futex(2), which is made again.
    Sleeping,
}

impl Axis for Place {
    const VALUES: &'static [(&'static str, Self)] =
        &[("running", Place::Running), ("sleeping", Place::Sleeping)];
}

/// How CRIU leaves it: `--leave-running`, `--leave-stopped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leave {
    Running,
    Stopped,
}

impl Axis for Leave {
    const VALUES: &'static [(&'static str, Self)] =
        &[("leftrunning", Leave::Running), ("leftstopped", Leave::Stopped)];
}

pub(super) const CASES: &[Case] = &[Case {
    name: "criu_saves_a_task",
    title: "A task is seized and interrupted, its pending signals are read and all signals blocked, code is run in it, and rt_sigreturn from a frame of the tracer's brings it back; it goes on as it was, or is stopped by a SIGSTOP that waited for PTRACE_DETACH.",
    clauses: &[INTERRUPTED, PEEKED, SHARED, MASK, CODE, ENTER, EXIT, RESTORED, LEFT, DETACHED, END],
    axes: &[
        ONE_START,
        axis::<Place>(&["running", "sleeping"]),
        axis::<Leave>(&["leftrunning", "leftstopped"]),
    ],
    program: |p| {
        let place: Place = p.pick();
        parent_of(p, |p| task(p, place));
    },
    scenario: saved,
    ..Case::NEW
}];

/// Has a signal pending in each of its queues, and at the end says what it finds.
fn task(p: &mut Program, place: Place) {
    p.block(&[Signal::USR1, Signal::USR2]);
    p.raise(Signal::USR1);
    let own = p.call(Syscall::GETPID, &[0; 0]);
    p.call(Syscall::KILL, &[own.into(), Arg::Word(libc::SIGUSR2 as u64)]);
    p.store(Program::shared(READY), 1);
    match place {
        Place::Running => p.await_word(Program::shared(ON)),
        Place::Sleeping => p.call(Syscall::FUTEX, &[Program::shared(ON), libc::FUTEX_WAIT as u64, 0, 0]),
    };
    p.call(Syscall::RT_SIGPENDING, &[Program::shared(PENDING), 8]);
    p.read_mask(BLOCKED);
    p.exit(7);
}

fn saved(t: Stopped) -> Flow {
    let (place, leave): (Place, Leave) = (t.pick()?, t.pick()?);
    let (parent, t) = to_child(t)?;
    if place == Place::Sleeping {
        t.await_state(&['S'])?;
    }
    let t = seized(t, options::TRACESYSGOOD)?;
    check_pending(&t);
    let mask = t.must("PTRACE_GETSIGMASK", t.signal_mask())?;
    t.check(MASK, "mask of the program", Word(PROGRAM_MASK), Word(mask));
    t.check(MASK, "PTRACE_SETSIGMASK", Ok(()), t.set_signal_mask(u64::MAX));
    let found = t.steady_registers(INTERRUPTED)?;
    t.check(MASK, "mask while code runs", Ok(Word(ALL_BLOCKED)), t.signal_mask().map(Word));
    let t = infected(t, &found)?;
    let t = returned(t, &resumable(place, &found), mask)?;
    t.check(RESTORED, "mask", Ok(Word(mask)), t.signal_mask().map(Word));
    check_pending(&t);
    let child = left(t, leave)?;
    let parent = parent.ends(END, Gone::Exited(3))?;
    check_reaped(&parent, &child)?;
    let signals = Signal::set(&[Signal::USR1, Signal::USR2]);
    child.check(DETACHED, "signals pending in the program", Word(signals), Word(child.word(PENDING)));
    child.check(DETACHED, "mask of the program", Word(PROGRAM_MASK), Word(child.word(BLOCKED)));
    if place == Place::Sleeping {
        child.check_saw(DETACHED, "futex", Some(Return::error(Errno::EAGAIN)))?;
    }
    child.reaped_by_parent();
    Ok(())
}

/// Seized, interrupted, and with these options.
pub(super) fn seized(t: Running, options: u32) -> Flow<Stopped> {
    t.seize(0)?;
    t.interrupt()?;
    let t = t.expect(INTERRUPTED, Stop::EventStop(Signal::TRAP))?;
    t.check(INTERRUPTED, "PTRACE_SETOPTIONS", Ok(()), t.set_options(options));
    Ok(t)
}

fn check_pending(t: &Stopped) {
    let user = foreign::user();
    let told = |of_process| {
        let told =
            |told: &Siginfo| ((told.signal, told.errno), ((told.code, Pid(told.pid)), told.uid == user));
        t.pending(of_process).map(|found| found.iter().map(told).collect::<Vec<_>>())
    };
    let sent = |signal, code| Ok(vec![((signal, 0), ((code, Pid(t.pid)), true))]);
    t.check(PEEKED, "signals pending for the thread", sent(Signal::USR1, libc::SI_TKILL), told(false));
    t.check(SHARED, "signals pending for the process", sent(Signal::USR2, libc::SI_USER), told(true));
}

/// Maps and unmaps a page by code put into the task.
pub(super) fn infected(t: Stopped, found: &Registers) -> Flow<Stopped> {
    let parasite = Parasite::settle(&t)?;
    let (t, page) = parasite.call(t, found, Syscall::MMAP, &MAP)?;
    t.check(CODE, "a page was mapped", true, is_page(page));
    let (t, done) = parasite.call(t, found, MUNMAP, &[page, PAGE])?;
    t.check(CODE, "result of munmap", Return(0), Return(done));
    parasite.leave(&t)?;
    Ok(t)
}

/// The registers to go on with: an interrupted call is made again, which aarch64 has prepared already.
fn resumable(place: Place, found: &Registers) -> Registers {
    if IS_X86 && place == Place::Sleeping {
        let again = found.with(arch::IP, found.ip() - arch::SYSCALL_LENGTH);
        return again.with(arch::RESULT, Syscall::FUTEX.number).with(arch::NUMBER, u64::MAX);
    }
    *found
}

/// Has the task return from a handler that there was not, to these registers and this mask: gives the exit-stop.
fn returned(t: Stopped, registers: &Registers, mask: u64) -> Flow<Stopped> {
    let place = Program::area(0).next_multiple_of(16);
    let frame = t.must("PTRACE_GETREGSET NT_PRFPREG", frame(&t, registers, mask))?;
    t.set_memory(place, &frame.words)?;
    let calling = prepared(registers, Syscall::RT_SIGRETURN, &[]).with(arch::SP, place + frame.entered);
    t.set_registers(&calling)?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    let found = t.registers()?;
    let inside = inside(&calling, &found, Syscall::RT_SIGRETURN);
    check_same(&t, ENTER, "registers otherwise at rt_sigreturn", &found, &inside);
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    check_registers(&t, RESTORED, "registers otherwise than in the frame", registers)?;
    Ok(t)
}

/// Lets the task go, and on to its end.
fn left(t: Stopped, leave: Leave) -> Flow<Running> {
    t.set_word(ON, 1);
    if leave == Leave::Running {
        return t.detach(Signal::NONE);
    }
    t.kill(Signal::STOP)?;
    t.check(LEFT, "a report while it is stopped", Ok(None), t.poll_id(t.pid as u64));
    let t = t.detach(Signal::NONE)?;
    t.await_state(&['T'])?;
    check_left(&t, LEFT)?;
    t.kill(Signal::CONT)?;
    Ok(t)
}

/// Stopped, and nobody's tracee.
pub(super) fn check_left(t: &Running, clause: &str) -> Flow {
    let status = t.proc_status()?;
    t.check(
        clause,
        "state and tracer in /proc",
        ('T'.to_string(), 0),
        (status.state.to_string(), status.tracer),
    );
    Ok(())
}
