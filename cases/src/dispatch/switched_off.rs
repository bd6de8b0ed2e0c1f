//! The machine's switch for the dispatch, which only guests have off for a while.

use super::config::check_config;
use super::{
    ALL, ARGUMENTS, BLOCK, BY_TRACER, CALL, END, INCLUSIVE, NONE, PASSED, SELECTOR, STOPS, arm, to_sigsys,
};
use ptrace_conformance_harness::case::{Case, Need};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::layout::SyscallUserDispatch;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::Return;

const REFUSED: &str = "sud.sysctl.deny-arming";
const KEPT: &str = "sud.sysctl.keep-armed";
const TRAP: &str = "stop.signal.every-delivery-stops";
const SWITCH: &str = "/proc/sys/kernel/syscall_user_dispatch";
const OTHER: SyscallUserDispatch =
    SyscallUserDispatch { mode: INCLUSIVE, selector: 0, offset: 0x5000, length: 8 };

pub(super) const CASES: &[Case] = &[Case {
    name: "switched_off",
    title: "With kernel.syscall_user_dispatch at 0 neither program nor tracer can arm a dispatch: EPERM. One that is armed goes on, and can be turned off.",
    clauses: &[REFUSED, KEPT, TRAP, STOPS, PASSED, END],
    needs: &[Need::Setting(SWITCH)],
    program: |p| {
        arm(p, ALL);
        p.breakpoint();
        p.store(SELECTOR, BLOCK);
        p.call(CALL, &ARGUMENTS);
        // The tracer has turned it off meanwhile.
        arm(p, OTHER);
        p.exit(3);
    },
    scenario: |t| {
        let t = t.cont()?.expect(TRAP, Stop::Signal(Signal::TRAP))?;
        let _before = t.setting(SWITCH, 0)?;
        for config in [ALL, OTHER] {
            let name = format!("PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG with mode {}", config.mode);
            t.check(REFUSED, &name, Err(Errno::EPERM), t.set_dispatch(config));
        }
        check_config(&t, KEPT, ALL)?;
        let t = to_sigsys(t)?;
        t.check(
            KEPT,
            "PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG that turns it off",
            Ok(()),
            t.set_dispatch(NONE),
        );
        check_config(&t, KEPT, NONE)?;
        let task = t.cont()?.ends(END, Gone::Exited(3))?;
        task.check_saw(KEPT, "prctl", Some(Return(0)))?;
        task.check_saw(REFUSED, "prctl_2", Some(Return::error(Errno::EPERM)))
    },
    ..BY_TRACER
}];
