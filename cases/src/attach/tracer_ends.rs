//! What becomes of a tracee whose tracer ends: the case's first task traces a child of its own, and ends at its word.

use super::way::{KILLED, ON, PARENT_ENDS, READY, RUNS, TRACER};
use crate::event_stops::tasks::{END, MADE, TRACED, split};
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::program::{Arg, At as Step, Program};
use ptrace_conformance_harness::request::{Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Pid, Return, Word};

const RELEASED: &str = "detach.tracer-death-detaches";
const STAYS: &str = "detach.tracer-death-group-stop";
const LOST: &str = "detach.tracer-death-waited-signal";
const GIVEN: &str = "detach.tracer-death-signal-stop";
const EXITKILL: &str = "opt.exitkill.any-state";
const THREAD: &str = "kdoc.tracer-is-thread";

/// Words of the program: the tracer is ready, and may end; the wait status that it got; the
/// tracee may make its call.
const THERE: usize = 8;
const MAY_END: usize = 9;
const STOPPED: usize = 10;
const ENTERS: usize = 11;
const SECOND: usize = 12;

/// The tracee's state when its tracer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    Sleeping,
    Vfork,
    Interrupted,
    Enter,
    /// At a signal-delivery-stop that the tracer has waited for.
    Waited,
    /// At one that it has only looked at.
    Unwaited,
    Group,
    Listening,
}

impl Axis for State {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("running", State::Running),
        ("sleeping", State::Sleeping),
        ("invfork", State::Vfork),
        ("interrupted", State::Interrupted),
        ("enter", State::Enter),
        ("waited", State::Waited),
        ("unwaited", State::Unwaited),
        ("group", State::Group),
        ("listening", State::Listening),
    ];
}

impl State {
    /// Its letter in procfs under the tracer.
    const fn letter(self) -> char {
        match self {
            State::Running => 'R',
            State::Sleeping => 'S',
            State::Vfork => 'D',
            _ => 't',
        }
    }

    /// Its letter behind the tracer's end.
    const fn released(self) -> char {
        match self {
            State::Sleeping => 'S',
            State::Vfork => 'D',
            State::Group | State::Listening => 'T',
            _ => 'R',
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            State::Waited => LOST,
            State::Unwaited => GIVEN,
            State::Group | State::Listening => STAYS,
            _ => RELEASED,
        }
    }
}

/// How the tracer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Exits,
    Killed,
}

impl Axis for How {
    const VALUES: &'static [(&'static str, Self)] = &[("exits", How::Exits), ("killed", How::Killed)];
}

/// Whether `PTRACE_O_EXITKILL` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kills {
    Plain,
    ExitKill,
}

impl Axis for Kills {
    const VALUES: &'static [(&'static str, Self)] = &[("plain", Kills::Plain), ("exitkill", Kills::ExitKill)];
}

const ONE_START: Dimension = axis::<Start>(&["traceme"]);
const HOW: Dimension = axis::<How>(&["exits", "killed"]);

