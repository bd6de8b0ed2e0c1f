//! `int 0x80` in 64-bit code: a call of i386, with registers of 64 bits.

use super::interrupt::{ARCH, ARGUMENTS, BEFORE, Call, KEPT, NUMBER, RESULT, UMASK};
use super::interrupt::{check_kept, to_enter, to_exit};
use super::nr;
use super::{END, ENTER, EXIT, STOPS};
use ptrace_conformance_harness::case::{ANY_START, Arch, Axis, Case, Need, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::status::Gone;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::values::Return;

/// A case of a call by `int 0x80`.
pub(super) const BY_INTERRUPT: Case =
    Case { arches: &[Arch::X86_64], only: "int 0x80 is x86's", needs: &[Need::InterruptCalls], ..Case::NEW };

/// What becomes of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Succeeds,
    Fails,
}

impl Axis for Outcome {
    const VALUES: &'static [(&'static str, Self)] =
        &[("succeeds", Outcome::Succeeds), ("fails", Outcome::Fails)];
}

impl Outcome {
    /// A call of six arguments, of which it has one.
    const fn call(self) -> Call {
        match self {
            Outcome::Succeeds => UMASK,
            Outcome::Fails => Call { number: nr::CLOSE, args: [u32::MAX, 2, 3, 4, 5, 6] },
        }
    }

    const fn result(self) -> u64 {
        match self {
            Outcome::Succeeds => BEFORE,
            Outcome::Fails => Errno::EBADF.as_result(),
        }
    }
}

/// Sets a mask, and makes the call.
pub(super) fn program(p: &mut Program, call: Call) {
    p.call(Syscall::UMASK, &[BEFORE]);
    call.step(p);
    p.exit(3);
}

pub(super) const CASES: &[Case] = &[Case {
    name: "int80_call",
    title: "int 0x80 in 64-bit code is a call of i386: number and arguments are i386's, PTRACE_GET_SYSCALL_INFO says so, the upper halves of the registers are shown and not used, and none but rax is changed.",
    clauses: &[STOPS, ENTER, EXIT, END, NUMBER, ARGUMENTS, RESULT, KEPT, ARCH],
    axes: &[ANY_START, axis::<Outcome>(&["succeeds", "fails"])],
    program: |p| {
        let outcome: Outcome = p.pick();
        program(p, outcome.call());
    },
    scenario: |t| {
        let outcome: Outcome = t.pick()?;
        let (t, inside) = to_enter(t, outcome.call())?;
        let (t, behind) = to_exit(t, &inside, outcome.result())?;
        let task = t.cont()?.ends(END, Gone::Exited(3))?;
        task.check_saw(RESULT, "interrupt_call", Some(Return(outcome.result())))?;
        check_kept(&task, &behind);
        Ok(())
    },
    ..BY_INTERRUPT
}];
