//! What strace does: it comes, follows calls and leaves; probes the kernel; and tampers with calls.

use super::{
    DETACHED, END, ENTER, EXIT, INTERRUPTED, ON, ONE_START, READY, STOPS, to_child, to_enter, to_exit,
};
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Return, Word};

const OP: &str = "sysinfo.field-op";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "strace_comes_and_goes",
        title: "strace seizes a task that sleeps in a call and interrupts it, sees that call from its beginning and to its end, interrupts the task once more where it runs, and lets it go.",
        clauses: &[INTERRUPTED, ENTER, EXIT, OP, DETACHED, END, "interrupt.no-signal-sent"],
        axes: &[ONE_START],
        program: |p| {
            let ends = p.data(&[0, 0]);
            p.call(Syscall::PIPE2, &[ends, 0]);
            // Two ints: a call that takes one sees the lower half of a word.
            let (reads, writes) = (p.load(ends), p.load(ends + 4));
            p.block(&[Signal::CHLD]);
            let child = p.fork("child", |p| {
                p.store(Program::shared(READY), 1);
                p.call(Syscall::READ, &[Arg::from(reads), ends.into(), 8.into()]);
                p.store(Program::shared(BACK), 1);
                p.await_word(Program::shared(ON));
                p.exit(7);
            });
            p.await_word(Program::shared(WRITES));
            p.call(Syscall::WRITE, &[Arg::from(writes), ends.into(), 8.into()]);
            p.wait4(child, super::STATUS, 0);
            p.exit(3);
        },
        scenario: comes_and_goes,
        ..Case::NEW
    },
    Case {
        name: "strace_probes_syscall_info",
        title: "A child that asked for trace and stopped itself shows PTRACE_GET_SYSCALL_INFO at its SIGSTOP and at both stops of each of its calls, up to exit_group: strace's probe.",
        clauses: &[
            STOPS,
            END,
            ENTER,
            EXIT,
            OP,
            "sysinfo.entry-nr",
            "sysinfo.entry-args",
            "sysinfo.exit-rval",
        ],
        axes: &[axis::<Start>(&["traceme"])],
        program: |p| {
            let empty = p.text("");
            p.raise(Signal::STOP);
            p.call(Syscall::CHDIR, &[empty, FIRST, SECOND, 3, 4, 5]);
            p.call(Syscall::GETTID, &[FIRST, SECOND, 2, 3, 4, 5]);
            p.exit(3);
        },
        scenario: probes,
        ..Case::NEW
    },
];

/// Words of the program: the parent may write; the child has its bytes.
const WRITES: usize = 8;
const BACK: usize = 9;

fn comes_and_goes(t: Stopped) -> Flow {
    const OPTIONS: u32 = options::TRACESYSGOOD | options::TRACEEXEC | options::TRACEEXIT;
    let (parent, t) = to_child(t)?;
    t.await_state(&['S'])?;
    t.seize(OPTIONS)?;
    t.interrupt()?;
    let t = t.expect(INTERRUPTED, Stop::EventStop(Signal::TRAP))?;
    t.check("interrupt.no-signal-sent", "signals pending", Ok(0), t.pending(false).map(|found| found.len()));
    let t = to_enter(t, Syscall::READ.number)?;
    t.check(OP, "op", Ok(info::ENTRY), t.syscall_info().map(|told| told.op()));
    t.set_word(WRITES, 1);
    let t = to_exit(t, Return(8))?;
    t.check(OP, "op", Ok(info::EXIT), t.syscall_info().map(|told| told.op()));
    let t = t.syscall()?;
    t.await_word(BACK);
    t.interrupt()?;
    let child = t.expect(INTERRUPTED, Stop::EventStop(Signal::TRAP))?.detach(Signal::NONE)?;
    child.set_word(ON, 1);
    let parent = parent.ends(END, Gone::Exited(3))?;
    parent.check_saw(DETACHED, "read", Some(Return(8)))?;
    super::check_reaped(&parent, &child)?;
    child.reaped_by_parent();
    Ok(())
}

/// Arguments that show all bits of a word.
const FIRST: u64 = 0xfedc_ba98_7654_3210;
const SECOND: u64 = 0xface_feed_dead_beef;

fn probes(t: Stopped) -> Flow {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::STOP))?;
    t.check(OP, "op", Ok(info::NONE), t.syscall_info().map(|told| told.op()));
    let mut t = t;
    let calls = [
        ("chdir", Syscall::CHDIR, Some(Return::error(Errno::ENOENT))),
        ("gettid", Syscall::GETTID, Some(Return(t.pid as u64))),
        ("exit_group", Syscall::EXIT_GROUP, None),
    ];
    for (step, call, result) in calls {
        t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
        let told = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
        t.check(OP, "op", info::ENTRY, told.op());
        t.check("sysinfo.entry-nr", "entry.nr", call.number, told.number());
        let given = told.args().map(Word);
        t.check(
            "sysinfo.entry-args",
            "entry.args are those of the call",
            true,
            given == t.given(step)?.map(Word),
        );
        let Some(result) = result else { break };
        t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
        let told = t.must("PTRACE_GET_SYSCALL_INFO", t.syscall_info())?;
        t.check(OP, "op", info::EXIT, told.op());
        t.check("sysinfo.exit-rval", "exit.rval is the call's result", true, told.rval() == result.0);
    }
    t.syscall()?.ends(END, Gone::Exited(3)).map(drop)
}
