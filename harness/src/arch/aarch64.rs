//! aarch64: `struct user_pt_regs` (arch/arm64/include/uapi/asm/ptrace.h) and the system call convention.

use super::Registers;

/// Words of `struct user_pt_regs`, in order.
pub const NAMES: [&str; 34] = [
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30",
    "sp", "pc", "pstate",
];

/// Registers that a program saves behind a call, in the order of its record.
pub const SAVED: &[&str] = &[
    "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30",
    "sp",
];

/// Where the program put the system call number, `x8`; the kernel's own copy is `NT_ARM_SYSTEM_CALL`.
pub const NUMBER: usize = 8;
/// The result register, `x0`; it is also the first argument.
pub const RESULT: usize = 0;
/// The argument registers.
pub const ARGS: [usize; 6] = [0, 1, 2, 3, 4, 5];
/// The instruction pointer.
pub const IP: usize = 32;
/// The stack pointer.
pub const SP: usize = 31;
/// Processor state.
pub const FLAGS: usize = 33;
/// Bytes of the system call instruction, `svc #0`.
pub const SYSCALL_LENGTH: u64 = 4;
/// How far the instruction pointer is behind a breakpoint instruction's address when it has trapped.
pub const BREAKPOINT_ADVANCE: u64 = 0;
/// `AUDIT_ARCH_AARCH64`, as `PTRACE_GET_SYSCALL_INFO` reports it.
pub const AUDIT_ARCH: u32 = 0xc000_00b7;

/// Words that no program of ours ever changes: none.
pub const CONSTANT: &[usize] = &[];
/// Bits of the state that no program of ours ever has set: mode, interrupt masks, illegal state (asm/ptrace.h).
pub const FLAGS_ZERO: u64 = 0x10_03ff;
/// Registers that have no part in a call; x7 marks the direction at its stops.
pub const IDLE: &[&str] = &[
    "x6", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22",
    "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30",
];

/// Whether word `index` may be other than 0 in a new image: `x7`, which marks the direction of a syscall-stop.
pub const fn kept_by_execve(index: usize) -> bool {
    index == 7
}

/// What the instruction leaves in registers: nothing.
pub const fn clobbered(_registers: &Registers) -> Vec<(usize, u64, u64)> {
    Vec::new()
}

/// `PSTATE.SSBS`, as the kernel saves it (asm/ptrace.h, `PSR_SSBS_BIT`).
const SSBS: u64 = 1 << 12;

/// Bits of word `index` that this processor does not have and the kernel writes nevertheless: without FEAT_SSBS
/// every switch to a task sets `PSTATE.SSBS` in its saved state, and the next return to the program drops it
/// (arch/arm64/kernel/process.c, `ssbs_thread_switch()`).
pub fn not_of_this_processor(index: usize) -> u64 {
    if index == FLAGS && !has_ssbs() { SSBS } else { 0 }
}

/// Whether the processors of this machine have FEAT_SSBS.
fn has_ssbs() -> bool {
    std::arch::is_aarch64_feature_detected!("ssbs")
}

/// What the result register reads while the tracee is inside a call: still the first argument, as nothing
/// is written to it before the call returns (arch/arm64/kernel/syscall.c, `invoke_syscall()`).
pub const fn result_inside_call(args: &[u64; 6]) -> u64 {
    args[0]
}
