//! Which syscall-stops come, and in which order.

use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::status::{Gone, Stop::SyscallEnter, Stop::SyscallExit};
use ptrace_conformance_harness::syscalls::Syscall;

pub(super) const CASES: &[Case] = &[Case {
    name: "enter_and_exit_alternate",
    title: "Each call under PTRACE_SYSCALL gives an enter-stop and then an exit-stop, in turn.",
    clauses: &["sysstop.entry"],
    program: |p| {
        p.call(Syscall::GETPID, &[0; 0]);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.syscall()?.expect("sysstop.entry", SyscallEnter)?;
        let t = t.syscall()?.expect("sysstop.entry", SyscallExit)?;
        let t = t.syscall()?.expect("sysstop.entry", SyscallEnter)?;
        t.syscall()?.ends("sysstop.entry", Gone::Exited(3))?;
        Ok(())
    },
    ..Case::NEW
}];
