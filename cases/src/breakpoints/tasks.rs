//! Whose breakpoints are: those of one task, until it executes another image; not even detaching ends them.

use super::point::{self, Point, check_set, set};
use super::{
    ARGUMENT, BEFORE, ENDED, GOING_ON, Hit, NEEDS, RUNS, SET, STATUS, STOPS, TRAP, check_ran, clear, pass,
    program,
};
use crate::event_stops::tasks::{EVENT, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, note, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const NOT_INHERITED: &str = "hwbp.not-inherited";
const OWN: &str = "hwbp.own";
const EXEC: &str = "hwbp.exec";
const DETACH: &str = "hwbp.detach";
const SEIZED: &str = "kdoc.interrupt-at-least-one-trap";
const AFTER_CLONE: &str = "x86.dr-after-clone";

const MAKES: u32 = options::TRACESYSGOOD | options::TRACEFORK | options::TRACECLONE;
const CHILD_ENDS: u8 = 5;
/// The word that lets a program go on.
const ON: usize = 0;

/// What the new task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Process,
    Thread,
}

impl Axis for Made {
    const VALUES: &'static [(&'static str, Self)] = &[("process", Made::Process), ("thread", Made::Thread)];
}

impl Made {
    const fn event(self) -> Event {
        match self {
            Made::Process => Event::FORK,
            Made::Thread => Event::CLONE,
        }
    }
}

/// Makes a task; both run the routine.
fn makes(p: &mut Program) {
    p.block(&[Signal::CHLD]);
    match p.pick() {
        Made::Process => p.fork("child", |p| {
            p.run(label::STRAIGHT, &[ARGUMENT]);
            p.exit(CHILD_ENDS.into());
        }),
        Made::Thread => p.thread("child", |p| {
            p.run(label::STRAIGHT, &[ARGUMENT]);
            p.exit_thread(CHILD_ENDS.into());
        }),
    };
    p.run(label::STRAIGHT, &[ARGUMENT]);
    p.raise(Signal::USR1);
    p.exit(3);
}

/// To the event, and the new task to its first stop.
fn split(t: Stopped) -> Flow<(Stopped, Stopped)> {
    let made: Made = t.pick()?;
    let t = t.cont()?.expect(EVENT, Stop::Event(made.event()))?;
    let child = to_first_stop(t.new_task("child")?)?;
    Ok((t, child))
}

/// What the maker's DR6 is made to read, so that it can be told from that of a task without hits.
const MARKED: u64 = point::NO_HIT | 1 << 3;

/// The registers of a new task whose maker has a breakpoint in the first slot.
fn check_new(child: &Stopped, points: &[Point]) {
    if Arch::HERE == Arch::Aarch64 {
        return check_set(child, NOT_INHERITED, note::ARM_HW_BREAK, &[(0, 0)]);
    }
    let read = |index| point::debug(child, index).map(Word);
    child.check(NOT_INHERITED, "DR0 of the new task", Ok(Word(0)), read(0));
    child.check(AFTER_CLONE, "DR6 of the new task", Ok(Word(MARKED)), read(6));
    child.check(AFTER_CLONE, "DR7 of the new task", Ok(Word(point::control(points))), read(7));
}

const POINT: Point = Point::execute(0, label::STRAIGHT_1);
const HIT: Hit<'_> = Hit::execute(label::STRAIGHT_1, &[0]);

