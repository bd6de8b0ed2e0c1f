//! Ids that no process has: nobody gets as far as the access check.

use super::ONE_START;
use super::asker::ROBUST;
use super::change::Change::Capable;
use super::change::{Change, POWERLESS, PTRACE, make_all, steps};
use crate::event_stops::tasks::END;
use ptrace_conformance_harness::case::{Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::Return;

const NONE: &str = "err.esrch-nonexistent";
const VM: &str = "pvm.esrch";

/// Above every `pid_max`.
const NOBODY: u64 = 1 << 23;

/// What the caller may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Powerless,
    Powerful,
}

impl Axis for Caller {
    const VALUES: &'static [(&'static str, Self)] =
        &[("powerless", Caller::Powerless), ("powerful", Caller::Powerful)];
}

impl Caller {
    const fn change(self) -> Change {
        match self {
            Caller::Powerless => POWERLESS,
            Caller::Powerful => Capable(PTRACE),
        }
    }
}

/// What is asked for, and the clause about it.
const ASKED: [(&str, &str); 6] = [
    ("ptrace", NONE),
    ("ptrace_2", NONE),
    ("ptrace_3", NONE),
    ("process_vm_readv", VM),
    ("process_vm_writev", VM),
    ("get_robust_list", ROBUST),
];

const CASE: Case = Case {
    name: "nobody",
    title: "PTRACE_ATTACH, PTRACE_SEIZE and PTRACE_PEEKDATA, process_vm_readv, process_vm_writev and get_robust_list say ESRCH of an id that no process has, to a caller without any rights too.",
    clauses: &[NONE, VM, ROBUST, END],
    axes: &[ONE_START, axis::<Caller>(&["powerless"])],
    program,
    scenario,
    ..Case::NEW
};

pub(super) const CASES: &[Case] = &[
    CASE,
    Case {
        name: "nobody_for_the_powerful",
        title: "With CAP_SYS_PTRACE they say the same.",
        needs: &[Need::Root],
        axes: &[ONE_START, axis::<Caller>(&["powerful"])],
        ..CASE
    },
];

fn program(p: &mut Program) {
    let change = p.pick::<Caller>().change();
    make_all(p, &[change]);
    let word = p.data(&[0; 2]);
    let vector = p.data(&[word, 8]);
    p.ptrace(Request::ATTACH, NOBODY, 0, 0);
    p.ptrace(Request::SEIZE, NOBODY, 0, 0);
    p.ptrace(Request::PEEKDATA, NOBODY, word, word);
    p.call(Syscall::PROCESS_VM_READV, &[NOBODY, vector, 1, vector, 1, 0]);
    p.call(Syscall::PROCESS_VM_WRITEV, &[NOBODY, vector, 1, vector, 1, 0]);
    p.call(Syscall::GET_ROBUST_LIST, &[NOBODY, word, word + 8]);
    p.exit(3);
}

fn scenario(t: Stopped) -> Flow {
    let caller: Caller = t.pick()?;
    let t = t.cont()?.ends(END, Gone::Exited(3))?;
    for (step, result) in steps([caller.change()].into_iter()) {
        t.check_saw(NONE, &step, Some(result))?;
    }
    for (step, clause) in ASKED {
        t.check_saw(clause, step, Some(Return::error(Errno::ESRCH)))?;
    }
    Ok(())
}
