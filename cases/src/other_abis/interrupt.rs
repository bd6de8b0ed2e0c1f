//! The routine that makes a call by `int 0x80`: what it is given, and the way to the stops of its call.

use super::nr;
use super::view::{I386, Info, check_info, check_registers};
use super::{ENTER, EXIT, STOPS};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscall_info::{self as info, SyscallInfo};
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Return};

pub(super) const NUMBER: &str = "abi.int80-number";
pub(super) const ARGUMENTS: &str = "abi.int80-arguments";
pub(super) const KEPT: &str = "abi.int80-registers";
pub(super) const RESULT: &str = "abi.int80-result";
pub(super) const ARCH: &str = "abi.arch-of-entry";

/// The routine, its start behind the breakpoint, its call, and what is behind that; x86_64 alone has it.
#[cfg(target_arch = "x86_64")]
pub(super) const CODE: [u64; 4] = {
    use ptrace_conformance_harness::label::{
        INTERRUPT_CALL, INTERRUPT_CALL_1, INTERRUPT_CALL_2, INTERRUPT_CALL_3,
    };
    [INTERRUPT_CALL, INTERRUPT_CALL_1, INTERRUPT_CALL_2, INTERRUPT_CALL_3]
};
#[cfg(target_arch = "aarch64")]
pub(super) const CODE: [u64; 4] = [ptrace_conformance_harness::label::STRAIGHT; 4];

/// Registers that the routine is given, from r15 to rdi in the order of the general registers.
const GIVEN: usize = 15;
/// The number, among the general registers.
pub(super) const ORIG_RAX: usize = 15;
/// The result, rax.
const RAX: usize = 10;
/// Those that carry the arguments of an i386 call: rbx, rcx, rdx, rsi, rdi, rbp.
pub(super) const ARGS: [usize; 6] = [5, 11, 12, 13, 14, 4];
/// Words that the routine pushes before its call.
const PUSHED: u64 = 7;
/// Where the program has the registers behind the call.
const AREA: usize = 1;

/// A call of i386.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub number: u32,
    pub args: [u32; 6],
}

/// umask(2), with arguments that it does not have besides.
pub(super) const UMASK: Call = Call { number: nr::UMASK, args: [0o22, 0x22, 0x33, 0x44, 0x55, 0x66] };
/// The mask before.
pub(super) const BEFORE: u64 = 0o27;

impl Call {
    /// The registers for it: in their upper halves, and in those without a part in it, what no call takes.
    pub const fn given(self) -> [u64; GIVEN] {
        let mut words = [0; GIVEN];
        let mut index = 0;
        while index < GIVEN {
            words[index] = 0x5e47_1e11_0000_0000 | (index as u64) << 8 | 0xa5;
            index += 1;
        }
        words[RAX] = words[RAX] >> 32 << 32 | self.number as u64;
        let mut index = 0;
        while index < 6 {
            words[ARGS[index]] = words[ARGS[index]] >> 32 << 32 | self.args[index] as u64;
            index += 1;
        }
        words
    }

    /// The program's step that makes it.
    pub fn step(self, p: &mut Program) {
        let given = p.data(&self.given());
        p.run(CODE[0], &[given, Program::area(AREA)]);
    }

    /// What `PTRACE_GET_SYSCALL_INFO` says at a stop of it.
    pub fn info(self, registers: &Registers) -> Info {
        Info {
            op: info::ENTRY,
            arch: I386,
            place: [registers.ip(), registers.sp()],
            word: u64::from(self.number),
            args: ARGS.map(|index| registers.words[index]),
            extra: 0,
        }
    }
}

/// From the start to the breakpoint in front of the call; the registers that the call will have inside.
pub(super) fn to_routine(t: Stopped, call: Call) -> Flow<(Stopped, Registers)> {
    let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
    let registers = t.steady_registers(STOPS)?;
    t.check(STOPS, "breakpoint", Address(CODE[1]), Address(registers.ip()));
    let mut inside = registers;
    inside.words[..GIVEN].copy_from_slice(&call.given());
    let inside = inside.with(arch::SP, registers.sp() - 8 * PUSHED).with(arch::IP, CODE[3]);
    let inside = inside.with(arch::RESULT, Errno::ENOSYS.as_result()).with(ORIG_RAX, call.number.into());
    Ok((t, inside))
}

/// To the enter-stop of the call, which is as it must be.
pub(super) fn to_enter(t: Stopped, call: Call) -> Flow<(Stopped, Registers)> {
    to_enter_with(t, call).map(|(t, inside, _)| (t, inside))
}

/// The same, with what `PTRACE_GET_SYSCALL_INFO` says there.
pub(super) fn to_enter_with(t: Stopped, call: Call) -> Flow<(Stopped, Registers, SyscallInfo)> {
    let (t, inside) = to_routine(t, call)?;
    let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?;
    check_registers(&t, NUMBER, &inside)?;
    let told = check_info(&t, ARGUMENTS, call.info(&inside))?;
    Ok((t, inside, told))
}

/// To the exit-stop of a call, which has this result.
pub(super) fn to_exit(t: Stopped, inside: &Registers, result: u64) -> Flow<(Stopped, Registers)> {
    let t = t.syscall()?.expect(EXIT, Stop::SyscallExit)?;
    let behind = inside.with(arch::RESULT, result);
    check_registers(&t, RESULT, &behind)?;
    let place = [behind.ip(), behind.sp()];
    let failed = Errno::of_result(result).is_some();
    let exit = Info { op: info::EXIT, arch: I386, place, word: result, args: [0; 6], extra: failed.into() };
    check_info(&t, RESULT, exit)?;
    Ok((t, behind))
}

/// The registers that the program itself had behind the call, and the result that it got.
pub(super) fn check_kept(t: &Task, behind: &Registers) {
    let area = t.area(AREA, 8 * GIVEN);
    let own = area.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().unwrap_or_default()));
    let differ = own.zip(behind.words).zip(arch::NAMES).filter(|((own, word), _)| own != word);
    let differ: Vec<&str> = differ.map(|(_, name)| name).collect();
    t.check(KEPT, "registers that the program has otherwise", vec![], differ);
}

/// The result that the program got of its call.
pub(super) fn exited(t: &Task, clause: &str, result: u64) -> Flow {
    t.check_saw(clause, "interrupt_call", Some(Return(result)))
}