pub(super) const CASES: &[Case] = &[
    Case {
        name: "new_task_has_none",
        title: "A new process or thread runs over its maker's breakpoint, which stays its maker's. On x86_64 DR6 and DR7 read there what they do in its maker.",
        clauses: &[
            EVENT,
            TRACED,
            STOPS,
            SET,
            TRAP,
            BEFORE,
            GOING_ON,
            NOT_INHERITED,
            AFTER_CLONE,
            STATUS,
            RUNS,
        ],
        needs: NEEDS,
        axes: &[ANY_START, axis::<Made>(&["process", "thread"])],
        options: MAKES,
        program: makes,
        scenario: |t| {
            set(&t, &[POINT])?;
            if Arch::HERE == Arch::X86_64 {
                t.must("PTRACE_POKEUSER of DR6", point::set_debug(&t, 6, MARKED))?;
            }
            let (t, child) = split(t)?;
            check_new(&child, &[POINT]);
            let child = child.cont()?.ends(NOT_INHERITED, Gone::Exited(CHILD_ENDS))?;
            check_ran(&child, NOT_INHERITED)?;
            let (t, _) = HIT.comes(t.cont()?)?;
            let t = pass(t, &[POINT])?.cont()?.expect(STOPS, Stop::Signal(Signal::USR1))?;
            t.check(
                GOING_ON,
                "what its routine returned",
                Some(Word(ARGUMENT)),
                t.saw("straight_2")?.map(Word),
            );
            t.cont()?.ends(RUNS, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "each_task_has_its_own",
        title: "A breakpoint that is set in a new process or thread stops that one, and its maker runs over the place.",
        clauses: &[EVENT, TRACED, SET, TRAP, BEFORE, GOING_ON, OWN, STATUS, RUNS],
        needs: NEEDS,
        axes: &[ANY_START, axis::<Made>(&["process", "thread"])],
        options: MAKES,
        program: makes,
        scenario: |t| {
            let (t, child) = split(t)?;
            set(&child, &[POINT])?;
            let (child, _) = HIT.comes(child.cont()?)?;
            // The breakpoint is in force, and the task that has it is there.
            let t = t.cont()?.expect(OWN, Stop::Signal(Signal::USR1))?;
            t.check(OWN, "what its routine returned", Some(Word(ARGUMENT)), t.saw("straight_2")?.map(Word));
            let child = pass(child, &[POINT])?.cont()?.ends(GOING_ON, Gone::Exited(CHILD_ENDS))?;
            check_ran(&child, GOING_ON)?;
            t.cont()?.ends(RUNS, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "gone_after_exec",
        title: "An execve that fails leaves a breakpoint, and one that succeeds removes it: the registers read as in a task that never had one, and the new image runs over the place.",
        clauses: &[EVENT, SET, TRAP, BEFORE, GOING_ON, EXEC, STATUS],
        needs: NEEDS,
        options: options::TRACESYSGOOD | options::TRACEEXEC,
        program: |p| {
            p.call(Syscall::EXECVE, &[0; 3]);
            p.run(label::STRAIGHT, &[ARGUMENT]);
            p.exec(program);
        },
        scenario: |t| {
            set(&t, &[POINT])?;
            let (t, _) = HIT.comes(t.cont()?)?;
            t.check_saw(EXEC, "execve", Some(Return::error(Errno::EFAULT)))?;
            let t = pass(t, &[POINT])?.cont()?.expect(EVENT, Stop::Event(Event::EXEC))?;
            check_ran(&t, GOING_ON)?;
            if Arch::HERE == Arch::X86_64 {
                let read = [0, 6, 7].map(|index| point::debug(&t, index).map(Word));
                let fresh = [Ok(Word(0)), Ok(Word(point::NO_HIT)), Ok(Word(0))];
                t.check(EXEC, "DR0, DR6 and DR7", fresh, read);
            } else {
                check_set(&t, EXEC, note::ARM_HW_BREAK, &[(0, 0)]);
            }
            let t = t.cont()?.ends(EXEC, ENDED)?;
            t.check(EXEC, "what its routine returned", Some(Word(ARGUMENT)), t.saw("straight_2")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "detach_leaves_them",
        title: "PTRACE_DETACH leaves breakpoints in force: the task that nobody traces any more dies of SIGTRAP at the next hit.",
        clauses: &[SET, DETACH],
        needs: NEEDS,
        program,
        scenario: |t| {
            set(&t, &[POINT])?;
            let t = t.detach(Signal::NONE)?.ends(DETACH, Gone::Killed(Signal::TRAP, false))?;
            t.check(DETACH, "what the routine returned", None, t.saw("straight")?.map(Word));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "next_tracer_finds_them",
        title: "Who traces the task next finds the breakpoints as they were left, and gets their hits.",
        clauses: &[SET, TRAP, BEFORE, GOING_ON, DETACH, SEIZED, STATUS, RUNS],
        needs: NEEDS,
        program: |p| {
            p.await_word(Program::shared(ON));
            program(p);
        },
        scenario: |t| {
            set(&t, &[POINT])?;
            let t = t.detach(Signal::NONE)?;
            t.seize(options::TRACESYSGOOD | options::EXITKILL)?;
            t.interrupt()?;
            let t = t.expect(SEIZED, Stop::EventStop(Signal::TRAP))?;
            if Arch::HERE == Arch::X86_64 {
                let read = [0, 7].map(|index| point::debug(&t, index).map(Word));
                let left = [POINT.address, point::control(&[POINT])].map(|word| Ok(Word(word)));
                t.check(DETACH, "DR0 and DR7", left, read);
            } else {
                check_set(&t, DETACH, note::ARM_HW_BREAK, &[(POINT.address, POINT.word())]);
            }
            t.set_word(ON, 1);
            let (t, _) = HIT.comes(t.cont()?)?;
            let t = pass(t, &[POINT])?.cont()?.ends(RUNS, ENDED)?;
            check_ran(&t, GOING_ON)
        },
        ..Case::NEW
    },
    Case {
        name: "detached_without_them",
        title: "A tracer that has disabled its breakpoints before PTRACE_DETACH leaves nothing behind.",
        clauses: &[SET, "hwbp.disabled"],
        needs: NEEDS,
        program,
        scenario: |t| {
            set(&t, &[POINT])?;
            clear(&t, &[POINT])?;
            let t = t.detach(Signal::NONE)?.ends("hwbp.disabled", ENDED)?;
            check_ran(&t, "hwbp.disabled")
        },
        ..Case::NEW
    },
];
