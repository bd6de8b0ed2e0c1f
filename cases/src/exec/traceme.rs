//! New processes that execute: traced from their making, or by their own parent, which the program is.

use super::image::{
    END, ENDED, EXECS, IMAGE_ENDS, SIGTRAP, STOPS, asks_and_ends, check_at_start, event, sigtrap,
};
use crate::creation::way::{EITHER, STATE, TRACER, check_proc};
use crate::event_stops::axes::{EVENTS, Maker};
use crate::event_stops::tasks::{EVENT, TRACED, to_event, to_first_stop};
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::{Return, Word};

const DONE: &str = "opt.vforkdone.stop";
const NOT_SEIZED: &str = "exec.legacy-sigtrap-not-seized";
const SENDER: &str = "exec.legacy-sigtrap-si-user";
const PARENT: &str = "traceme.fork-child-starts-trace";
const GROUP: &str = "execve.setpgid-eacces";

/// Exit code of a maker.
const MAKER_ENDS: u8 = 3;

/// Whether `PTRACE_O_TRACEEXEC` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    Option,
    Nothing,
}

impl Axis for With {
    const VALUES: &'static [(&'static str, Self)] = &[("traceexec", With::Option), ("plain", With::Nothing)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "new_process_executes",
        title: "A new process that executes gives the event, or SIGTRAP, as its maker would; a maker that waits in vfork is released by it.",
        clauses: &[EVENT, TRACED, STOPS, SIGTRAP, SENDER, NOT_SEIZED, DONE, END],
        axes: &[ANY_START, axis::<Maker>(&["fork", "vfork"]), axis::<With>(&["traceexec", "plain"])],
        options: EVENTS | options::TRACEVFORKDONE,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            maker.make(p, |p| {
                p.exec(asks_and_ends);
            });
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let (maker, with): (Maker, With) = (t.pick()?, t.pick()?);
            let exec = if with == With::Option { options::TRACEEXEC } else { 0 };
            t.change_options(EVENTS | options::TRACEVFORKDONE | exec)?;
            let t = to_event(t)?;
            let child = to_first_stop(t.new_task("child")?)?.cont()?;
            let t = t.cont()?;
            let child = match (with, child.start) {
                (With::Option, _) => event(child)?.cont()?,
                (With::Nothing, Start::Seize) => child,
                (With::Nothing, _) => {
                    let child = sigtrap(child, SIGTRAP)?;
                    check_at_start(&child, SIGTRAP)?;
                    child.cont()?
                }
            };
            let t = match maker {
                Maker::Vfork => t.expect(DONE, Stop::Event(Event::VFORK_DONE))?.cont()?,
                _ => t,
            };
            let child = child.ends(NOT_SEIZED, ENDED)?;
            child.check_saw_pid(END, "gettid", &child)?;
            t.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "child_of_a_tracing_program",
        title: "A child asks for trace by its parent and executes: the parent, itself a tracee, gets the stop of SIGTRAP and lets the new image run; also after vfork.",
        clauses: &[PARENT, END],
        axes: &[EITHER, axis::<Maker>(&["fork", "vfork"])],
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            let child = maker.make(p, |p| {
                p.ptrace(Request::TRACEME, 0, 0, 0);
                p.exec(asks_and_ends);
            });
            p.wait4(child, 0, 0);
            p.ptrace(Request::CONT, child, 0, 0);
            p.wait4(child, 1, 0);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let maker: Maker = t.pick()?;
            let t = t.cont()?.ends(END, Gone::Exited(MAKER_ENDS))?;
            let child = t.saw(maker.step())?;
            for (step, got) in [("wait4", child), ("wait4_2", child), ("gettid", child)] {
                let saw = t.saw(step)?;
                t.check(PARENT, &format!("{step} gave the child's id"), true, got.is_some() && saw == got);
            }
            t.check_saw(PARENT, "ptrace", Some(Return(0)))?;
            t.check_saw(PARENT, "ptrace_2", Some(Return(0)))?;
            let stopped = u64::from(libc::SIGTRAP as u32) << 8 | 0x7f;
            t.check(PARENT, "status at execve", Word(stopped), Word(t.word(0)));
            t.check(PARENT, "status at the end", Word(u64::from(IMAGE_ENDS) << 8), Word(t.word(1)));
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "process_group_behind_execve",
        title: "A parent can move its traced child into another process group at the first stop, and no more at the event of execve.",
        clauses: &[EVENT, TRACED, STOPS, GROUP, TRACER, STATE, END],
        axes: &[EITHER],
        options: EXECS | options::TRACEFORK,
        program: |p| {
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.exec(asks_and_ends);
            });
            p.await_word(Program::shared(0));
            p.call(Syscall::SETPGID, &[Arg::from(child), Arg::from(child)]);
            p.store(Program::shared(1), 1);
            p.await_word(Program::shared(2));
            p.call(Syscall::SETPGID, &[Arg::from(child), Arg::from(child)]);
            p.exit(MAKER_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
            let child = to_first_stop(t.new_task("child")?)?;
            let t = t.cont()?;
            t.set_word(0, 1);
            t.await_word(1);
            let child = event(child.cont()?)?;
            check_proc(&child, true, 't')?;
            t.set_word(2, 1);
            let t = t.ends(END, Gone::Exited(MAKER_ENDS))?;
            t.check_saw(GROUP, "setpgid", Some(Return(0)))?;
            t.check_saw(GROUP, "setpgid_2", Some(Return::error(Errno::EACCES)))?;
            child.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
];
