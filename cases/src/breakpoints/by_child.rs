//! Debug registers that a child writes, which traces its parent.

use super::point::{DEBUG, NO_HIT};
use super::{ARGUMENT, ENDED, GOING_ON, NEEDS, ONLY_X86, RUNS, SET, STATUS, TRAP, check_ran};
use crate::event_stops::tasks::{EVENT, TRACED, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{Arg, Program, step_name};
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};

const ATTACHED: &str = "attach.attach.sends-sigstop";

/// Free words of the record: what lets the parent go on, the wait statuses, and the registers as the child read them.
const ON: usize = 0;
const STATUSES: [usize; 2] = [1, 2];
const READ: [usize; 2] = [3, 4];
/// The first slot, enabled.
const CONTROL: u64 = 1;
const CHILD_ENDS: u64 = 5;

/// Wait statuses of stops by SIGSTOP and SIGTRAP.
const STOPPED: u64 = 0x137f;
const TRAPPED: u64 = 0x057f;

const fn register(index: u64) -> u64 {
    DEBUG + 8 * index
}

/// Attaches to its parent, sets a breakpoint there, and lets the parent run into it.
fn traces(p: &mut Program) {
    let parent: Arg = p.call(Syscall::GETPPID, &[0; 0]).into();
    p.ptrace(Request::ATTACH, parent, 0, 0);
    p.wait4(parent, STATUSES[0], 0);
    p.ptrace(Request::POKEUSER, parent, register(0), label::STRAIGHT_1);
    p.ptrace(Request::POKEUSER, parent, register(7), CONTROL);
    p.ptrace(Request::PEEKUSER, parent, register(0), Program::shared(READ[0]));
    p.store(Program::shared(ON), 1);
    p.ptrace(Request::CONT, parent, 0, 0);
    p.wait4(parent, STATUSES[1], 0);
    p.ptrace(Request::PEEKUSER, parent, register(6), Program::shared(READ[1]));
    p.ptrace(Request::POKEUSER, parent, register(7), 0);
    p.ptrace(Request::DETACH, parent, 0, 0);
    p.exit(CHILD_ENDS);
}

pub(super) const CASES: &[Case] = &[Case {
    name: "set_by_a_child",
    title: "A child that traces its parent sets a breakpoint there by the parent's debug registers, and gets the hit.",
    clauses: &[EVENT, TRACED, ATTACHED, SET, TRAP, STATUS, GOING_ON, RUNS],
    needs: NEEDS,
    axes: &[ANY_START],
    arches: &[Arch::X86_64],
    only: ONLY_X86,
    options: options::TRACESYSGOOD | options::TRACEFORK,
    program: |p| {
        p.block(&[Signal::CHLD]);
        // For kernels with Yama.
        p.call(Syscall::PRCTL, &[libc::PR_SET_PTRACER as u64, libc::PR_SET_PTRACER_ANY, 0, 0, 0]);
        p.fork("child", traces);
        p.await_word(Program::shared(ON));
        p.run(label::STRAIGHT, &[ARGUMENT]);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
        let child = to_first_stop(t.new_task("child")?)?;
        let parent = t.detach(Signal::NONE)?;
        let child = child.cont()?.ends(GOING_ON, Gone::Exited(CHILD_ENDS as u8))?;
        for step in (1..=8).map(|number| step_name("ptrace", number)) {
            child.check_saw(SET, &step, Some(Return(0)))?;
        }
        let word = |index: usize| Word(child.word(index));
        child.check(ATTACHED, "wait status in the child", Word(STOPPED), word(STATUSES[0]));
        child.check(SET, "DR0 in the child", Word(label::STRAIGHT_1), word(READ[0]));
        child.check(TRAP, "wait status of the hit in the child", Word(TRAPPED), word(STATUSES[1]));
        child.check(STATUS, "DR6 in the child", Word(NO_HIT | 1), word(READ[1]));
        let t = parent.ends(RUNS, ENDED)?;
        check_ran(&t, GOING_ON)
    },
    ..Case::NEW
}];
