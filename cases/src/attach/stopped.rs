//! Attaching to a process that job control has stopped: its stop becomes a ptrace-stop.

use super::way::{
    COME, Come, DETACHED, GROUP, KILLED, ON, ONCE, ONE_START, PARENT, PARENT_ENDS, READY, RUNS, SIGSTOP,
    STATUS, awaited, both_end, check_once, check_proc, check_sigstop, ends_untraced, to_child,
};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Dimension, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{At, Program};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};

const AT_ONCE: &str = "kdoc.attach-stopped-hides-transition";
const CONT: &str = "attach.attach.sigcont-first";
const AGAIN: &str = "kdoc.unlink-group-stop";
const TRANSPARENT: &str = "detach.transparent-to-parent";
const RUNS_ON: &str = "group.cont-ignores-stop";
const SEIZED_CONT: &str = "group.listen-reports-sigcont";
const TOLD: &str = "kdoc.real-parent-group-stop";

/// Where the code segment is in x86_64's USER area: `offsetof(struct user_regs_struct, cs)` (asm/user_64.h).
const CS: u64 = 8 * 17;

/// Words of the program: the parent may look, has looked; what it found first, later, and
/// in the end, before the child ends.
const LOOK: usize = 8;
const LOOKED: usize = 9;
const FIRST: usize = 10;
const LATER: usize = 11;
const WOKEN: usize = 12;
const HEARD: usize = 13;

/// What stops the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Sigstop,
    Sigtstp,
}

impl Axis for By {
    const VALUES: &'static [(&'static str, Self)] = &[("sigstop", By::Sigstop), ("sigtstp", By::Sigtstp)];
}

impl By {
    const fn signal(self) -> Signal {
        match self {
            By::Sigstop => Signal::STOP,
            By::Sigtstp => Signal(libc::SIGTSTP),
        }
    }
}

/// Whether the parent has waited for the stop before the tracer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parent {
    HasSeen,
    HasNot,
}

impl Axis for Parent {
    const VALUES: &'static [(&'static str, Self)] = &[("seen", Parent::HasSeen), ("unseen", Parent::HasNot)];
}

/// Which thread of the stopped process is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whom {
    Leader,
    Thread,
}

impl Axis for Whom {
    const VALUES: &'static [(&'static str, Self)] = &[("leader", Whom::Leader), ("thread", Whom::Thread)];
}

/// The signal that is given to `PTRACE_DETACH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    None,
    Cont,
    Stop,
    Usr1,
    Kill,
}

impl Axis for Given {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("none", Given::None),
        ("sigcont", Given::Cont),
        ("sigstop", Given::Stop),
        ("sigusr1", Given::Usr1),
        ("sigkill", Given::Kill),
    ];
}

impl Given {
    const fn signal(self) -> Signal {
        match self {
            Given::None => Signal::NONE,
            Given::Cont => Signal::CONT,
            Given::Stop => Signal::STOP,
            Given::Usr1 => Signal::USR1,
            Given::Kill => Signal::KILL,
        }
    }
}

