//! `PTRACE_O_SUSPEND_SECCOMP`: filters do not act while it is set.

use super::strict::strict;
use super::{CALL, CONTROL, END, MARK, OPTIONS, check_made};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};
use ptrace_conformance_harness::values::Return;

/// What the filter answers once it acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Kill,
    Errno,
    Trace,
}

impl Axis for Answer {
    const VALUES: &'static [(&'static str, Self)] =
        &[("kill", Answer::Kill), ("errno", Answer::Errno), ("trace", Answer::Trace)];
}

/// When the option is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Before,
    After,
}

impl Axis for When {
    const VALUES: &'static [(&'static str, Self)] = &[("before", When::Before), ("after", When::After)];
}

const DISABLED: &str = "opt.suspend.disables-filters";
const EARLY: &str = "opt.suspend.before-install";
const AGAIN: &str = "opt.suspend.resume-on-clear";
const STRICT: &str = "opt.suspend.strict-mode";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "suspended",
        title: "While PTRACE_O_SUSPEND_SECCOMP is set no filter acts, whether installed before or since; once it is cleared they do.",
        clauses: &[MARK, DISABLED, EARLY, AGAIN, END],
        needs: CONTROL,
        options: OPTIONS,
        axes: &[ANY_START, axis::<When>(&["before", "after"]), axis::<Answer>(&["kill", "errno", "trace"])],
        program: |p| {
            let action = match p.pick() {
                Answer::Kill => libc::SECCOMP_RET_KILL_PROCESS,
                Answer::Errno => libc::SECCOMP_RET_ERRNO | 13,
                Answer::Trace => libc::SECCOMP_RET_TRACE | 5,
            };
            p.filter(CALL, action);
            p.raise(Signal::USR1);
            p.call(CALL, &[0; 0]);
            p.raise(Signal::USR1);
            p.call(CALL, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let before = t.pick::<When>()? == When::Before;
            if before {
                suspend(&t)?;
            }
            let t = to_mark(t)?;
            if !before {
                suspend(&t)?;
            }
            let t = to_mark(t)?;
            check_made(&t, if before { EARLY } else { DISABLED }, CALL.name)?;
            t.change_options(OPTIONS)?;
            acts(t)
        },
        ..Case::NEW
    },
    Case {
        name: "suspended_until_detached",
        title: "The filters act again once the tracer has detached.",
        clauses: &[MARK, DISABLED, "opt.suspend.ends-with-trace"],
        needs: CONTROL,
        program: |p| {
            p.filter(CALL, libc::SECCOMP_RET_ERRNO | 13);
            p.call(CALL, &[0; 0]);
            p.raise(Signal::USR1);
            p.call(CALL, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            const ENDS: &str = "opt.suspend.ends-with-trace";
            suspend(&t)?;
            let t = to_mark(t)?;
            check_made(&t, DISABLED, CALL.name)?;
            let task = t.resume(Resume::Detach, Signal::NONE)?.ends(ENDS, Gone::Exited(3))?;
            task.check_saw(ENDS, "getppid_2", Some(Return::error(Errno(13))))
        },
        ..Case::NEW
    },
    Case {
        name: "strict_suspended",
        title: "In strict mode too: the forbidden call is made while the option is set, and kills once it is cleared.",
        clauses: &[ENTER, EXIT, STRICT, AGAIN],
        needs: CONTROL,
        program: |p| {
            strict(p);
            p.call(CALL, &[0; 0]);
            p.call(CALL, &[0; 0]);
        },
        scenario: |t| {
            suspend(&t)?;
            let t = past_a_call(past_a_call(t)?)?;
            let here = Return(std::process::id().into());
            t.check(STRICT, "result is the parent's id", true, Return(t.registers()?.result()) == here);
            t.change_options(options::TRACESYSGOOD)?;
            let t = t.cont()?.ends(AGAIN, Gone::Killed(Signal::KILL, false))?;
            check_made(&t, STRICT, CALL.name)
        },
        ..Case::NEW
    },
];

const ENTER: &str = "sysstop.entry";
const EXIT: &str = "sysstop.exit-after-entry";

fn past_a_call(t: Stopped) -> Flow<Stopped> {
    t.syscall()?.expect(ENTER, Stop::SyscallEnter)?.syscall()?.expect(EXIT, Stop::SyscallExit)
}

fn suspend(t: &Stopped) -> Flow {
    t.change_options(OPTIONS | options::SUSPEND_SECCOMP)
}

fn to_mark(t: Stopped) -> Flow<Stopped> {
    t.cont()?.expect(MARK, Stop::Signal(Signal::USR1))
}

/// The filter acts on the next call.
fn acts(t: Stopped) -> Flow {
    match t.pick()? {
        Answer::Kill => t.cont()?.ends(AGAIN, Gone::Killed(Signal::SYS, false)).map(drop),
        Answer::Errno => {
            let task = t.cont()?.ends(AGAIN, Gone::Exited(3))?;
            task.check_saw(AGAIN, "getppid_2", Some(Return::error(Errno(13))))
        }
        Answer::Trace => {
            let t = t.cont()?.expect(AGAIN, Stop::Event(Event::SECCOMP))?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        }
    }
}
