//! What others can do while an execve waits for a dead thread to be reaped, and what a wait for the old leader tells.

use super::image::{END, ENDED, IMAGE_ENDS, STOPS, THREADS, asks_and_ends, event};
use super::state::{MAKING, both};
use crate::attach::threads::traced_by;
use crate::attach::way::{TRACER, check_proc};
use ptrace_conformance_harness::case::{Arch, Axis, Case, Quirk, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::{At, Program};
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped, Task};
use ptrace_conformance_harness::values::{Return, Word};
use ptrace_conformance_harness::version::Change;

const BLOCKS: &str = "kdoc.exec-blocks-until-reaped";
const OPENS: &str = "kdoc.exec-lets-memory-be-opened";
const OLD: &str = "exec.old-memory-file";
const WAITS: &str = "kdoc.attach-cred-guard";
const STATUS: &str = "exec.others-report-exit0";
const WAKES: &str = "kdoc.exec-old-leader-wakes-waiter";
const UNSEEN: &str = "bug.exec-unseen-by-leader-tracer";
const SILENT: &str = "sysstop.silent-leader-death";

/// A word of the program's own memory that nobody uses: on the stack of a task that there is not.
const PLACE: u64 = label::TASK + 7 * 4096;
const WRITTEN: u64 = 0x1234_5678_9abc_def0;

/// Words of the program: who may execute, who may end, what is known, and what waits told.
const EXECUTES: usize = 1;
const ON: usize = 2;
const THREAD: usize = 3;
const READY: usize = 4;
const REAPS: usize = 5;
const RUNS: usize = 6;
const ENDS: usize = 7;
const FIRST: usize = 8;
const SECOND: usize = 9;
const THIRD: usize = 10;
const EXECUTED: usize = 11;

/// Whether a signal comes while the request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interrupted(bool);

