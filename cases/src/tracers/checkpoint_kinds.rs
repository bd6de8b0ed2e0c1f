//! Tasks that take more of CRIU: one that job control has stopped, one with a seccomp filter.

use super::checkpoint::{MAP, check_left, infected, seized};
use super::parasite::{CODE, Parasite, restore};
use super::{
    DETACHED, END, FIRST, INTERRUPTED, ON, ONE_START, READY, STATUS, check_reaped, is_page, parent_of,
    parent_of_a_stopped_one, to_child,
};
use ptrace_conformance_harness::case::{Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const GROUP: &str = "seize.group-stop-report";
const AGAIN: &str = "kdoc.interrupt-at-least-one-trap";
const RUNS: &str = "group.cont-ignores-stop";
const STAYS: &str = "kdoc.unlink-group-stop";
const SUSPENDED: &str = "opt.suspend.disables-filters";
const ENDED: &str = "opt.suspend.ends-with-trace";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "criu_saves_a_stopped_task",
        title: "A stopped process that is seized and interrupted has two stops with its stop signal; code runs in it although it is stopped; left with a SIGSTOP more it is as stopped as before, and SIGCONT wakes it.",
        clauses: &[GROUP, AGAIN, RUNS, CODE, STAYS, DETACHED, END],
        axes: &[ONE_START],
        program: parent_of_a_stopped_one,
        scenario: stopped,
        ..Case::NEW
    },
    Case {
        name: "criu_suspends_seccomp",
        title: "With PTRACE_O_SUSPEND_SECCOMP the tracer's code makes a call that the task's filter refuses; the task itself, let go, gets the filter's errno.",
        clauses: &[INTERRUPTED, SUSPENDED, CODE, ENDED, DETACHED, END],
        needs: &[Need::SeccompFilter, Need::Root, Need::CheckpointRestore],
        axes: &[ONE_START],
        program: |p| {
            parent_of(p, |p| {
                p.filter(Syscall::MMAP, libc::SECCOMP_RET_ERRNO | libc::EACCES as u32);
                p.store(Program::shared(READY), 1);
                p.await_word(Program::shared(ON));
                p.call(Syscall::MMAP, &MAP);
                p.exit(7);
            });
        },
        scenario: suspended,
        ..Case::NEW
    },
];

fn stopped(t: Stopped) -> Flow {
    let (parent, t) = to_child(t)?;
    t.seize(0)?;
    t.interrupt()?;
    let t = t.expect(GROUP, Stop::EventStop(Signal::STOP))?;
    let t = t.cont()?.expect(AGAIN, Stop::EventStop(Signal::STOP))?;
    let found = t.steady_registers(GROUP)?;
    let t = infected(t, &found)?;
    restore(&t, RUNS, &found)?;
    t.check(RUNS, "state of the program's process", 't'.to_string(), t.proc_status()?.state.to_string());
    t.kill(Signal::STOP)?;
    let t = t.detach(Signal::NONE)?;
    t.await_state(&['T'])?;
    check_left(&t, STAYS)?;
    t.kill(Signal::CONT)?;
    let parent = parent.ends(END, Gone::Exited(3))?;
    let first = Word(0x7f | (libc::SIGSTOP as u64) << 8);
    parent.check(STAYS, "status that the parent got first", first, Word(parent.word(FIRST)));
    parent.check_saw_pid(DETACHED, "wait4_2", &t)?;
    parent.check(DETACHED, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
    t.reaped_by_parent();
    Ok(())
}

fn suspended(t: Stopped) -> Flow {
    let (parent, t) = to_child(t)?;
    let t = seized(t, options::TRACESYSGOOD | options::SUSPEND_SECCOMP)?;
    let found = t.steady_registers(INTERRUPTED)?;
    let parasite = Parasite::settle(&t)?;
    let (t, page) = parasite.call(t, &found, Syscall::MMAP, &MAP)?;
    t.check(SUSPENDED, "a page was mapped", true, is_page(page));
    parasite.leave(&t)?;
    restore(&t, CODE, &found)?;
    t.set_word(ON, 1);
    let child = t.detach(Signal::NONE)?;
    let parent = parent.ends(END, Gone::Exited(3))?;
    check_reaped(&parent, &child)?;
    child.check_saw(ENDED, "mmap", Some(Return::error(Errno::EACCES)))?;
    child.reaped_by_parent();
    Ok(())
}
