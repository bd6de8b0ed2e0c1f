//! How gdb comes to a process that job control has stopped, and stops and resumes all threads of one that runs.

use super::{
    DETACHED, END, FIRST, INTERRUPTED, ON, ONE_START, READY, STATUS, STOPS, parent_of_a_stopped_one,
};
use crate::event_stops::tasks::{MADE, TRACED, split};
use ptrace_conformance_harness::case::{ANY_START, Case, Start};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Request, note, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const AT_ONCE: &str = "kdoc.attach-stopped-hides-transition";
const SENT: &str = "attach.attach.sends-sigstop";
const ONCE: &str = "signal.std-coalesce";
const READ: &str = "regs.getregset-prstatus";
const FLOATING: &str = "regs.getregset-prfpreg";
const AGAIN: &str = "kdoc.unlink-group-stop";

/// Words of the program: the second thread may end; it has run on.
const THREAD_ENDS: usize = 8;
const RAN: usize = 10;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "gdb_attaches_to_a_stopped_process",
        title: "Behind an attach to a stopped process another SIGSTOP and PTRACE_CONT, without a wait between, lead to one signal-delivery-stop of SIGSTOP; with that passed on by PTRACE_DETACH the process is as stopped as before.",
        clauses: &[AT_ONCE, SENT, ONCE, AGAIN, DETACHED, END],
        axes: &[ONE_START],
        program: parent_of_a_stopped_one,
        scenario: |t| {
            let parent = t.cont()?;
            let t = parent.made("fork", "child")?;
            parent.await_word(READY);
            t.attach()?;
            t.kill_leader(Signal::STOP)?;
            t.check(AT_ONCE, "PTRACE_CONT at once", Ok(0), t.request(Request::CONT, 0, Data::Word(0)));
            let t = t.expect(SENT, Stop::Signal(Signal::STOP))?;
            t.check(ONCE, "signals pending", Ok(0), t.pending(false).map(|found| found.len()));
            t.check(ONCE, "a second wait", Ok(None), t.poll_id(t.pid as u64));
            let t = t.detach(Signal::STOP)?;
            t.await_state(&['T'])?;
            t.check(AGAIN, "state in /proc", 'T'.to_string(), t.proc_status()?.state.to_string());
            t.kill(Signal::CONT)?;
            let parent = parent.ends(END, Gone::Exited(3))?;
            let stopped = Word(0x7f | (libc::SIGSTOP as u64) << 8);
            parent.check(AGAIN, "status that the parent got first", stopped, Word(parent.word(FIRST)));
            parent.check_saw_pid(DETACHED, "wait4_2", &t)?;
            parent.check(DETACHED, "status that the parent got", Word(7 << 8), Word(parent.word(STATUS)));
            t.reaped_by_parent();
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "crashpad_reads_a_process",
        title: "A handler of crashes attaches to each thread of a process, of which one sleeps and one runs, reads general and floating-point registers and memory, and lets both go: a restartable call goes on, and nobody has noticed.",
        clauses: &[SENT, READ, FLOATING, "mem.peek-word", DETACHED, END],
        axes: &[ONE_START],
        program: |p| {
            super::parent_of(p, |p| {
                p.thread("thread", |p| {
                    p.store(Program::shared(READY), 1);
                    p.await_word(Program::shared(THREAD_ENDS));
                    p.store(Program::shared(RAN), 1);
                    p.exit_thread(5);
                });
                p.call(Syscall::FUTEX, &[Program::shared(ON), libc::FUTEX_WAIT as u64, 0, 0]);
                p.await_word(Program::shared(RAN));
                p.exit(7);
            });
        },
        scenario: reads,
        ..Case::NEW
    },
    Case {
        name: "gdb_stops_and_resumes_all_threads",
        title: "All threads are stopped one by one, looked at and resumed, twice: each has its own stop each time, and the program has noticed nothing.",
        clauses: &[MADE, TRACED, STOPS, INTERRUPTED, END, "kdoc.interrupt-no-side-effect"],
        axes: &[ANY_START],
        options: options::TRACESYSGOOD | options::TRACECLONE,
        program: |p| {
            p.thread("thread", |p| {
                p.store(Program::shared(READY), 1);
                p.await_word(Program::shared(THREAD_ENDS));
                p.exit_thread(5);
            });
            p.await_word(Program::shared(ON));
            p.exit(3);
        },
        scenario: |t| {
            const QUIET: &str = "kdoc.interrupt-no-side-effect";
            let (mut leader, thread) = split(t)?;
            let mut thread = thread.cont()?;
            leader.await_word(READY);
            let process = leader.pid;
            for _ in 0..2 {
                ask(&leader, process)?;
                ask(&thread, process)?;
                let (first, second) = (halted(leader)?, halted(thread)?);
                for t in [&first, &second] {
                    let pending =
                        [t.pending(false), t.pending(true)].map(|found| found.map(|found| found.len()));
                    t.check(QUIET, "signals pending", [Ok(0), Ok(0)], pending);
                }
                (leader, thread) = (first.cont()?, second.cont()?);
            }
            leader.set_word(THREAD_ENDS, 1);
            thread.ends(END, Gone::Exited(5))?;
            leader.set_word(ON, 1);
            leader.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];

fn reads(t: Stopped) -> Flow {
    let (parent, leader) = super::to_child(t)?;
    let thread = leader.made("clone", "thread")?;
    leader.await_state(&['S'])?;
    leader.set_word(ON, 1);
    let mut tasks = Vec::new();
    for t in [leader, thread] {
        t.attach()?;
        tasks.push(t.expect(SENT, Stop::Signal(Signal::STOP))?);
    }
    for t in &tasks {
        t.steady_registers(READ)?;
        let (mut floating, size) = ([0; 1024], if super::IS_X86 { 512 } else { 528 });
        t.check(FLOATING, "bytes of NT_PRFPREG", Ok(size), t.regset(note::PRFPREG, &mut floating));
        let word = t.peek(Program::shared(READY)).map(Word);
        t.check("mem.peek-word", "word of the program", Ok(Word(1)), word);
    }
    let mut left = Vec::new();
    for t in tasks {
        left.push(t.detach(Signal::NONE)?);
    }
    parent.set_word(THREAD_ENDS, 1);
    let parent = parent.ends(END, Gone::Exited(3))?;
    super::check_reaped(&parent, &left[0])?;
    parent.check_saw(DETACHED, "futex", Some(Return::error(Errno::EAGAIN)))?;
    left.into_iter().for_each(Running::reaped_by_parent);
    Ok(())
}

/// Asks a thread to stop: with a SIGSTOP, or without one where that is possible.
fn ask(t: &Running, process: i32) -> Flow {
    if t.start == Start::Seize { t.interrupt() } else { t.kill_thread(process, Signal::STOP) }
}

fn halted(t: Running) -> Flow<Stopped> {
    if t.start == Start::Seize {
        t.expect(INTERRUPTED, Stop::EventStop(Signal::TRAP))
    } else {
        t.expect(STOPS, Stop::Signal(Signal::STOP))
    }
}