impl Axis for Interrupted {
    const VALUES: &'static [(&'static str, Self)] =
        &[("undisturbed", Interrupted(false)), ("interrupted", Interrupted(true))];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "memory_file_while_execve_waits",
        title: "While an execve waits for a dead thread that its tracer has not reaped, /proc/PID/mem can be opened, and gives the old image's memory.",
        clauses: &[MAKING[0], MAKING[1], STOPS, BLOCKS, OPENS, OLD, STATUS, END],
        options: THREADS,
        program: |p| {
            p.thread("thread", |p| {
                p.spin();
            });
            p.await_word(Program::shared(EXECUTES));
            p.exec(asks_and_ends);
        },
        scenario: |t| {
            t.set_memory(PLACE, &[WRITTEN])?;
            let (leader, thread) = both(t)?;
            let leader = leader.cont()?;
            leader.set_word(EXECUTES, 1);
            thread.await_state(&['Z'])?;
            leader.check(BLOCKS, "report before the thread is reaped", Ok(None), leader.poll());
            let file = leader.memory_file()?;
            let word = file.word(PLACE).map(|word| word.map(Word));
            leader.check(OPENS, "word of the old image", Ok(Some(Word(WRITTEN))), word);
            thread.left_alone().ends(STATUS, Gone::Exited(0))?;
            let t = event(leader)?;
            let word = file.word(PLACE).map(|word| word.map(Word));
            t.check(OLD, "word through the file, at the event", Ok(None), word);
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "attach_while_execve_waits",
        title: "A request to seize a process whose execve waits for a dead thread waits too, is interrupted by a signal with ERESTARTNOINTR and made again, and succeeds once the thread is reaped.",
        clauses: &[WAITS, SIGNAL, ENTER, END],
        axes: &[axis::<Start>(&["traceme"]), axis::<Interrupted>(&["undisturbed", "interrupted"])],
        program: tracer_of_both,
        scenario: |t| {
            let Interrupted(interrupted) = t.pick()?;
            let t = t.cont()?.expect(SIGNAL, Stop::Signal(Signal::USR1))?;
            let (thread, process) = (t.made("clone", "thread")?, t.made("fork", "process")?);
            t.set_word(EXECUTES, 1);
            thread.await_state(&['Z'])?;
            let mut t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
            if interrupted {
                t = interrupt(t)?;
            }
            let t = t.syscall()?;
            t.await_state(&['S'])?;
            t.check(WAITS, "report while the execve waits", Ok(None), t.poll());
            t.set_word(REAPS, 1);
            let t = t.expect(WAITS, Stop::SyscallExit)?;
            t.check(WAITS, "result", Ok(Return(0)), t.syscall_info().map(|info| Return(info.rval())));
            traced_by(&process, WAITS, 'R', &t)?;
            t.set_word(ENDS, 1);
            let t = t.cont()?.ends(END, Gone::Exited(3))?;
            for (step, of, index, status) in
                [("wait4", &thread, FIRST, 0), ("wait4_2", &process, SECOND, u64::from(IMAGE_ENDS) << 8)]
            {
                t.check_saw_pid(WAITS, step, of)?;
                t.check(WAITS, &format!("status of {step}"), Word(status), Word(t.word(index)));
            }
            [thread, process].into_iter().for_each(|task| task.reaped_by_parent());
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "wait_for_anybody_and_an_old_leader",
        title: "A tracer that waits for any tracee, and whose only one is a leader that has ended, is woken when a thread that it does not trace executes: it has no tracee any more, and hears nothing of the execve.",
        clauses: &[WAKES, UNSEEN, SILENT, TRACER, END],
        axes: &[axis::<Start>(&["traceme"])],
        program: |p| {
            let parent = parent_of_a_leader(p);
            p.thread("tracer", |p| {
                seizes_the_leader(p);
                p.wait4(u64::MAX, SECOND, libc::__WALL | libc::__WNOTHREAD);
                p.store(Program::shared(RUNS), 1);
                p.spin();
            });
            reaps(p, parent);
        },
        scenario: |t| {
            let t = t.cont()?;
            let waiter = t.made("clone_2", "tracer")?;
            let leader = executed(&t, &waiter)?;
            t.await_word(RUNS);
            all_end(t, leader)
        },
        ..Case::NEW
    },
    Case {
        name: "wait_for_an_old_leader",
        title: "A tracer that waits by its id for a leader which has ended is woken when a thread that it does not trace executes.",
        clauses: &[WAKES, UNSEEN, SILENT, SIGNAL, TRACER, END],
        axes: &[axis::<Start>(&["traceme"])],
        quirks: &[Quirk {
            what: "state of the waiting tracer",
            observed: "S",
            arches: Arch::ALL,
            since: Change::at(5, 8),
            until: None,
            reason: "the old leader has the thread's former id when its tracer is to be woken, which a wait by id does not ask for",
            source: "fs/exec.c: de_thread(); kernel/exit.c: child_wait_callback()",
            ends: "nothing yet; 6b03d1304a32 proc: Ensure we see the exit of each process tid exactly once brought it",
            advice: "wait for any tracee, or trace all threads: a wait for the one leader sleeps until a signal comes",
        }],
        program: |p| {
            let parent = parent_of_a_leader(p);
            let leader = seizes_the_leader(p);
            p.wait4(leader, SECOND, libc::__WALL);
            p.store(Program::shared(RUNS), 1);
            reaps(p, parent);
        },
        scenario: |t| {
            let t = t.cont()?;
            let leader = executed(&t, &t)?;
            // Whoever still sleeps looks again behind this.
            t.kill_leader(Signal::USR2)?;
            let t = t.expect(SIGNAL, Stop::Signal(Signal::USR2))?.cont()?;
            t.await_word(RUNS);
            all_end(t, leader)
        },
        ..Case::NEW
    },
];

const SIGNAL: &str = "stop.signal.every-delivery-stops";
const ENTER: &str = "sysstop.entry";

/// A process of two threads, and its parent: it seizes the thread, and later the whole process, whose leader executes.
/// A thread beside the tracer reaps the dead one.
fn tracer_of_both(p: &mut Program) {
    p.block(&[Signal::CHLD]);
    let process = p.fork("process", |p| {
        let thread = p.thread("thread", |p| {
            p.spin();
        });
        p.store(Program::shared(THREAD), thread);
        p.await_word(Program::shared(EXECUTES));
        p.exec(|p| {
            p.await_word(Program::shared(ENDS));
            p.exit(IMAGE_ENDS.into());
        });
    });
    p.await_word(Program::shared(THREAD));
    let thread = p.load(Program::shared(THREAD));
    p.thread("reaper", |p| {
        p.await_word(Program::shared(REAPS));
        p.wait4(thread, FIRST, libc::__WALL);
        p.store(Program::shared(RUNS), 1);
        p.exit_thread(0);
    });
    p.ptrace(Request::SEIZE, thread, 0, 0);
    p.raise(Signal::USR1);
    p.ptrace(Request::SEIZE, process, 0, 0);
    p.wait4(process, SECOND, 0);
    p.await_word(Program::shared(RUNS));
    p.exit(3);
}

