//! The debug registers at an execve.

use super::image::{END, ENDED, EXECS, STOPS, executes, to_event};
use ptrace_conformance_harness::case::{Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::tracee::{Flow, Halt, Stopped};
use ptrace_conformance_harness::values::{Address, Word};

const BREAKPOINTS: &str = "exec.debug-registers";

pub(super) const CASES: &[Case] = &[Case {
    name: "debug_registers_are_cleared",
    title: "A hardware breakpoint that the tracer has set is gone at the event: its address and its control read 0.",
    clauses: &[STOPS, BREAKPOINTS, END],
    arches: &[Arch::X86_64],
    only: "aarch64 has its hardware breakpoints in a register set",
    options: EXECS,
    program: executes,
    scenario: |t| {
        debug_register(&t, 0, label::BREAKPOINT)?;
        debug_register(&t, 7, 1)?;
        t.check(BREAKPOINTS, "address before", Ok(Address(label::BREAKPOINT)), debug(&t, 0).map(Address));
        t.check(BREAKPOINTS, "control before", Ok(Word(1)), debug(&t, 7).map(Word));
        let t = to_event(t)?;
        t.check(BREAKPOINTS, "address", Ok(Address(0)), debug(&t, 0).map(Address));
        t.check(BREAKPOINTS, "control", Ok(Word(0)), debug(&t, 7).map(Word));
        t.cont()?.ends(END, ENDED).map(drop)
    },
    ..Case::NEW
}];

/// Where debug register 0 is in x86_64's USER area: `offsetof(struct user, u_debugreg)` (asm/user_64.h).
const DEBUG: u64 = 848;

/// Sets a debug register; without them there is nothing to see.
fn debug_register(t: &Stopped, index: u64, value: u64) -> Flow {
    let answer = t.request(Request::POKEUSER, DEBUG + 8 * index, Data::Word(value)).map(drop);
    match answer {
        Err(Errno(libc::ENOSPC | libc::ENODEV | libc::EOPNOTSUPP)) => {
            Err(Halt::Skip("no hardware breakpoints here".to_owned()))
        }
        other => t.must("PTRACE_POKEUSER", other),
    }
}

fn debug(t: &Stopped, index: u64) -> Result<u64, Errno> {
    t.peek_user(DEBUG + 8 * index)
}
