//! Attaching to a task that runs, sleeps in a call, or is one thread of several.

use super::way::{
    CHILD_ENDS, COME, Come, ON, ONCE, ONE_START, PARENT, PARENT_ENDS, PLACES, Place, READY, SIGSTOP, STATUS,
    TRACER, TRACING_STOP, TRAP, awaited, both_end, check_once, check_proc, check_sigstop, program, to_child,
    to_place,
};
use crate::event_stops::tasks::{END, TRACED};
use ptrace_conformance_harness::case::{Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::Word;

const NO_STOP: &str = "seize.does-not-stop";
const NO_SIGNAL: &str = "interrupt.no-signal-sent";
const AT_ONCE: &str = "seize.options-immediate";
const IGNORED: &str = "attach.attach.args-ignored";
const ONE_THREAD: &str = "attach.per-thread";

/// What the options given to `PTRACE_SEIZE` ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Exit,
    Exec,
    Fork,
    VforkDone,
}

impl Axis for Asked {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("exit", Asked::Exit),
        ("exec", Asked::Exec),
        ("fork", Asked::Fork),
        ("vforkdone", Asked::VforkDone),
    ];
}

/// Which of two threads is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Leader,
    Thread,
}

impl Axis for Which {
    const VALUES: &'static [(&'static str, Self)] =
        &[("ofleader", Which::Leader), ("ofthread", Which::Thread)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "attach_stops",
        title: "PTRACE_ATTACH stops a task that runs, sleeps in a call or is a thread, once, with a SIGSTOP from nobody; suppressed, it leaves no trace.",
        clauses: &[
            SIGSTOP,
            "attach.attach.sigstop-siginfo",
            "attach.attach.suppress-sigstop",
            "attach.third-party-trace",
            TRACER,
            TRACING_STOP,
            ONCE,
            END,
            PARENT,
        ],
        axes: &[ONE_START, PLACES],
        program,
        scenario: |t| {
            let place: Place = t.pick()?;
            let (parent, t) = to_place(t)?;
            check_proc(&t, TRACER, place.letter(), false)?;
            t.attach()?;
            let t = t.expect(SIGSTOP, Stop::Signal(Signal::STOP))?;
            t.check(SIGSTOP, "status", Status::stopped(libc::SIGSTOP, Event(0)), t.status);
            check_sigstop(&t);
            check_proc(&t, TRACING_STOP, 't', true)?;
            check_once(&t);
            let t = t.cont()?;
            t.await_state(&[place.letter()])?;
            check_proc(&t, "attach.third-party-trace", place.letter(), true)?;
            t.check("attach.attach.suppress-sigstop", "wait", Ok(None), t.poll());
            both_end(parent, t, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "seize_does_not_stop",
        title: "PTRACE_SEIZE leaves a task that runs, sleeps in a call or is a thread as it is, and makes it a tracee.",
        clauses: &[NO_STOP, "seize.makes-tracee", TRACER, END, PARENT],
        axes: &[ONE_START, PLACES],
        program,
        scenario: |t| {
            let place: Place = t.pick()?;
            let (parent, t) = to_place(t)?;
            t.seize(0)?;
            t.check(NO_STOP, "wait", Ok(None), t.poll());
            check_proc(&t, TRACER, place.letter(), true)?;
            t.check("seize.makes-tracee", "report", Ok(None), t.report());
            both_end(parent, t, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "interrupt_stops",
        title: "PTRACE_INTERRUPT stops a seized task that runs, sleeps in a call or is a thread, once, and sends it no signal.",
        clauses: &[TRAP, NO_SIGNAL, TRACING_STOP, ONCE, "interrupt.syscall-restarted", END, PARENT],
        axes: &[ONE_START, PLACES],
        program,
        scenario: |t| {
            let place: Place = t.pick()?;
            let (parent, t) = to_place(t)?;
            let t = Come::Seize.stop(t)?;
            t.check(TRAP, "status", Status::stopped(libc::SIGTRAP, Event::STOP), t.status);
            check_trap(&t);
            check_proc(&t, TRACING_STOP, 't', true)?;
            check_once(&t);
            let t = t.cont()?;
            t.await_state(&[place.letter()])?;
            t.check("interrupt.syscall-restarted", "wait", Ok(None), t.poll());
            both_end(parent, t, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "seize_sets_options",
        title: "Options that PTRACE_SEIZE is given are in force at once, without a stop.",
        clauses: &[AT_ONCE, TRACED, END, PARENT],
        axes: &[ONE_START, axis::<Asked>(&["exit", "exec", "fork", "vforkdone"])],
        program: |p| {
            let asked: Asked = p.pick();
            asks(p, |p| asked.deed(p));
        },
        scenario: |t| {
            let asked: Asked = t.pick()?;
            let (parent, t) = to_child(t)?;
            t.seize(asked.option())?;
            t.set_word(ON, 1);
            let t = t.expect(AT_ONCE, Stop::Event(asked.event()))?;
            if asked == Asked::Fork {
                let grandchild = t.new_task("grandchild")?.expect(TRACED, Stop::EventStop(Signal::TRAP))?;
                grandchild.cont()?.ends(END, CHILD_ENDS)?;
            }
            both_end(parent, t.cont()?, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "attach_ignores_its_arguments",
        title: "PTRACE_ATTACH ignores address and data: no option is set, whatever they are.",
        clauses: &[IGNORED, SIGSTOP, END, PARENT],
        axes: &[ONE_START],
        program: |p| {
            asks(p, |p| {
                p.call(Syscall::GETPID, &[0; 0]);
            });
        },
        scenario: |t| {
            let (parent, t) = to_child(t)?;
            let all = options::TRACESYSGOOD | options::TRACEEXIT | options::EXITKILL;
            let answer = t.request(Request::ATTACH, u64::MAX, Data::Word(all.into()));
            t.check(IGNORED, "PTRACE_ATTACH", Ok(0), answer);
            let t = t.expect(SIGSTOP, Stop::Signal(Signal::STOP))?;
            t.set_word(ON, 1);
            let t = t.syscall()?.expect(IGNORED, Stop::SyscallEnter)?;
            t.check(IGNORED, "status", Status::stopped(libc::SIGTRAP, Event(0)), t.status);
            both_end(parent, t.cont()?, "wait4")
        },
        ..Case::NEW
    },
    Case {
        name: "the_parent_stays",
        title: "A task that is attached to keeps its parent: getppid(2) gives the same id as before.",
        clauses: &["proc.status.ppid-unchanged", SIGSTOP, TRAP, END, PARENT],
        axes: &[ONE_START, COME],
        program: |p| {
            asks(p, |p| {
                p.call(Syscall::GETPPID, &[0; 0]);
            });
        },
        scenario: |t| {
            let (parent, t) = to_child(t)?;
            let t = parent.pick::<Come>()?.stop(t)?.cont()?;
            t.set_word(ON, 1);
            let t = t.ends(END, CHILD_ENDS)?;
            t.check_saw_pid("proc.status.ppid-unchanged", "getppid", &parent)?;
            let parent = parent.ends(END, PARENT_ENDS)?;
            parent.check_saw_pid(PARENT, "wait4", &t)?;
            let status = Word(parent.word(STATUS));
            parent.check(PARENT, "status that the parent got", Word(7 << 8), status);
            parent.made("fork", "child")?.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "one_thread_is_attached",
        title: "Attaching takes one thread: the other runs on, without a tracer, and refuses requests.",
        clauses: &[ONE_THREAD, SIGSTOP, TRAP, "attach.pid-is-tid", END, PARENT],
        axes: &[ONE_START, COME, axis::<Which>(&["ofleader", "ofthread"])],
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.thread("thread", awaited);
                p.spin();
            });
            p.wait4(child, STATUS, 0);
            p.exit(3);
        },
        scenario: |t| {
            let (parent, leader) = to_child(t)?;
            let thread = parent.made("clone", "thread")?;
            let (t, other) = match parent.pick()? {
                Which::Leader => (leader, thread),
                Which::Thread => (thread, leader),
            };
            let t = parent.pick::<Come>()?.stop(t)?;
            check_proc(&t, ONE_THREAD, 't', true)?;
            refuses(&other)?;
            both_end(parent, t.cont()?, "wait4")?;
            other.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// A child that waits for its turn, does what is asked for and ends, and its parent.
fn asks(p: &mut Program, deed: impl FnOnce(&mut Program)) {
    p.block(&[Signal::CHLD]);
    let child = p.fork("child", |p| {
        p.ignore(Signal::CHLD);
        p.store(Program::shared(READY), 1);
        p.await_word(Program::shared(ON));
        deed(p);
        p.exit(7);
    });
    p.wait4(child, STATUS, 0);
    p.exit(3);
}

impl Asked {
    fn deed(self, p: &mut Program) {
        let ends = |p: &mut Program| {
            p.exit_thread(7);
        };
        match self {
            Asked::Exit => return,
            Asked::Exec => p.exec(ends),
            // As fork(2), under another name than the child's.
            Asked::Fork => p.clone_task(libc::SIGCHLD as u64, "grandchild", ends),
            Asked::VforkDone => p.vfork("grandchild", ends),
        };
    }

    const fn option(self) -> u32 {
        match self {
            Asked::Exit => options::TRACEEXIT,
            Asked::Exec => options::TRACEEXEC,
            Asked::Fork => options::TRACEFORK,
            Asked::VforkDone => options::TRACEVFORKDONE,
        }
    }

    const fn event(self) -> Event {
        match self {
            Asked::Exit => Event::EXIT,
            Asked::Exec => Event::EXEC,
            Asked::Fork => Event::FORK,
            Asked::VforkDone => Event::VFORK_DONE,
        }
    }
}

/// Its own signals, siginfo of the stop apart: nothing pending, and the same mask as before.
fn check_trap(t: &Stopped) {
    let siginfo = t.siginfo().map(|siginfo| (siginfo.signal, siginfo.code));
    t.check(TRAP, "si_signo and si_code", Ok((Signal::TRAP, libc::SIGTRAP | 128 << 8)), siginfo);
    for (what, of_process) in [("signals pending for the thread", false), ("for the process", true)] {
        t.check(NO_SIGNAL, what, Ok(0), t.pending(of_process).map(|pending| pending.len() as u64));
    }
    t.check(NO_SIGNAL, "signal mask", Ok(Word(1 << (libc::SIGCHLD - 1))), t.signal_mask().map(Word));
}

/// The thread that nobody attached to.
fn refuses(other: &Running) -> Flow {
    check_proc(other, ONE_THREAD, 'R', false)?;
    for request in [Request::CONT, Request::DETACH, Request::INTERRUPT] {
        let answer = other.request(request, 0, Data::Word(0)).map(drop);
        other.check("attach.pid-is-tid", &request.to_string(), Err(Errno::ESRCH), answer);
    }
    Ok(())
}
