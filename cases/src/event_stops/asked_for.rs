//! Which option asks for the event of which call, and what happens without it.

use super::axes::{CHILD_ENDS, EVENTS, Maker};
use super::tasks::{END, TRACED, child_ends, first, to_call, to_first_stop};
use ptrace_conformance_harness::case::{Axis, Case, Dimension, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, ReturnPid};

/// The one event that the tracer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Fork,
    Vfork,
    Clone,
    /// Those of both other events.
    Others,
}

impl Axis for Asked {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("nothing", Asked::Nothing),
        ("tracefork", Asked::Fork),
        ("tracevfork", Asked::Vfork),
        ("traceclone", Asked::Clone),
        ("others", Asked::Others),
    ];
}

impl Asked {
    const fn options(self, maker: Maker) -> u32 {
        match self {
            Asked::Nothing => 0,
            Asked::Fork => options::TRACEFORK,
            Asked::Vfork => options::TRACEVFORK,
            Asked::Clone => options::TRACECLONE,
            Asked::Others => EVENTS & !maker.option(),
        }
    }
}

const EVERY_MAKER: Dimension = axis::<Maker>(&[
    "fork",
    "vfork",
    "cloneprocess",
    "clonefork",
    "clonethread",
    "clonevfork",
    "clone3process",
    "clone3fork",
    "clone3thread",
]);

const CALL: &[&str] = &["sysstop.entry", "sysstop.exit-after-entry"];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "event_needs_its_own_option",
        title: "CLONE_VFORK makes it a VFORK event, else exit signal SIGCHLD a FORK event, else it is a CLONE event; each has an option, and without it there is no event and the task is not traced.",
        clauses: &[
            CALL[0],
            CALL[1],
            TRACED,
            END,
            "clone.ret-tid",
            "event.only-with-options",
            "opt.tracefork.stop",
            "opt.tracevfork.stop",
            "opt.traceclone.stop",
            "opt.traceclone.vfork-precedence",
            "opt.traceclone.fork-precedence",
            "opt.traceclone.missed-kinds",
        ],
        axes: &[
            axis::<Start>(&["traceme", "seize"]),
            EVERY_MAKER,
            axis::<Asked>(&["nothing", "tracefork", "tracevfork", "traceclone", "others"]),
        ],
        program: makes_and_reaps,
        scenario: |t| {
            let (maker, asked): (Maker, Asked) = (t.pick()?, t.pick()?);
            let t = to_call(t)?;
            let asked_for = asked.options(maker);
            t.change_options(options::TRACESYSGOOD | asked_for)?;
            if asked_for != maker.option() {
                return untraced(t, without(maker, asked), maker.is_thread());
            }
            let t = t.syscall()?.expect(with(maker), Stop::Event(maker.event()))?;
            let child = child_ends(to_first_stop(t.new_task("child")?)?)?;
            let t = t.cont()?.ends(END, Gone::Exited(4))?;
            t.check_saw_pid("clone.ret-tid", maker.step(), &child)
        },
        ..Case::NEW
    },
    Case {
        name: "clone_untraced_gives_no_event",
        title: "CLONE_UNTRACED: no event, and the new task is not traced, although all options are set.",
        clauses: &[CALL[0], CALL[1], END, "clone.untraced"],
        options: EVENTS,
        program: |p| {
            reaps(p, |p| {
                p.clone_task((libc::CLONE_UNTRACED | libc::SIGCHLD) as u64, "child", says_so);
            })
        },
        scenario: |t| untraced(to_call(t)?, "clone.untraced", false),
        ..Case::NEW
    },
    Case {
        name: "clone_ptrace_traces_without_an_event",
        title: "CLONE_PTRACE: the new task is traced, without any option and without an event in its maker.",
        clauses: &[CALL[0], CALL[1], END, "clone.clone-ptrace"],
        program: |p| {
            reaps(p, |p| {
                p.clone_task((libc::CLONE_PTRACE | libc::SIGCHLD) as u64, "child", says_so);
            })
        },
        scenario: |t| traced_silently(to_call(t)?, "clone.clone-ptrace"),
        ..Case::NEW
    },
    Case {
        name: "clone_ptrace_and_untraced",
        title: "CLONE_PTRACE with CLONE_UNTRACED: no event, but the new task is traced.",
        clauses: &[CALL[0], CALL[1], END, "clone.untraced-vs-ptrace"],
        options: EVENTS,
        program: |p| {
            reaps(p, |p| {
                let both = libc::CLONE_PTRACE | libc::CLONE_UNTRACED;
                p.clone_task((both | libc::SIGCHLD) as u64, "child", says_so);
            })
        },
        scenario: |t| traced_silently(to_call(t)?, "clone.untraced-vs-ptrace"),
        ..Case::NEW
    },
];

/// The clause that promises the event with its option.
const fn with(maker: Maker) -> &'static str {
    match maker {
        Maker::Fork => "opt.tracefork.stop",
        Maker::Vfork => "opt.tracevfork.stop",
        Maker::CloneVfork => "opt.traceclone.vfork-precedence",
        Maker::CloneFork | Maker::Clone3Fork => "opt.traceclone.fork-precedence",
        _ => "opt.traceclone.stop",
    }
}

/// The clause that says that another option does not do.
fn without(maker: Maker, asked: Asked) -> &'static str {
    match asked {
        Asked::Clone if maker.option() != options::TRACECLONE => "opt.traceclone.missed-kinds",
        _ => "event.only-with-options",
    }
}

/// Makes a task in the variant's way, waits until it has begun, and reaps it if it is a process.
fn makes_and_reaps(p: &mut Program) {
    reaps(p, |p| {
        let maker: Maker = p.pick();
        maker.make(p, says_so);
    });
}

/// Makes a task, waits until it has begun, and reaps it if it is a process.
pub(crate) fn reaps(p: &mut Program, make: impl FnOnce(&mut Program)) {
    p.block(&[Signal::CHLD]);
    make(p);
    p.await_word(Program::shared(0));
    p.call(Syscall::WAIT4, &[u64::MAX, 0, libc::__WALL as u64, 0]);
    p.exit(4);
}

pub(crate) fn says_so(child: &mut Program) {
    child.store(Program::shared(0), 1);
    child.exit_thread(CHILD_ENDS.into());
}

/// From the enter-stop: no event, and the new task is none of ours, but the program's own, if it is a process.
pub(crate) fn untraced(t: Stopped, clause: &str, thread: bool) -> Flow {
    let t = t.syscall()?.expect(clause, Stop::SyscallExit)?;
    let id = t.registers()?.result();
    t.check(clause, "waiting for the new task", Err(Errno::ECHILD), t.poll_id(id));
    let t = t.cont()?.ends(END, Gone::Exited(4))?;
    t.check_saw(clause, "child", Some(Return(0)))?;
    // A thread is no child to wait for.
    let reaped = if thread { Return::error(Errno::ECHILD).0 } else { id };
    let got = t.saw("wait4")?.map(ReturnPid);
    t.check(clause, "the program itself reaped the task", true, got == Some(ReturnPid(reaped)));
    Ok(())
}

/// From the enter-stop: no event, but the new task is traced and begins with the stop of any other.
pub(crate) fn traced_silently(t: Stopped, clause: &str) -> Flow {
    let t = t.syscall()?.expect(clause, Stop::SyscallExit)?;
    let child = t.traced(t.registers()?.result(), "child")?;
    let stop = first(child.start);
    let child = child_ends(child.expect(clause, stop)?)?;
    let t = t.cont()?.ends(END, Gone::Exited(4))?;
    t.check_saw_pid(clause, "wait4", &child)
}
