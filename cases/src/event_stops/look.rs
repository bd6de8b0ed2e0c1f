//! What can be asked at any event stop.

use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Status;
use ptrace_conformance_harness::syscall_info::{NONE, SIZE_NONE, SyscallInfo};
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, Pid};

/// Wait status and siginfo: SIGTRAP and the event. Clauses `event.status-encoding`, `event.siginfo`,
/// `inside.siginfo-own-id`.
pub(super) fn status(t: &Stopped, event: Event) {
    t.check("event.status-encoding", "status", Status::stopped(libc::SIGTRAP, event), t.status);
    let siginfo = t.siginfo();
    let code = libc::SIGTRAP | i32::from(event.0) << 8;
    t.check("event.siginfo", "si_signo", Ok(Signal::TRAP), siginfo.map(|siginfo| siginfo.signal));
    t.check("event.siginfo", "si_code", Ok(code), siginfo.map(|siginfo| siginfo.code));
    let sender = siginfo.map(|siginfo| Pid(siginfo.pid));
    t.check("inside.siginfo-own-id", "si_pid", Ok(Pid(t.pid)), sender);
}

/// `PTRACE_GET_SYSCALL_INFO`: none, with the fields that every stop has. Clauses `sysinfo.none-elsewhere`,
/// `sysinfo.common-fields-all-ops`.
pub(super) fn no_syscall_info(t: &Stopped) -> Flow {
    let info = t.syscall_info();
    t.check("sysinfo.none-elsewhere", "op", Ok(NONE), info.map(|info| info.op()));
    t.check("sysinfo.none-elsewhere", "size", Ok(SIZE_NONE as i64), info.map(|info| info.available));
    place(t, info)
}

/// The fields that `PTRACE_GET_SYSCALL_INFO` fills at every stop: where the tracee is. Clause
/// `sysinfo.common-fields-all-ops`.
pub(super) fn place(t: &Stopped, info: Result<SyscallInfo, Errno>) -> Flow {
    const COMMON: &str = "sysinfo.common-fields-all-ops";
    let registers = t.registers()?;
    let (ip, sp) = (info.map(|info| info.ip()), info.map(|info| info.sp()));
    t.check(COMMON, "instruction_pointer", Ok(Address(registers.ip())), ip.map(Address));
    t.check(COMMON, "stack_pointer is that of the registers", Ok(true), sp.map(|sp| sp == registers.sp()));
    Ok(())
}
