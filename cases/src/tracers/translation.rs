//! proot: paths that the program gives are other ones for the kernel, and the program does not find out.

use super::{END, ENTER, EXIT, check_kept};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, Return, Word};

const CHANGED: &str = "regs.setregset-modifies";

pub(super) const CASES: &[Case] = &[Case {
    name: "proot_translates_a_path",
    title: "The tracer puts another path below the stack of a call at its enter-stop, moves the stack pointer below that and has the argument point there; at the exit-stop it puts both back: the call took the other path, and all the program's registers are its own.",
    clauses: &[ENTER, EXIT, END, CHANGED],
    program: |p| {
        let nowhere = p.text("/nowhere");
        p.call(Syscall::CHDIR, &[nowhere]);
        p.exit(3);
    },
    scenario: translates,
    ..Case::NEW
}];

fn translates(t: Stopped) -> Flow {
    /// What the program may use below its stack pointer without asking, on x86_64.
    const RED_ZONE: u64 = 128;
    const ROOT: u64 = u64::from_le_bytes(*b"/\0\0\0\0\0\0\0");
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    t.check(ENTER, "number", Syscall::CHDIR.number, t.syscall_number()?);
    let before = t.steady_registers(ENTER)?;
    let path = (before.sp() - RED_ZONE) / 16 * 16 - 16;
    let kept = t.memory(path, 1)?;
    t.set_memory(path, &[ROOT])?;
    let changed = before.with(arch::ARGS[0], path).with(arch::SP, path);
    t.set_registers(&changed)?;
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let behind = t.registers()?;
    t.check(CHANGED, "result", Return(0), Return(behind.result()));
    t.check(CHANGED, "stack pointer", Address(path), Address(behind.sp()));
    t.check(CHANGED, "word there", Word(ROOT), Word(t.memory(path, 1)?[0]));
    t.set_memory(path, &kept)?;
    let back = before.with(arch::RESULT, 0);
    t.set_registers(&back)?;
    let task = t.cont()?.ends(END, Gone::Exited(3))?;
    task.check_saw(CHANGED, "chdir", Some(Return(0)))?;
    check_kept(&task, CHANGED, "chdir", &back)
}
