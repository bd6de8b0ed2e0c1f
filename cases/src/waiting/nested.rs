//! Waits of programs that trace: with and without somewhere to put the answer, and from another thread.

use super::sigchld::hears;
use super::way::{END, ENDS};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, At, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::{Pid, Return, Word};
use ptrace_conformance_harness::waiting::{Code, our_uid};

/// A call that waits, and whether it is given places for what it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Wait4,
    Wait4Null,
    Waitid,
    WaitidNull,
}

impl Axis for Form {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("wait4", Form::Wait4),
        ("wait4null", Form::Wait4Null),
        ("waitid", Form::Waitid),
        ("waitidnull", Form::WaitidNull),
    ];
}

/// Where the siginfo and the rusage go.
const INFO: usize = 12;
const USAGE: usize = 32;
/// Words of `struct rusage` that Linux always clears: `ru_ixrss`, `ru_nsignals`.
const CLEARED: [usize; 2] = [USAGE + 5, USAGE + 15];

const BLOCKS: &str = "wait.blocks-until-change";
const WAKES: &str = "wait.notify-on-entry";
const NULL: &str = "wait.waitid.null-infop";
const USED: &str = "wait.waitid.rusage";
const SHARED: &str = "wait.threads-wait-for-each-other";
const OWN: &str = "wait.wnothread";
const TRAPPED: &str = "sigaction.sigchld-fields";
const EXITED: &str = "death.sigchld-status";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "stop_wakes_the_tracer",
        title: "A tracer's wait blocks until its tracee stops, fills in what it has a place for, the resources used among it, and takes the stop without any.",
        clauses: &[END, BLOCKS, WAKES, NULL, USED, TRAPPED, EXITED, "wait.waitid.si-pid-uid"],
        axes: &[axis::<Start>(&["seize"]), axis::<Form>(&["wait4", "wait4null", "waitid", "waitidnull"])],
        program: |p| {
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(0));
                p.raise(Signal::USR1);
                p.exit(7);
            });
            p.ptrace(Request::SEIZE, child, 0, 0);
            waits(p, child);
            p.wait4(child, 11, libc::WNOHANG);
            p.ptrace(Request::CONT, child, 0, 0);
            p.wait4(child, 11, 0);
            p.exit(3);
        },
        scenario: |t| {
            let form: Form = t.pick()?;
            let (step, next, last) = match form {
                Form::Wait4 | Form::Wait4Null => ("wait4", "wait4_2", "wait4_3"),
                Form::Waitid | Form::WaitidNull => ("waitid", "wait4", "wait4_2"),
            };
            CLEARED.iter().for_each(|&word| t.set_word(word, u64::MAX));
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            t.await_state(&['S'])?;
            t.check_saw(BLOCKS, step, None)?;
            t.set_word(0, 1);
            let t = hears(t, TRAPPED, &child, (libc::CLD_TRAPPED, libc::SIGUSR1))?;
            let t = hears(t, EXITED, &child, (libc::CLD_EXITED, 7))?.ends(END, ENDS)?;
            check_answer(&t, form, step, &child)?;
            t.check_saw(WAKES, next, Some(Return(0)))?;
            t.check_saw_pid(WAKES, last, &child)?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "thread_beside_the_tracer_waits",
        title: "Another thread of the tracer's process gets stop and end of the tracee, but not with __WNOTHREAD, and may not resume it.",
        clauses: &[END, SHARED, OWN],
        axes: &[axis::<Start>(&["seize"])],
        program: |p| {
            let mut child = None;
            p.thread("tracer", |p| {
                let made = p.fork("child", |p| {
                    p.await_word(Program::shared(0));
                    p.raise(Signal::USR1);
                    p.exit(7);
                });
                p.ptrace(Request::SEIZE, made, 0, 0);
                p.store(Program::shared(1), 1);
                p.await_word(Program::shared(3));
                p.ptrace(Request::CONT, made, 0, 0);
                p.spin();
                child = Some(made);
            });
            p.await_word(Program::shared(2));
            let child = child.map_or(Arg::Word(0), Arg::Result);
            p.wait4(child, 10, libc::__WNOTHREAD | libc::WNOHANG);
            p.wait4(child, 11, libc::WNOHANG);
            p.ptrace(Request::CONT, child, 0, 0);
            p.store(Program::shared(3), 1);
            p.wait4(child, 12, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            t.await_word(1);
            let child = t.made("fork", "child")?;
            t.set_word(0, 1);
            child.await_state(&['t'])?;
            t.set_word(2, 1);
            let t = t.ends(END, ENDS)?;
            t.check_saw(OWN, "wait4", Some(Return::error(Errno::ECHILD)))?;
            t.check_saw_pid(SHARED, "wait4_2", &child)?;
            t.check_saw(SHARED, "ptrace_3", Some(Return::error(Errno::ESRCH)))?;
            t.check_saw_pid(SHARED, "wait4_3", &child)?;
            let told = [11, 12].map(|word| Word(t.word(word)));
            t.check(SHARED, "statuses that the thread got", [0xa7f, 7 << 8].map(Word), told);
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// The variant's wait for whatever the child does next.
fn waits(p: &mut Program, child: At) {
    let (child, null) = (Arg::Result(child), Arg::Word(0));
    let (status, usage) = (Arg::Word(Program::shared(10)), Arg::Word(Program::shared(USAGE)));
    let (kind, info) = (Arg::Word(libc::P_PID.into()), Arg::Word(Program::shared(INFO)));
    let flags = Arg::Word((libc::WSTOPPED | libc::WEXITED) as u64);
    match p.pick() {
        Form::Wait4 => p.call(Syscall::WAIT4, &[child, status, null, usage]),
        Form::Wait4Null => p.call(Syscall::WAIT4, &[child, null, null, null]),
        Form::Waitid => p.call(Syscall::WAITID, &[kind, child, info, flags, usage]),
        Form::WaitidNull => p.call(Syscall::WAITID, &[kind, child, null, flags, null]),
    };
}

/// What the variant's wait returned, and what it left in its places.
fn check_answer(t: &Task, form: Form, step: &str, child: &Task) -> Flow {
    match form {
        Form::Wait4 | Form::Wait4Null => t.check_saw_pid(WAKES, step, child)?,
        Form::Waitid | Form::WaitidNull => t.check_saw(NULL, step, Some(Return(0)))?,
    }
    let cleared = if matches!(form, Form::Wait4 | Form::Waitid) { 0 } else { u64::MAX };
    t.check(
        USED,
        "resources that are never counted",
        [cleared; 2].map(Word),
        CLEARED.map(|word| Word(t.word(word))),
    );
    let status = if form == Form::Wait4 { 0x7f | 10 << 8 } else { 0 };
    t.check(WAKES, "status that wait4 left", Word(status), Word(t.word(10)));
    let words = [0, 1, 2, 3].map(|at| t.word(INFO + at));
    let field = |at: usize| (words[at / 2] >> (at % 2 * 32)) as i32;
    const SIUID: &str = "wait.waitid.si-pid-uid";
    let told = form == Form::Waitid;
    let fields = [field(0), field(1), field(6)];
    let expected = if told { [libc::SIGCHLD, 0, libc::SIGUSR1] } else { [0; 3] };
    t.check(WAKES, "si_signo, si_errno, si_status", expected, fields);
    t.check(WAKES, "si_code", Code(if told { libc::CLD_TRAPPED } else { 0 }), Code(field(2)));
    t.check(SIUID, "si_pid", Pid(if told { child.pid } else { 0 }), Pid(field(4)));
    t.check(SIUID, "si_uid is ours", true, field(5) as u32 == if told { our_uid() } else { 0 });
    Ok(())
}