const CASE: Case = Case {
    name: "tracer_ends",
    title: "When a tracer ends its tracees go on without one, in group-stop they stay stopped; a signal whose stop it has waited for is lost, and one whose stop it has not is delivered.",
    clauses: &[RELEASED, STAYS, LOST, GIVEN, KILLED, END, TRACER],
    axes: &[
        ONE_START,
        axis::<State>(&[
            "running",
            "sleeping",
            "invfork",
            "interrupted",
            "enter",
            "waited",
            "unwaited",
            "group",
            "listening",
        ]),
        HOW,
        axis::<Kills>(&["plain"]),
    ],
    program: |p| {
        let kills: Kills = p.pick();
        let options = if kills == Kills::ExitKill { options::EXITKILL } else { 0 };
        let state: State = p.pick();
        p.block(&[Signal::CHLD]);
        let child = p.fork("child", |p| tracee(p, state));
        p.ptrace(Request::SEIZE, child, 0, u64::from(options));
        p.store(Program::shared(READY), 1);
        tracer(p, child, state);
        p.store(Program::shared(THERE), 1);
        p.await_word(Program::shared(MAY_END));
        p.exit(3);
    },
    scenario: |t| {
        let (tracer, child) = to_state(t)?;
        ends(tracer)?;
        released(child)
    },
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "tracer_ends_with_exitkill",
        title: "With PTRACE_O_EXITKILL a tracee is killed when its tracer ends, whatever its state and however that ends.",
        clauses: &[EXITKILL, KILLED, END, TRACER],
        axes: &[
            ONE_START,
            axis::<State>(&["running", "sleeping", "interrupted", "enter", "waited", "group", "listening"]),
            HOW,
            axis::<Kills>(&["exitkill"]),
        ],
        scenario: |t| {
            let (tracer, child) = to_state(t)?;
            ends(tracer)?;
            child.check(EXITKILL, "word of the program that has not run on", 0, child.word(RUNS));
            child.ends(EXITKILL, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..CASE
    },
    Case {
        name: "exitkill_is_inherited",
        title: "PTRACE_O_EXITKILL holds for tasks that were attached automatically: they die with the tracer too.",
        clauses: &["opt.exitkill.inherited", KILLED, TRACER, END],
        axes: &[ONE_START, HOW],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(READY));
                // As fork(2), under another name.
                p.clone_task(libc::SIGCHLD as u64, "grandchild", |p| {
                    p.spin();
                });
                p.spin();
            });
            let options = u64::from(options::EXITKILL | options::TRACEFORK);
            p.ptrace(Request::SEIZE, child, 0, options);
            p.store(Program::shared(READY), 1);
            p.wait4(child, STOPPED, libc::__WALL);
            let grandchild = p.wait4(u64::MAX, SECOND, libc::__WALL);
            p.ptrace(Request::CONT, child, 0, 0);
            p.ptrace(Request::CONT, grandchild, 0, 0);
            p.store(Program::shared(THERE), 1);
            p.await_word(Program::shared(MAY_END));
            p.exit(3);
        },
        scenario: |t| {
            const INHERITED: &str = "opt.exitkill.inherited";
            let tracer = t.cont()?;
            tracer.await_word(THERE);
            let (child, grandchild) = (tracer.made("fork", "child")?, tracer.made("wait4_2", "grandchild")?);
            for (task, status) in [(&child, STOPPED), (&grandchild, SECOND)] {
                task.await_state(&['R'])?;
                let status = Word(task.word(status));
                let event = if task.pid == child.pid { 1 } else { 128 };
                task.check(INHERITED, "status that the tracer got", Word(0x57f | event << 16), status);
                let status = task.proc_status()?;
                task.check(TRACER, "state in /proc", 'R'.to_string(), status.state.to_string());
                task.check(TRACER, "tracer in /proc", Pid(tracer.pid), Pid(status.tracer));
            }
            ends(tracer)?;
            child.ends(INHERITED, Gone::Killed(Signal::KILL, false))?;
            grandchild.ends(INHERITED, Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "tracer_thread_ends",
        title: "The end of the thread that traces releases its tracees, although its process lives on.",
        clauses: &[THREAD, RELEASED, STAYS, LOST, GIVEN, MADE, TRACED, END, TRACER],
        axes: &[ONE_START, axis::<State>(&["running", "interrupted", "waited", "unwaited", "group"])],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| {
            let state: State = p.pick();
            p.block(&[Signal::CHLD]);
            p.thread("tracer", |p| {
                let child = p.fork("child", |p| tracee(p, state));
                p.ptrace(Request::SEIZE, child, 0, 0);
                p.store(Program::shared(READY), 1);
                tracer(p, child, state);
                p.store(Program::shared(THERE), 1);
                p.await_word(Program::shared(MAY_END));
                p.exit_thread(3);
            });
            p.await_word(Program::shared(ON));
            p.exit(3);
        },
        scenario: |t| {
            let (leader, thread) = split(t)?;
            let thread = thread.cont()?;
            let child = there(&thread)?;
            thread.set_word(MAY_END, 1);
            thread.ends(END, PARENT_ENDS)?;
            child.await_state(&[child.pick::<State>()?.released()])?;
            check_untraced(&child, THREAD, child.pick::<State>()?.released())?;
            leader.check(THREAD, "wait for the leader", Ok(None), leader.poll());
            // Before its child's, whose end is then ours to wait for.
            leader.kill(Signal::KILL)?;
            leader.ends(END, Gone::Killed(Signal::KILL, false))?;
            released(child)
        },
        ..Case::NEW
    },
];

/// What the tracee does to come to the state, once it is traced.
fn tracee(p: &mut Program, state: State) {
    p.handle(Signal::USR1, 0);
    p.ignore(Signal::CHLD);
    p.await_word(Program::shared(READY));
    match state {
        State::Waited | State::Unwaited => drop(p.raise(Signal::USR1)),
        State::Group | State::Listening => drop(p.raise(Signal::STOP)),
        State::Sleeping => drop(p.sleep()),
        State::Vfork => {
            p.vfork("inner", |p| {
                p.await_word(Program::shared(ON));
                p.exit_thread(5);
            });
        }
        State::Enter => {
            p.await_word(Program::shared(ENTERS));
            p.call(Syscall::GETPID, &[0; 0]);
        }
        State::Running | State::Interrupted => drop(p.await_word(Program::shared(ON))),
    }
    p.store(Program::shared(RUNS), 1);
    p.await_word(Program::shared(ON));
    p.exit(7);
}

