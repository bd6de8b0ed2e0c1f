//! `PTRACE_SYSEMU`: enter-stops of calls that are never made.

use super::stops::{ENTER, EXIT, pass, to_enter};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Axis, Case, axis};
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscall_info as info;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Running, Stopped};
use ptrace_conformance_harness::values::{Address, Return};

const SKIPS: &str = "sysemu.stop-no-exec";
const EMULATED: u64 = 0x1234;

/// Whether this architecture is documented to have the request.
const SUPPORTED: &str =
    if cfg!(target_arch = "x86_64") { "sysemu.x86-supported" } else { "sysemu.aarch64-support-undocumented" };

/// Ways on from the stop.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Cont,
    Detach,
    Singlestep,
}

impl Axis for Way {
    const VALUES: &'static [(&'static str, Self)] =
        &[("cont", Way::Cont), ("detach", Way::Detach), ("singlestep", Way::Singlestep)];
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sysemu_stop",
        title: "PTRACE_SYSEMU leads to an enter-stop with message, number, arguments and op as any other.",
        clauses: &[ENTER, SUPPORTED, "uapi.eventmsg-syscall", "sysinfo.entry-nr", "sysinfo.field-op"],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = sysemu(t)?.expect(SUPPORTED, Stop::SyscallEnter)?;
            t.check("uapi.eventmsg-syscall", "event message", Ok(1), t.message());
            t.check(ENTER, "number", Syscall::UMASK.number, t.syscall_number()?);
            t.check(ENTER, "first argument", 0o22, t.registers()?.arg(0));
            let answer = t.syscall_info();
            t.check("sysinfo.field-op", "op", Ok(info::ENTRY), answer.map(|info| info.op()));
            t.check(
                "sysinfo.entry-nr",
                "entry.nr",
                Ok(Syscall::UMASK.number),
                answer.map(|info| info.number()),
            );
            t.cont()?.ends(SUPPORTED, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_result",
        title: "A call caught by PTRACE_SYSEMU is not made; the program sees the tracer's result.",
        clauses: &[SKIPS, "sysemu.emulation-result"],
        axes: &[ANY_START, axis::<Way>(&["cont", "detach", "singlestep"])],
        program: |p| {
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            let way: Way = t.pick()?;
            let t = sysemu(t)?.expect(SKIPS, Stop::SyscallEnter)?;
            t.set_register(arch::RESULT, EMULATED)?;
            let running = match way {
                Way::Cont => t.cont()?,
                Way::Detach => t.resume(Resume::Detach, Signal::NONE)?,
                Way::Singlestep => {
                    let stepped = t.resume(Resume::Singlestep, Signal::NONE)?;
                    stepped.expect(SKIPS, Stop::Signal(Signal::TRAP))?.cont()?
                }
            };
            let task = running.ends(SKIPS, Gone::Exited(3))?;
            task.check(SKIPS, "the call was made", false, task.word(0) != 0);
            task.check_saw("sysemu.emulation-result", "pipe2", Some(Return(EMULATED)))
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_without_a_result",
        title: "A caught call without a result gives what was there: -ENOSYS, or aarch64's first argument.",
        clauses: &[ENTER, EXIT, SKIPS],
        program: |p| {
            p.call(Syscall::UMASK, &[0o22]);
            p.call(Syscall::UMASK, &[0o77]);
            p.call(Syscall::UMASK, &[0o22]);
            p.exit(3);
        },
        scenario: |t| {
            let t = sysemu(pass(t)?)?.expect(SKIPS, Stop::SyscallEnter)?;
            let task = t.cont()?.ends(SKIPS, Gone::Exited(3))?;
            let left = Return(arch::result_inside_call(&[0o77, 0, 0, 0, 0, 0]));
            task.check_saw(SKIPS, "umask_2", Some(left))?;
            task.check_saw(SKIPS, "umask_3", Some(Return(0o22)))
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_and_number_changed",
        title: "No number that the tracer writes makes a call happen that PTRACE_SYSEMU has caught.",
        clauses: &[SKIPS, "sysstop.sysemu-skips-always"],
        program: |p| {
            p.call(Syscall::UMASK, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = sysemu(t)?.expect(SKIPS, Stop::SyscallEnter)?;
            t.set_syscall_number(Syscall::PIPE2.number)?;
            let task = t.cont()?.ends("sysstop.sysemu-skips-always", Gone::Exited(3))?;
            task.check("sysstop.sysemu-skips-always", "a call was made", false, task.word(0) != 0);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_then_syscall",
        title: "PTRACE_SYSCALL from the stop of PTRACE_SYSEMU gives the exit-stop of a call not made.",
        clauses: &[ENTER, EXIT, SKIPS, "sysstop.sysemu-skips-always"],
        program: |p| {
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = sysemu(t)?.expect(SKIPS, Stop::SyscallEnter)?;
            t.set_register(arch::RESULT, EMULATED)?;
            let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
            t.check(EXIT, "result", Return(EMULATED), Return(t.registers()?.result()));
            let task = to_enter(t)?.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check("sysstop.sysemu-skips-always", "the call was made", false, task.word(0) != 0);
            task.check_saw(SKIPS, "pipe2", Some(Return(EMULATED)))
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_catches_each_call",
        title: "Under PTRACE_SYSEMU each call has one stop, even exit_group, which does not end the program.",
        clauses: &[SKIPS, "sysstop.no-exit-after-cont"],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(5);
            p.call(Syscall::GETTID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let mut t = t;
            for (call, step) in [
                (Syscall::GETPID, "getpid"),
                (Syscall::EXIT_GROUP, "exit_group"),
                (Syscall::GETTID, "gettid"),
                (Syscall::EXIT_GROUP, "exit_group_2"),
            ] {
                t = sysemu(t)?.expect("sysstop.no-exit-after-cont", Stop::SyscallEnter)?;
                t.check("sysstop.no-exit-after-cont", "number", call.number, t.syscall_number()?);
                let registers = t.registers()?;
                let inside = Return(arch::result_inside_call(&t.given(step)?));
                t.check(SKIPS, "result register", inside, Return(registers.result()));
                t.set_registers(&registers.with(arch::RESULT, EMULATED))?;
            }
            t.kill(Signal::KILL)?;
            let task = t.left_alone().ends(SKIPS, Gone::Killed(Signal::KILL, false))?;
            task.check_saw(SKIPS, "getpid", Some(Return(EMULATED)))?;
            task.check_saw(SKIPS, "exit_group", Some(Return(EMULATED)))
        },
        ..Case::NEW
    },
    Case {
        name: "sysemu_singlestep",
        title: "PTRACE_SYSEMU_SINGLESTEP onto a call gives its enter-stop; from there a step, no exit-stop.",
        clauses: &[ENTER, EXIT, "sysemu.singlestep", "sysstop.sysemu-singlestep-same"],
        program: |p| {
            p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = pass(t)?;
            t.set_word(0, 0);
            let number = t.syscall_number()?;
            let mut registers = t.registers()?.with(arch::IP, label::SYSCALL_INSTRUCTION);
            registers = registers.with(arch::RESULT, Program::shared(0));
            if cfg!(target_arch = "x86_64") {
                registers = registers.with(arch::RESULT, number);
            }
            t.set_registers(&registers)?;
            let stepping = t.resume(Resume::SysemuSinglestep, Signal::NONE)?;
            let t = stepping.expect("sysemu.singlestep", Stop::SyscallEnter)?;
            let ip = Address(t.registers()?.ip());
            t.check("sysemu.singlestep", "instruction pointer", Address(label::SYSCALL_RETURN), ip);
            t.set_register(arch::RESULT, EMULATED)?;
            let stepping = t.resume(Resume::SysemuSinglestep, Signal::NONE)?;
            let t = stepping.expect("sysstop.sysemu-singlestep-same", Stop::Signal(Signal::TRAP))?;
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            task.check("sysemu.singlestep", "the call was made", false, task.word(0) != 0);
            task.check_saw("sysemu.singlestep", "pipe2", Some(Return(EMULATED)))
        },
        ..Case::NEW
    },
];

fn sysemu(t: Stopped) -> Flow<Running> {
    t.resume(Resume::Sysemu, Signal::NONE)
}
