//! x86_64: `struct user_regs_struct` (arch/x86/include/asm/user_64.h) and the system call convention.

use super::Registers;
use crate::errno::Errno;

/// Words of `struct user_regs_struct`, in order.
pub const NAMES: [&str; 27] = [
    "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi",
    "orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
];

/// Registers that a program saves behind a call, in the order of its record.
pub const SAVED: &[&str] = &[
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
    "r15",
];

/// Where the system call number is kept while the tracee is inside a call: `orig_rax`.
pub const NUMBER: usize = 15;
/// The result register, `rax`.
pub const RESULT: usize = 10;
/// The argument registers.
pub const ARGS: [usize; 6] = [14, 13, 12, 7, 9, 8];
/// The instruction pointer.
pub const IP: usize = 16;
/// The stack pointer.
pub const SP: usize = 19;
/// Processor flags.
pub const FLAGS: usize = 18;
/// Bytes of the system call instruction, `syscall`.
pub const SYSCALL_LENGTH: u64 = 2;
/// How far the instruction pointer is behind a breakpoint instruction's address when it has trapped.
pub const BREAKPOINT_ADVANCE: u64 = 1;
/// `AUDIT_ARCH_X86_64`, as `PTRACE_GET_SYSCALL_INFO` reports it.
pub const AUDIT_ARCH: u32 = 0xc000_003e;

/// Words that no program of ours ever changes: cs, ss, the bases, and the other selectors.
pub const CONSTANT: &[usize] = &[17, 20, 21, 22, 23, 24, 25, 26];
/// Bits of the flags that no program of ours ever has set: reserved ones, IOPL, NT, VM, AC, VIF, VIP, DF.
pub const FLAGS_ZERO: u64 = !0x1_09d7 & !0x200;
/// Registers that have no part in a call.
pub const IDLE: &[&str] = &["rbx", "rbp", "r12", "r13", "r14", "r15"];

/// Whether word `index` may be other than 0 in a new image: none but those that say where it begins.
pub const fn kept_by_execve(_index: usize) -> bool {
    false
}

/// What the instruction leaves in registers, as index, expected and observed: the return address in `rcx` and the
/// flags in `r11`, less what single-stepping hides there. Nothing where the CPU may use FRED, which leaves both.
pub fn clobbered(registers: &Registers) -> Vec<(usize, u64, u64)> {
    const R11: usize = 6;
    const RCX: usize = 11;
    /// TF and RF.
    const STEPPING: u64 = 0x1_0100;
    let (rcx, r11) = (registers.words[RCX], registers.words[R11]);
    let fred = rcx == crate::abi::sentinel(2) || r11 == crate::abi::sentinel(11);
    if fred {
        return Vec::new();
    }
    let flags = registers.words[FLAGS];
    vec![(RCX, crate::label::SYSCALL_RETURN, rcx), (R11, flags & !STEPPING, r11 & !STEPPING)]
}

/// Bits of word `index` that this processor does not have and the kernel writes nevertheless: none.
pub const fn not_of_this_processor(_index: usize) -> u64 {
    0
}

/// What the result register reads while the tracee is inside a call: the entry code has put `-ENOSYS`
/// there (arch/x86/entry/entry_64.S, `PUSH_AND_CLEAR_REGS rax=$-ENOSYS`).
pub const fn result_inside_call(_args: &[u64; 6]) -> u64 {
    Errno::ENOSYS.as_result()
}
