//! Descriptors of processes and threads: what a tracer may do with one, and what a stop does to it.

use super::way::{END, ENDS};
use crate::changes::DESCRIPTOR_OF_NO_LEADER;
use crate::event_stops::tasks::split;
use ptrace_conformance_harness::case::{ANY_START, Case, Need, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::request::{Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::Task;
use ptrace_conformance_harness::values::{Return, Word};

const OPENED: &str = "pidfd.open-tracee";
const READABLE: &str = "pidfd.poll-not-on-stop";
const NOTHING_YET: &str = "pidfd.nonblock-eagain";
const OF_ALL: &str = "pidfd.poll-whole-process";
const OF_THREAD: &str = "pidfd.thread-flag";
const REFUSED: &str = "pidfd.thread-required";
const TO_THREAD: &str = "pidfd.signal-thread-scope";

/// `PIDFD_THREAD` (include/uapi/linux/pidfd.h)
const PIDFD_THREAD: u64 = libc::O_EXCL as u64;
/// ppoll(2), with a name of its own in the program.
const POLL: Syscall = Syscall::numbered(libc::SYS_ppoll as u64, "poll_descriptor");
/// `struct pollfd` of the first descriptor, for reading.
const FIRST_IS_READABLE: u64 = (libc::POLLIN as u64) << 32;
/// Words of the program: where waitid tells of the stop, and of the end.
const STOPPED: usize = 16;
const ENDED: usize = 32;

/// Waits by a descriptor.
fn waits(p: &mut Program, file: At, info: usize, flags: i32) {
    let place = Program::shared(info);
    let args =
        [Arg::Word(u64::from(libc::P_PIDFD)), file.into(), place.into(), (flags as u64).into(), 0.into()];
    p.call(Syscall::WAITID, &args);
}

/// Whether the first descriptor can be read: now, or as soon as it can.
fn polls(p: &mut Program, now: bool) {
    let files = p.data(&[FIRST_IS_READABLE]);
    let until = if now { p.data(&[0, 0]) } else { 0 };
    p.call(POLL, &[files, 1, until, 0, 0]);
}

/// `si_code` and `si_status` of a siginfo in words of the program (`siginfo_t`, 64-bit).
fn told(t: &Task, info: usize) -> [Word; 2] {
    [info + 1, info + 3].map(|word| Word(t.word(word) & 0xffff_ffff))
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "by_descriptor",
        title: "A tracer waits for stops and the end by a descriptor of the tracee, which is closed on exec; a stop does not make it readable, the end does. One that does not block has EAGAIN where there is nothing to tell.",
        clauses: &[OPENED, READABLE, NOTHING_YET, END],
        axes: &[axis::<Start>(&["traceme"])],
        program: |p| {
            p.block(&[Signal::CHLD]);
            p.close_files();
            let child = p.fork("child", |p| {
                p.sleep();
            });
            let eager = p.call(Syscall::PIDFD_OPEN, &[Arg::from(child), (libc::O_NONBLOCK as u64).into()]);
            let file = p.call(Syscall::PIDFD_OPEN, &[Arg::from(child), 0.into()]);
            p.call(Syscall::FCNTL, &[Arg::from(file), (libc::F_GETFD as u64).into()]);
            waits(p, eager, STOPPED, libc::WSTOPPED | libc::WEXITED | libc::__WALL);
            p.ptrace(Request::SEIZE, child, 0, 0);
            p.ptrace(Request::INTERRUPT, child, 0, 0);
            waits(p, file, STOPPED, libc::WSTOPPED | libc::__WALL);
            polls(p, true);
            p.ptrace(Request::CONT, child, 0, 0);
            p.call(Syscall::KILL, &[Arg::from(child), (libc::SIGKILL as u64).into()]);
            polls(p, false);
            waits(p, eager, ENDED, libc::WEXITED | libc::__WALL);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            let t = t.ends(END, ENDS)?;
            child.reaped_by_parent();
            t.check_saw(OPENED, "pidfd_open", Some(Return(0)))?;
            t.check_saw(OPENED, "pidfd_open_2", Some(Return(1)))?;
            t.check_saw(OPENED, "fcntl", Some(Return(libc::FD_CLOEXEC as u64)))?;
            t.check_saw(NOTHING_YET, "waitid", Some(Return::error(Errno::EAGAIN)))?;
            for step in ["ptrace", "ptrace_2", "waitid_2", "ptrace_3", "kill", "waitid_3"] {
                t.check_saw(OPENED, step, Some(Return(0)))?;
            }
            let stop = (libc::SIGTRAP | libc::PTRACE_EVENT_STOP << 8) as u64;
            t.check(OPENED, "stop", [libc::CLD_TRAPPED as u64, stop].map(Word), told(&t, STOPPED));
            let end = [libc::CLD_KILLED, libc::SIGKILL].map(|word| Word(word as u64));
            t.check(OPENED, "end", end, told(&t, ENDED));
            t.check_saw(READABLE, "poll_descriptor", Some(Return(0)))?;
            t.check_saw(READABLE, "poll_descriptor_2", Some(Return(1)))
        },
        ..Case::NEW
    },
    Case {
        name: "descriptor_of_a_leader",
        title: "The descriptor of a process whose leader has ended is readable once its other threads have ended too, before its tracer has waited for it.",
        clauses: &[OF_ALL, END],
        axes: &[axis::<Start>(&["traceme"])],
        program: |p| {
            p.block(&[Signal::CHLD]);
            p.close_files();
            let child = p.fork("child", |p| {
                p.thread("thread", |p| {
                    p.await_word(Program::shared(0));
                    p.exit(7);
                });
                p.await_word(Program::shared(2));
                p.exit_thread(1);
            });
            p.call(Syscall::PIDFD_OPEN, &[Arg::from(child), 0.into()]);
            p.await_word(Program::shared(1));
            polls(p, true);
            p.store(Program::shared(0), 1);
            polls(p, false);
            p.store(Program::shared(3), 1);
            p.wait4(child, ENDED, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            child.seize(0)?;
            t.set_word(2, 1);
            child.await_state(&['Z'])?;
            t.set_word(1, 1);
            t.await_word(3);
            t.check_saw(OF_ALL, "poll_descriptor", Some(Return(0)))?;
            t.check_saw(OF_ALL, "poll_descriptor_2", Some(Return(1)))?;
            child.ends(END, Gone::Exited(7))?;
            let t = t.ends(END, ENDS)?;
            t.check(END, "status that the parent got", Word(7 << 8), Word(t.word(ENDED)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "descriptor_of_a_thread",
        title: "A descriptor of a thread takes PIDFD_THREAD; a signal by it is the thread's alone, and it is readable when the thread has ended, whether its tracer has waited for it or not.",
        clauses: &["event.clone.position", "attach.auto-attach", OF_THREAD, REFUSED, TO_THREAD, END],
        axes: &[ANY_START],
        needs: &[Need::Kernel(6, 9)],
        changes: &[&DESCRIPTOR_OF_NO_LEADER],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| {
            p.close_files();
            let thread = p.thread("thread", |p| {
                p.await_word(Program::shared(0));
                p.exit_thread(0);
            });
            let file = p.call(Syscall::PIDFD_OPEN, &[Arg::from(thread), PIDFD_THREAD.into()]);
            p.call(Syscall::PIDFD_OPEN, &[Arg::from(thread), 0.into()]);
            p.call(
                Syscall::PIDFD_SEND_SIGNAL,
                &[Arg::from(file), (Signal::USR1.0 as u64).into(), 0.into(), 0.into()],
            );
            polls(p, true);
            p.store(Program::shared(1), 1);
            polls(p, false);
            p.store(Program::shared(3), 1);
            // The end of the process would be the thread's, too.
            p.await_word(Program::shared(2));
            p.exit(3);
        },
        scenario: |t| {
            let (t, thread) = split(t)?;
            let thread = thread.cont()?.expect(TO_THREAD, Stop::Signal(Signal::USR1))?;
            t.await_word(1);
            t.set_word(0, 1);
            let thread = thread.cont()?;
            t.await_word(3);
            let state = thread.proc_status()?.state.to_string();
            t.check(OF_THREAD, "state of the thread in /proc", "Z".to_owned(), state);
            thread.ends(END, Gone::Exited(0))?;
            t.set_word(2, 1);
            let t = t.ends(END, ENDS)?;
            let no_leader = t.across(&DESCRIPTOR_OF_NO_LEADER, Errno::EINVAL, Errno(libc::ENOENT))?;
            t.check_saw(OF_THREAD, "pidfd_open", Some(Return(0)))?;
            t.check_saw(REFUSED, "pidfd_open_2", Some(Return::error(no_leader)))?;
            t.check_saw(TO_THREAD, "pidfd_send_signal", Some(Return(0)))?;
            // At the thread's stop not yet, and then.
            t.check_saw(OF_THREAD, "poll_descriptor", Some(Return(0)))?;
            t.check_saw(OF_THREAD, "poll_descriptor_2", Some(Return(1)))
        },
        ..Case::NEW
    },
];