const PARENTS: Dimension = axis::<Parent>(&["seen", "unseen"]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "stopped_process",
        title: "Attaching to a stopped process makes its stop a ptrace-stop, which is there at once and reported once; PTRACE_CONT runs it although the process stays stopped, after an attach by way of its SIGSTOP.",
        clauses: &[
            AT_ONCE,
            GROUP,
            SIGSTOP,
            RUNS_ON,
            "attach.attach.sigstop-siginfo",
            "group.getsiginfo-einval",
            "kdoc.seized-stop-signo",
            ONCE,
            END,
            PARENT,
        ],
        axes: &[ONE_START, COME, axis::<By>(&["sigstop", "sigtstp"]), PARENTS],
        program: |p| {
            let by: By = p.pick();
            let parent: Parent = p.pick();
            stops(p, by.signal(), parent == Parent::HasSeen);
        },
        scenario: |t| {
            let (come, signal) = (t.pick::<Come>()?, t.pick::<By>()?.signal());
            let (parent, t) = to_stopped(t)?;
            come.to(&t)?;
            let t = converted(t, come, signal)?;
            let t = runs_on(t, come)?;
            check_seen(&parent, signal)?;
            both_end(parent, t, "wait4_2")
        },
        ..Case::NEW
    },
    Case {
        name: "stopped_thread",
        title: "Attaching to either thread of a stopped process finds it in group-stop, and PTRACE_CONT runs that one alone.",
        clauses: &[
            AT_ONCE,
            GROUP,
            SIGSTOP,
            RUNS_ON,
            "attach.attach.sigstop-siginfo",
            "group.getsiginfo-einval",
            "kdoc.seized-stop-signo",
            ONCE,
            "attach.per-thread",
            KILLED,
        ],
        axes: &[ONE_START, COME, axis::<Whom>(&["leader", "thread"])],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.thread("thread", |p| {
                    p.store(Program::shared(READY), 1);
                    p.await_word(Program::shared(LOOK));
                    p.store(Program::shared(RUNS), 1);
                    p.spin();
                });
                p.await_word(Program::shared(LOOK));
                p.store(Program::shared(RUNS), 1);
                p.spin();
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: one_of_a_stopped_process,
        ..Case::NEW
    },
    Case {
        name: "sigcont_before_the_wait",
        title: "SIGCONT behind an attach to a stopped process: first the stop that it is in, then SIGCONT; the SIGSTOP of PTRACE_ATTACH is gone.",
        clauses: &[GROUP, CONT, SEIZED_CONT, END, PARENT],
        axes: &[ONE_START, COME],
        program: |p| stops(p, Signal::STOP, true),
        scenario: |t| {
            let come: Come = t.pick()?;
            let (parent, t) = to_stopped(t)?;
            come.to(&t)?;
            t.kill(Signal::CONT)?;
            let mut t = t.expect(GROUP, come.group_stop(Signal::STOP))?;
            if come == Come::Seize {
                t = t.cont()?.expect(SEIZED_CONT, Stop::EventStop(Signal::TRAP))?;
            }
            let t = t.cont()?.expect(CONT, Stop::Signal(Signal::CONT))?;
            both_end(parent, t.cont()?, "wait4_2")
        },
        ..Case::NEW
    },
    Case {
        name: "detached_as_it_was",
        title: "A stopped process that is attached to and detached from stays stopped, whatever signal PTRACE_DETACH is given; its parent hears nothing new of it, and what it had yet to hear.",
        clauses: &[GROUP, AGAIN, TRANSPARENT, DETACHED, "detach.signal-at-event-stop", END],
        axes: &[
            ONE_START,
            COME,
            PARENTS,
            axis::<Given>(&["none", "sigcont", "sigstop", "sigusr1", "sigkill"]),
        ],
        program: |p| {
            let parent: Parent = p.pick();
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| stopping(p, Signal::STOP));
            first_look(p, child, parent == Parent::HasSeen);
            p.await_word(Program::shared(LOOK));
            p.wait4(child, LATER, libc::WUNTRACED | libc::WCONTINUED | libc::WNOHANG);
            p.store(Program::shared(LOOKED), 1);
            p.wait4(child, WOKEN, libc::WCONTINUED);
            p.store(Program::shared(HEARD), 1);
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (come, given): (Come, Given) = (t.pick()?, t.pick()?);
            let (parent, t) = to_stopped(t)?;
            come.to(&t)?;
            let t = t.expect(GROUP, come.group_stop(Signal::STOP))?.detach(given.signal())?;
            stays_stopped(&t)?;
            let dropped = "detach.signal-at-event-stop";
            t.check(dropped, "word of the program that has not run on", 0, t.word(RUNS));
            parent.set_word(LOOK, 1);
            parent.await_word(LOOKED);
            let seen = parent.pick::<Parent>()? == Parent::HasSeen;
            let unseen = if seen { None } else { Some(STOPPED) };
            check_wait(&parent, TRANSPARENT, "wait4_2", &t, unseen, LATER)?;
            t.kill(Signal::CONT)?;
            t.await_word(RUNS);
            parent.await_word(HEARD);
            let kept = parent.made("fork", "child")?;
            ends_untraced(parent, t, "wait4_4")?;
            check_wait(&kept, TRANSPARENT, "wait4_3", &kept, Some(CONTINUED), WOKEN)?;
            kept.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "attach_stop_passed_on",
        title: "PTRACE_CONT with the SIGSTOP of PTRACE_ATTACH stops the process, which its parent sees; memory can be read and PTRACE_DETACH works there, and leaves it stopped.",
        clauses: &[
            SIGSTOP,
            GROUP,
            AGAIN,
            DETACHED,
            "attach.attach.suppress-sigstop",
            "kdoc.real-parent-group-stop",
            END,
        ],
        axes: &[ONE_START],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", awaited);
            p.wait4(child, FIRST, libc::WUNTRACED);
            p.store(Program::shared(LOOKED), 1);
            p.wait4(child, WOKEN, libc::WCONTINUED);
            p.store(Program::shared(HEARD), 1);
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (parent, t) = to_child(t)?;
            t.attach()?;
            let t = t.expect(SIGSTOP, Stop::Signal(Signal::STOP))?;
            let t = t.resume(Resume::Cont, Signal::STOP)?;
            let t = t.expect("attach.attach.suppress-sigstop", Stop::Group(Signal::STOP))?;
            parent.await_word(LOOKED);
            check_wait(&parent, TOLD, "wait4", &t, Some(STOPPED), FIRST)?;
            t.check(GROUP, "a word read there", Ok(Word(1)), t.peek(Program::shared(READY)).map(Word));
            if cfg!(target_arch = "x86_64") {
                t.check(GROUP, "cs in the USER area", Ok(Word(0x33)), t.peek_user(CS).map(Word));
            }
            let t = t.detach(Signal::NONE)?;
            stays_stopped(&t)?;
            t.kill(Signal::CONT)?;
            parent.await_word(HEARD);
            let kept = parent.made("fork", "child")?;
            ends_untraced(parent, t, "wait4_3")?;
            check_wait(&kept, TOLD, "wait4_2", &kept, Some(CONTINUED), WOKEN)?;
            kept.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// Wait status of a process stopped by SIGSTOP, and of one that SIGCONT has woken.
const STOPPED: i32 = 0x7f | libc::SIGSTOP << 8;
const CONTINUED: i32 = 0xffff;

/// A child that stops itself, and its parent, which waits for that or does not.
fn stops(p: &mut Program, signal: Signal, seen: bool) {
    p.block(&[Signal::CHLD]);
    let child = p.fork("child", |p| stopping(p, signal));
    first_look(p, child, seen);
    p.wait4(child, STATUS, 0);
    p.exit(3);
}

fn stopping(p: &mut Program, signal: Signal) {
    p.raise(signal);
    p.store(Program::shared(RUNS), 1);
    p.await_word(Program::shared(ON));
    p.exit(7);
}

/// Waits for the stop, or looks for an end only, which there is none of.
fn first_look(p: &mut Program, child: At, seen: bool) {
    p.wait4(child, FIRST, if seen { libc::WUNTRACED } else { libc::WNOHANG });
    p.store(Program::shared(READY), 1);
}

fn to_stopped(t: Stopped) -> Flow<(Running, Running)> {
    let (parent, t) = to_child(t)?;
    t.await_state(&['T'])?;
    Ok((parent, t))
}

/// The stop of the process as the tracer finds it.
fn converted(t: Running, come: Come, signal: Signal) -> Flow<Stopped> {
    let status = come.group_status(signal);
    let told = Some((libc::CLD_TRAPPED, status.0 >> 8));
    t.check(AT_ONCE, "waitid at once", Ok(told), t.report());
    let t = t.expect(GROUP, come.group_stop(signal))?;
    t.check(GROUP, "status", status, t.status);
    let (clause, expected) = match come {
        Come::Attach => ("group.getsiginfo-einval", Err(Errno::EINVAL)),
        Come::Seize => ("kdoc.seized-stop-signo", Ok((signal, signal.0 | 128 << 8))),
    };
    t.check(clause, "si_signo and si_code", expected, t.siginfo().map(|info| (info.signal, info.code)));
    check_once(&t);
    t.check(GROUP, "PTRACE_SETOPTIONS", Ok(()), t.set_options(0));
    Ok(t)
}

/// On from there: whoever attached meets its own SIGSTOP first.
fn runs_on(t: Stopped, come: Come) -> Flow<Running> {
    t.check(RUNS_ON, "word of the program that has not run on", 0, t.word(RUNS));
    let mut t = t.cont()?;
    if come == Come::Attach {
        let stop = t.expect(SIGSTOP, Stop::Signal(Signal::STOP))?;
        check_sigstop(&stop);
        t = stop.cont()?;
    }
    t.set_word(LOOK, 1);
    t.await_word(RUNS);
    t.check(RUNS_ON, "wait", Ok(None), t.poll());
    Ok(t)
}

fn check_seen(parent: &Task, signal: Signal) -> Flow {
    let seen = parent.pick::<Parent>()? == Parent::HasSeen;
    let status = if seen { 0x7f | signal.0 << 8 } else { 0 };
    parent.check(GROUP, "status that the parent got before", Word(status as u64), Word(parent.word(FIRST)));
    Ok(())
}

/// What the parent got at a wait: nothing, or this status of the child.
fn check_wait(parent: &Task, clause: &str, step: &str, child: &Task, told: Option<i32>, word: usize) -> Flow {
    match told {
        Some(_) => parent.check_saw_pid(clause, step, child)?,
        None => parent.check_saw(clause, step, Some(Return(0)))?,
    }
    let status = told.unwrap_or_default() as u64;
    parent.check(clause, "status that the parent got then", Word(status), Word(parent.word(word)));
    Ok(())
}

fn stays_stopped(t: &Running) -> Flow {
    t.await_state(&['T'])?;
    check_proc(t, AGAIN, 'T', false)
}

fn one_of_a_stopped_process(t: Stopped) -> Flow {
    const OTHER: &str = "attach.per-thread";
    let (come, whom): (Come, Whom) = (t.pick()?, t.pick()?);
    let (parent, leader) = to_child(t)?;
    let thread = parent.made("clone", "thread")?;
    leader.kill(Signal::STOP)?;
    leader.await_state(&['T'])?;
    thread.await_state(&['T'])?;
    let (t, other) = if whom == Whom::Leader { (leader, thread) } else { (thread, leader) };
    come.to(&t)?;
    let t = runs_on(converted(t, come, Signal::STOP)?, come)?;
    check_proc(&other, OTHER, 'T', false)?;
    t.kill(Signal::KILL)?;
    t.ends(KILLED, Gone::Killed(Signal::KILL, false))?;
    let parent = parent.ends(KILLED, PARENT_ENDS)?;
    let status = Word(libc::SIGKILL as u64);
    parent.check(KILLED, "status that the parent got", status, Word(parent.word(STATUS)));
    other.reaped_by_parent();
    Ok(())
}