/// From the enter-stop into the request, out of it by a signal, and back to its enter-stop.
fn interrupt(t: Stopped) -> Flow<Stopped> {
    let t = t.syscall()?;
    t.await_state(&['S'])?;
    t.kill_leader(Signal::USR2)?;
    let t = t.expect(WAITS, Stop::SyscallExit)?;
    let again = Return::error(Errno::ERESTARTNOINTR);
    let result = t.syscall_info().map(|info| Return(info.rval()));
    t.check(WAITS, "result of the interrupted request", Ok(again), result);
    let t = t.syscall()?.expect(SIGNAL, Stop::Signal(Signal::USR2))?;
    t.syscall()?.expect(ENTER, Stop::SyscallEnter)
}

/// A process whose leader ends once it is traced, and whose thread executes once it may; its parent reaps it.
fn parent_of_a_leader(p: &mut Program) -> At {
    p.block(&[Signal::CHLD]);
    let parent = p.fork("parent", |p| {
        let leader = p.fork("leader", |p| {
            p.thread("thread", |p| {
                p.await_word(Program::shared(EXECUTES));
                p.exec(|p| {
                    p.store(Program::shared(EXECUTED), 1);
                    p.await_word(Program::shared(ENDS));
                    p.exit(IMAGE_ENDS.into());
                });
            });
            p.await_word(Program::shared(ON));
            p.exit_thread(1);
        });
        p.store(Program::shared(READY), leader);
        p.wait4(leader, FIRST, 0);
        p.exit(5);
    });
    p.await_word(Program::shared(READY));
    parent
}

/// Its grandparent, or a thread of that, seizes the leader.
fn seizes_the_leader(p: &mut Program) -> At {
    let leader = p.load(Program::shared(READY));
    p.ptrace(Request::SEIZE, leader, 0, 0);
    p.store(Program::shared(ON), 1);
    leader
}

fn reaps(p: &mut Program, parent: At) {
    p.await_word(Program::shared(ENDS));
    p.wait4(parent, THIRD, 0);
    p.exit(3);
}

/// The tracer waits for the leader, which has ended; then the thread executes.
fn executed(t: &Task, waiter: &Task) -> Flow<Running> {
    let leader = t.made("fork", "leader")?;
    leader.await_state(&['Z'])?;
    waiter.await_state(&['S'])?;
    t.check_saw(UNSEEN, "wait4_2", None)?;
    t.set_word(EXECUTES, 1);
    t.await_word(EXECUTED);
    let status = waiter.proc_status()?;
    waiter.check(WAKES, "state of the waiting tracer", 'R'.to_string(), status.state.to_string());
    let tracer = if waiter.pid == t.pid { std::process::id() as i32 } else { 0 };
    waiter.check(TRACER, "its own tracer is who it has to be", true, status.tracer == tracer);
    Ok(leader)
}

/// The tracer has no tracee any more; its child and that one's end.
fn all_end(t: Running, leader: Running) -> Flow {
    t.check_saw(UNSEEN, "wait4_2", Some(Return::error(Errno::ECHILD)))?;
    t.check(SILENT, "status that the tracer got", Word(0), Word(t.word(SECOND)));
    check_proc(&leader, UNSEEN, 'R', false)?;
    t.set_word(ENDS, 1);
    let t = t.ends(END, Gone::Exited(3))?;
    t.check_saw_pid(END, "wait4", &leader)?;
    let ended = Word(u64::from(IMAGE_ENDS) << 8);
    t.check(END, "status that the parent got", ended, Word(t.word(FIRST)));
    t.check(END, "status of the parent", Word(5 << 8), Word(t.word(THIRD)));
    leader.reaped_by_parent();
    Ok(())
}