/// What the tracer does to bring it there.
fn tracer(p: &mut Program, child: Step, state: State) {
    let ask = |p: &mut Program, request: Request, signal: u64| {
        p.ptrace(request, child, 0, signal);
    };
    let wait = |p: &mut Program| {
        p.wait4(child, STOPPED, libc::__WALL);
    };
    match state {
        State::Running | State::Sleeping | State::Vfork => {}
        State::Interrupted => {
            ask(p, Request::INTERRUPT, 0);
            wait(p);
        }
        State::Enter => {
            ask(p, Request::INTERRUPT, 0);
            wait(p);
            p.store(Program::shared(ENTERS), 1);
            ask(p, Request::SYSCALL, 0);
            wait(p);
        }
        State::Waited => wait(p),
        State::Unwaited => {
            let flags = (libc::WSTOPPED | libc::WNOWAIT) as u64;
            let none = Arg::Word(0);
            p.call(Syscall::WAITID, &[Arg::Word(libc::P_PID.into()), child.into(), none, flags.into(), none]);
        }
        State::Group | State::Listening => {
            wait(p);
            ask(p, Request::CONT, libc::SIGSTOP as u64);
            wait(p);
            if state == State::Listening {
                ask(p, Request::LISTEN, 0);
            }
        }
    }
}

fn to_state(t: Stopped) -> Flow<(Running, Running)> {
    let tracer = t.cont()?;
    let child = there(&tracer)?;
    Ok((tracer, child))
}

/// The tracee, in its state.
fn there(tracer: &Task) -> Flow<Running> {
    let state: State = tracer.pick()?;
    let child = tracer.made("fork", "child")?;
    tracer.await_word(THERE);
    child.await_state(&[state.letter()])?;
    let status = child.proc_status()?;
    child.check(TRACER, "state in /proc", state.letter().to_string(), status.state.to_string());
    child.check(TRACER, "tracer in /proc", Pid(tracer.pid), Pid(status.tracer));
    tracer.check_saw(TRACER, "ptrace", Some(Return(0)))?;
    if state == State::Unwaited {
        tracer.check_saw(GIVEN, "waitid", Some(Return(0)))?;
    }
    Ok(child)
}

/// The tracer's end. Nothing is left of its tracing then.
fn ends(tracer: Running) -> Flow {
    match tracer.pick()? {
        How::Exits => {
            tracer.set_word(MAY_END, 1);
            tracer.ends(END, PARENT_ENDS)?;
        }
        How::Killed => {
            tracer.kill(Signal::KILL)?;
            tracer.ends(KILLED, Gone::Killed(Signal::KILL, false))?;
        }
    }
    Ok(())
}

/// The task goes on, and is a child of ours since its parent ended.
fn released(child: Running) -> Flow {
    let state: State = child.pick()?;
    let clause = state.clause();
    child.await_state(&[state.released()])?;
    check_untraced(&child, clause, state.released())?;
    match state {
        State::Group | State::Listening => {
            child.check(clause, "word of the program that has not run on", 0, child.word(RUNS));
            child.kill(Signal::CONT)?;
        }
        State::Sleeping => child.kill(Signal::USR1)?,
        _ => {}
    }
    child.set_word(ON, 1);
    let child = child.ends(clause, Gone::Exited(7))?;
    child.check(clause, "word of the program that has run on", 1, child.word(RUNS));
    let handled = matches!(state, State::Unwaited | State::Sleeping);
    let code = if state == State::Unwaited { libc::SI_TKILL } else { libc::SI_USER };
    let (times, signal, told) = child.handled();
    child.check(clause, "runs of the handler", u64::from(handled), times);
    let expected = if handled { (Signal::USR1, code) } else { (Signal::NONE, 0) };
    child.check(clause, "signal and si_code of the handler", expected, (signal, told));
    child.check(clause, "status that the tracer got", Word(state.told()), Word(child.word(STOPPED)));
    Ok(())
}

impl State {
    /// The wait status of the last stop that the tracer waited for.
    const fn told(self) -> u64 {
        let (signal, event) = match self {
            State::Running | State::Sleeping | State::Vfork | State::Unwaited => return 0,
            State::Interrupted => (libc::SIGTRAP, 128),
            State::Enter => (libc::SIGTRAP, 0),
            State::Waited => (libc::SIGUSR1, 0),
            State::Group | State::Listening => (libc::SIGSTOP, 128),
        };
        (0x7f | signal << 8 | event << 16) as u64
    }
}

fn check_untraced(child: &Task, clause: &str, letter: char) -> Flow {
    let status = child.proc_status()?;
    child.check(clause, "state in /proc", letter.to_string(), status.state.to_string());
    child.check(clause, "tracer in /proc", Pid(0), Pid(status.tracer));
    Ok(())
}
