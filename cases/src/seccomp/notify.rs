//! Filters that ask another task (`SECCOMP_RET_USER_NOTIF`): what the tracer sees of a call that a listener answers.

use super::{CALL, END, NEEDS, check_made};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Return;

const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";
const ANSWERED: &str = "seccomp.notif-answer";
const CONTINUED: &str = "seccomp.notif-continue";
const INTERRUPTED: &str = "seccomp.notif-interrupted";
const SIGNALS: &str = "stop.signal.every-delivery-stops";

/// The free words that let the listener look at the descriptor, and tell that it has done so.
const GO: usize = 0;
const LOOKED: usize = 1;
/// `SECCOMP_FILTER_FLAG_NEW_LISTENER`
const NEW_LISTENER: u64 = 8;
/// `SECCOMP_IOCTL_NOTIF_RECV` and `SECCOMP_IOCTL_NOTIF_SEND`
const RECEIVE: u64 = 0xc050_2100;
const SEND: u64 = 0xc018_2101;
/// An argument that the call does not look at.
const ARGUMENT: u64 = 7;
/// What the listener answers.
const VALUE: u64 = 42;

/// The listener's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    Value,
    Error,
    Continue,
}

impl Axis for Reply {
    const VALUES: &'static [(&'static str, Self)] =
        &[("value", Reply::Value), ("error", Reply::Error), ("continue", Reply::Continue)];
}

impl Reply {
    /// `struct seccomp_notif_resp` behind its id: value, then error and flags.
    const fn words(self) -> [u64; 2] {
        match self {
            Reply::Value => [VALUE, 0],
            Reply::Error => [0, (-libc::EPERM) as u32 as u64],
            // SECCOMP_USER_NOTIF_FLAG_CONTINUE
            Reply::Continue => [0, 1 << 32],
        }
    }

    const fn clause(self) -> &'static str {
        if matches!(self, Reply::Continue) { CONTINUED } else { ANSWERED }
    }
}

/// A filter that asks about the call, a thread that answers when it may, and the call.
fn asks(p: &mut Program) {
    asks_listener(p, |_, _| ());
}

/// The same, where the listener first looks for a notification that is no longer there.
fn asks_again(p: &mut Program) {
    asks_listener(p, |p, receive| {
        p.call(Syscall::IOCTL, &receive);
        p.store(Program::shared(LOOKED), 1);
    });
}

fn asks_listener(p: &mut Program, first: fn(&mut Program, [Arg; 3])) {
    let reply: Reply = p.pick();
    let notification = p.data(&[0; 10]);
    let [value, rest] = reply.words();
    let response = p.data(&[0, value, rest]);
    let filter = Arg::Result(p.filter_with(NEW_LISTENER, CALL, libc::SECCOMP_RET_USER_NOTIF));
    p.thread("listener", |p| {
        let receive = [filter, Arg::Word(RECEIVE), Arg::Word(notification)];
        p.await_word(Program::shared(GO));
        first(p, receive);
        p.call(Syscall::IOCTL, &receive);
        let id = p.load(notification);
        p.store(response, id);
        p.call(Syscall::IOCTL, &[filter, Arg::Word(SEND), Arg::Word(response)]);
        p.exit_thread(0);
    });
    p.breakpoint();
    p.call(CALL, &[ARGUMENT]);
    p.exit(3);
}

/// To the enter-stop of the call.
fn to_call(t: Stopped) -> Flow<Stopped> {
    let t = t.cont()?.expect(SIGNALS, Stop::Signal(Signal::TRAP))?;
    t.pass_breakpoint()?;
    t.syscall()?.expect(ENTER, Stop::SyscallEnter)
}

/// From the enter-stop, with the listener's answer, to the exit-stop and the end.
fn answered(t: Stopped) -> Flow {
    let reply: Reply = t.pick()?;
    t.set_word(GO, 1);
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let expected = match reply {
        Reply::Value => Return(VALUE),
        Reply::Error => Return::error(Errno::EPERM),
        Reply::Continue => Return(std::process::id().into()),
    };
    let registers = t.registers()?;
    if cfg!(target_arch = "x86_64") {
        // On aarch64 it is the result's register.
        t.check(EXIT, "first argument", ARGUMENT, registers.arg(0));
    }
    let result = Return(registers.result());
    t.check(reply.clause(), "the result register has the answer", true, result == expected);
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    match reply {
        Reply::Continue => check_made(&task, CONTINUED, CALL.name),
        _ => task.check_saw(ANSWERED, CALL.name, Some(expected)),
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "answered_by_a_listener",
        title: "A call that a listener answers has its enter-stop first and then an exit-stop with the answer as result; one that is let through is made.",
        clauses: &[SIGNALS, ENTER, EXIT, ANSWERED, CONTINUED, END],
        axes: &[ANY_START, axis::<Reply>(&["value", "error", "continue"])],
        needs: NEEDS,
        program: asks,
        scenario: |t| answered(to_call(t)?),
        ..Case::NEW
    },
    Case {
        name: "interrupted_before_the_answer",
        title: "A signal ends the wait for an answer like a call that is restarted: the exit-stop shows ERESTARTSYS, and behind the suppressed signal the call asks again.",
        clauses: &[SIGNALS, ENTER, EXIT, ANSWERED, CONTINUED, INTERRUPTED, END],
        axes: &[ANY_START, axis::<Reply>(&["value", "continue"])],
        needs: NEEDS,
        program: asks_again,
        scenario: |t| {
            let t = to_call(t)?;
            t.kill_thread(t.pid, Signal::USR1)?;
            let t = t.syscall()?.expect(INTERRUPTED, Stop::SyscallExit)?;
            let result = Return(t.registers()?.result());
            t.check(INTERRUPTED, "result register", Return::error(Errno::ERESTARTSYS), result);
            let t = t.syscall()?.expect(INTERRUPTED, Stop::Signal(Signal::USR1))?;
            // The notification was taken back with the wait, which only a look at it shows.
            t.set_word(GO, 1);
            t.await_word(LOOKED);
            t.check_saw(INTERRUPTED, "ioctl", Some(Return::error(Errno::ENOENT)))?;
            let t = t.resume(Resume::Syscall, Signal::NONE)?.expect(INTERRUPTED, Stop::SyscallEnter)?;
            t.check(INTERRUPTED, "number", CALL.number, t.syscall_number()?);
            answered(t)
        },
        ..Case::NEW
    },
];
