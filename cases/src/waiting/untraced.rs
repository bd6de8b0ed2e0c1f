//! Waits for children that nobody traces, for contrast: which changes and which kinds of children have to be asked for.

use super::parents::{check_status, round};
use super::sigchld::hears;
use super::way::{END, ENDS};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::{Return, ReturnPid, Word};

/// Which children a wait is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kinds(i32);

impl Axis for Kinds {
    const VALUES: &'static [(&'static str, Self)] =
        &[("noflag", Kinds(0)), ("wclone", Kinds(libc::__WCLONE)), ("wall", Kinds(libc::__WALL))];
}

const BLOCKS: &str = "wait.blocks-until-change";
const CLONE: &str = "wait.wclone";
const ALL: &str = "wait.wall";
const EXITED: &str = "death.sigchld-status";
const UNTRACED: &str = "wait.wuntraced-untraced-child";
const WCONTINUED: &str = "wait.wcontinued";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "parent_of_an_untraced_child",
        title: "An untraced child's job-control stop is told only with WUNTRACED, and that it was continued only with WCONTINUED.",
        clauses: &[END, UNTRACED, WCONTINUED, "wait.macro.stopsig", "wait.macro.signaled"],
        axes: &[axis::<Start>(&["seize"])],
        program: |p| {
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(0));
                p.raise(Signal::STOP);
                p.spin();
            });
            p.await_word(Program::shared(2));
            p.wait4(child, 10, libc::WNOHANG | libc::WCONTINUED);
            p.wait4(child, 11, libc::WNOHANG | libc::WUNTRACED);
            p.store(Program::shared(3), 1);
            p.await_word(Program::shared(4));
            p.wait4(child, 12, libc::WNOHANG | libc::WUNTRACED);
            p.wait4(child, 13, libc::WNOHANG | libc::WCONTINUED);
            p.store(Program::shared(5), 1);
            p.wait4(child, 14, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            t.set_word(0, 1);
            let t = hears(t, UNTRACED, &child, (libc::CLD_STOPPED, libc::SIGSTOP))?;
            round(&t, 2);
            t.check_saw(UNTRACED, "wait4", Some(Return(0)))?;
            t.check_saw_pid(UNTRACED, "wait4_2", &child)?;
            check_status(&t, "wait.macro.stopsig", 11, 0x7f | libc::SIGSTOP << 8);
            child.kill(Signal::CONT)?;
            let t = hears(t, WCONTINUED, &child, (libc::CLD_CONTINUED, libc::SIGCONT))?;
            round(&t, 4);
            t.check_saw(WCONTINUED, "wait4_3", Some(Return(0)))?;
            t.check_saw_pid(WCONTINUED, "wait4_4", &child)?;
            check_status(&t, WCONTINUED, 13, 0xffff);
            child.kill(Signal::TERM)?;
            let t = hears(t, "wait.macro.signaled", &child, (libc::CLD_KILLED, libc::SIGTERM))?;
            let t = t.ends(END, ENDS)?;
            t.check_saw_pid("wait.macro.signaled", "wait4_5", &child)?;
            t.check("wait.macro.signaled", "status that the parent got", Word(15), Word(t.word(14)));
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "untraced_children_by_kind",
        title: "Of children that nobody traces a wait finds those with SIGCHLD as exit signal, with __WCLONE those with another or none, with __WALL both.",
        clauses: &[END, CLONE, ALL, EXITED],
        axes: &[axis::<Start>(&["seize"]), axis::<Kinds>(&["noflag", "wclone", "wall"])],
        program: |p| {
            let ends = |p: &mut Program| {
                p.await_word(Program::shared(0));
                p.exit(7);
            };
            let Kinds(flags) = p.pick();
            let forked = p.fork("forked", ends);
            let cloned = p.clone_task(0, "cloned", ends);
            p.await_word(Program::shared(1));
            p.wait4(forked, 10, flags | libc::WNOHANG);
            p.wait4(cloned, 11, flags | libc::WNOHANG);
            p.wait4(forked, 12, libc::__WALL | libc::WNOHANG);
            p.wait4(cloned, 13, libc::__WALL | libc::WNOHANG);
            p.exit(3);
        },
        scenario: |t| {
            let Kinds(flags) = t.pick()?;
            let t = t.cont()?;
            let (forked, cloned) = (t.made("fork", "forked")?, t.made("clone", "cloned")?);
            t.set_word(0, 1);
            let t = hears(t, EXITED, &forked, (libc::CLD_EXITED, 7))?;
            forked.await_state(&['Z'])?;
            cloned.await_state(&['Z'])?;
            t.set_word(1, 1);
            let t = t.ends(END, ENDS)?;
            let (finds_forked, finds_cloned) = (flags != libc::__WCLONE, flags != 0);
            let clause = if flags == libc::__WALL { ALL } else { CLONE };
            check_found(&t, clause, "wait4", &forked, finds_forked)?;
            check_found(&t, clause, "wait4_2", &cloned, finds_cloned)?;
            check_found(&t, ALL, "wait4_3", &forked, !finds_forked)?;
            check_found(&t, ALL, "wait4_4", &cloned, !finds_cloned)?;
            forked.reaped_by_parent();
            cloned.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "ignored_sigchld_reaps",
        title: "An untraced child of a program that ignores SIGCHLD is reaped at its end, and the wait for it, which blocked until then, fails with ECHILD.",
        clauses: &[END, "wait.sigchld-ignored-reap", BLOCKS],
        axes: &[axis::<Start>(&["seize"])],
        program: |p| {
            p.ignore(Signal::CHLD);
            let child = p.fork("child", |p| {
                p.await_word(Program::shared(0));
                p.exit(7);
            });
            p.wait4(child, 10, 0);
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let child = t.made("fork", "child")?;
            t.await_state(&['S'])?;
            t.check_saw(BLOCKS, "wait4", None)?;
            t.set_word(0, 1);
            let t = t.ends(END, ENDS)?;
            t.check_saw("wait.sigchld-ignored-reap", "wait4", Some(Return::error(Errno::ECHILD)))?;
            child.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
];

/// What a wait for a zombie returned that it finds or does not.
fn check_found(t: &Task, clause: &str, step: &str, child: &Task, finds: bool) -> Flow {
    let expected = if finds { child.pid as u64 } else { Errno::ECHILD.as_result() };
    let saw = t.saw(step)?.map(ReturnPid);
    t.check(clause, &format!("result of {step} in the program"), Some(ReturnPid(expected)), saw);
    Ok(())
}
