//! Many threads: each is reported once when it is made and once when it ends, also beside an exit_group.

use super::threads::{BORN, MADE};
use crate::event_stops::tasks::to_first_stop;
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::Word;

const EXIT: &str = "opt.traceexit.stop";
const MESSAGE: &str = "opt.traceexit.msg-status";
const ISOLATED: &str = "death.thread-exit-isolated";
const GROUP: &str = "event.exit.group-code";
const RELEASED: &str = "event.exit.released-by-the-process-end";
const ALL: &str = "death.exit-group-all-report";

const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACECLONE | options::TRACEEXIT;

/// How many threads come one after the other, and how many there are at once.
const HUNDRED: usize = 100;
const NAMES: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "last"];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "a_hundred_threads",
        title: "Each of a hundred threads is reported once when it is made, by its maker's event and its own first stop, and once when it ends, by its exit event and its end.",
        clauses: &[MADE, BORN, EXIT, MESSAGE, ISOLATED, "wait.macro.signaled"],
        axes: &[axis::<Start>(&["traceme", "seize"])],
        options: OPTIONS,
        program: |p| {
            p.thread("thread", |p| {
                p.exit_thread(4);
            });
            p.again();
        },
        scenario: |mut t| {
            for _ in 0..HUNDRED {
                t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
                let thread = to_first_stop(t.new_task("thread")?)?;
                let thread = exit_event(thread.cont()?, EXIT, 4)?;
                let thread = thread.cont()?.ends(ISOLATED, Gone::Exited(4))?;
                t.check(ISOLATED, "another wait", Err(Errno::ECHILD), t.poll_id(thread.pid as u64));
                t.check(ISOLATED, "another wait for the maker", Ok(None), t.poll_id(t.pid as u64));
            }
            t.kill(Signal::KILL)?;
            let t = t.left_alone().expect(EXIT, Stop::Event(Event::EXIT))?;
            t.cont()?.ends("wait.macro.signaled", Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "threads_end_beside_an_exit_group",
        title: "Of six threads two are at the events of their own ends when another calls exit_group: those go on by themselves, the others come to their events once, and all ends tell the call's status.",
        clauses: &[MADE, BORN, EXIT, MESSAGE, GROUP, RELEASED, ALL],
        options: OPTIONS,
        program: |p| {
            for (index, name) in NAMES.into_iter().enumerate() {
                p.thread(name, |p| match index {
                    0 | 1 => drop(p.exit_thread(4)),
                    5 => {
                        p.await_word(Program::shared(0));
                        p.exit(5);
                    }
                    _ => drop(p.spin()),
                });
            }
            p.spin();
        },
        scenario: |t| {
            let (leader, threads) = all_made(t)?;
            let mut dying = Vec::new();
            let mut running = Vec::new();
            for (index, thread) in threads.into_iter().enumerate() {
                match index {
                    0 | 1 => dying.push(exit_event(thread, EXIT, 4)?),
                    _ => running.push(thread),
                }
            }
            leader.set_word(0, 1);
            let running = running.into_iter().map(|thread| exit_event(thread, GROUP, 5));
            let others = running.collect::<Flow<Vec<_>>>()?;
            let leader = exit_event(leader, GROUP, 5)?;
            for thread in dying {
                thread.left_alone().ends(RELEASED, Gone::Exited(5))?;
            }
            for thread in others {
                thread.check(ALL, "a second report", Ok(None), thread.poll_id(thread.pid as u64));
                thread.cont()?.ends(ALL, Gone::Exited(5))?;
            }
            leader.cont()?.ends(ALL, Gone::Exited(5)).map(drop)
        },
        ..Case::NEW
    },
];

/// The leader behind the making of all threads, and those, all running.
fn all_made(mut t: Stopped) -> Flow<(Running, Vec<Running>)> {
    let mut threads = Vec::new();
    for name in NAMES {
        t = t.cont()?.expect(MADE, Stop::Event(Event::CLONE))?;
        threads.push(to_first_stop(t.new_task(name)?)?.cont()?);
    }
    Ok((t.cont()?, threads))
}

fn exit_event(t: Running, clause: &str, code: u64) -> Flow<Stopped> {
    let t = t.expect(clause, Stop::Event(Event::EXIT))?;
    t.check(MESSAGE, "event message", Ok(Word(code << 8)), t.message().map(Word));
    Ok(t)
}
