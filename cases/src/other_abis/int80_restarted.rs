//! Calls by `int 0x80` that a signal interrupts.

use super::blocked::Blocked;
use super::int80::BY_INTERRUPT;
use super::interrupt::{ARCH, ARGUMENTS, Call, KEPT, NUMBER, ORIG_RAX, RESULT, check_kept, exited};
use super::interrupt::{to_enter, to_exit};
use super::nr;
use super::view::{check_info, check_registers};
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::tracee::Resume;

const AGAIN: &str = "abi.int80-restart";
const CODE: &str = "restart.code-x86";
const INTERRUPTS: Signal = Signal::USR1;

impl Blocked {
    /// Nothing to wait for, and a million seconds.
    const fn call(self) -> Call {
        match self {
            Blocked::Pause => Call { number: nr::PAUSE, args: [1, 2, 3, 4, 5, 6] },
            Blocked::Poll => {
                Call { number: nr::POLL, args: [Program::shared(0) as u32, 0, 1_000_000_000, 4, 5, 6] }
            }
        }
    }
}

/// What the tracer does to rax, which has the restart code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Alone,
    Half,
}

impl Axis for Left {
    const VALUES: &'static [(&'static str, Self)] = &[("alone", Left::Alone), ("half", Left::Half)];
}

pub(super) const CASES: &[Case] = &[Case {
    name: "int80_interrupted",
    title: "An interrupted int 0x80 call shows its restart code, also at the signal's stop, whose arch is still i386, and is made again by its own instruction, with restart_syscall as number 0; the lower half of the code is enough.",
    clauses: &[STOPS, ENTER, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH, AGAIN, CODE],
    axes: &[ANY_START, axis::<Blocked>(&["pause", "poll"]), axis::<Left>(&["alone", "half"])],
    program: |p| {
        let blocked: Blocked = p.pick();
        p.ignore(INTERRUPTS);
        blocked.call().step(p);
        p.exit(3);
    },
    scenario: |t| {
        let blocked: Blocked = t.pick()?;
        let left: Left = t.pick()?;
        let (t, inside) = to_enter(t, blocked.call())?;
        t.kill(INTERRUPTS)?;
        let (t, behind) = to_exit(t, &inside, blocked.code().as_result())?;
        let t = t.syscall()?.expect(STOPS, Stop::Signal(INTERRUPTS))?;
        check_registers(&t, CODE, &behind)?;
        let mut shown = blocked.call().info(&inside);
        shown.op = info::NONE;
        check_info(&t, CODE, shown)?;
        if left == Left::Half {
            t.set_registers(&behind.with(arch::RESULT, behind.result() & 0xffff_ffff))?;
        }
        let t = t.resume(Resume::Syscall, INTERRUPTS)?.expect(AGAIN, Stop::SyscallEnter)?;
        let inside = inside.with(ORIG_RAX, blocked.again().into());
        check_registers(&t, AGAIN, &inside)?;
        let mut shown = blocked.call().info(&inside);
        shown.word = blocked.again().into();
        check_info(&t, AGAIN, shown)?;
        // No call, and no error.
        let behind = inside.with(ORIG_RAX, u64::MAX).with(arch::RESULT, 0);
        t.set_registers(&behind)?;
        let task = t.cont()?.ends(END, Gone::Exited(3))?;
        check_kept(&task, &behind);
        exited(&task, AGAIN, 0)
    },
    ..BY_INTERRUPT
}];
