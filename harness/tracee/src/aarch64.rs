//! aarch64: entry point, system calls with known registers, landing pads.
//!
//! # Safety
//!
//! The assembly keeps to the AAPCS64 calling convention at its borders and touches no memory but the
//! stack and the call block it is given.

use core::arch::{asm, global_asm};

/// System call numbers that the interpreter itself uses.
pub(crate) mod nr {
    pub const EXIT_GROUP: u64 = 94;
    pub const PTRACE: u64 = 117;
    pub const SCHED_YIELD: u64 = 124;
    pub const TGKILL: u64 = 131;
    pub const GETPID: u64 = 172;
    pub const GETTID: u64 = 178;
    pub const CLONE: u64 = 220;
    pub const MMAP: u64 = 222;
    pub const CLONE3: u64 = 435;
    /// aarch64 has no vfork(2) of its own: clone(2) does it.
    pub const VFORK: u64 = u64::MAX;
}

/// Which word of a new task's frame `call_with_sentinels` restores x19 from, for `enter_task`.
pub(crate) const FRAME_FIRST: usize = 2;
/// Which word it returns to.
pub(crate) const FRAME_RETURN: usize = 13;

global_asm!(
    // The kernel's stack holds nothing we want to keep: change to task 0's.
    ".globl _start",
    "_start:",
    "    mov x29, xzr",
    "    mov x30, xzr",
    "    mov x0, sp",
    "    adrp x1, TASK",
    "    add x1, x1, :lo12:TASK",
    "    add x1, x1, {stack}",
    "    mov sp, x1",
    "    bl begin",
    "    brk #1",
    // pads::call. The registers that carry nothing hold sentinels, so that what the kernel changes shows.
    ".globl call_with_sentinels",
    "call_with_sentinels:",
    "    sub sp, sp, #112",
    "    str x0, [sp]",
    "    stp x19, x20, [sp, #16]",
    "    stp x21, x22, [sp, #32]",
    "    stp x23, x24, [sp, #48]",
    "    stp x25, x26, [sp, #64]",
    "    stp x27, x28, [sp, #80]",
    "    stp x29, x30, [sp, #96]",
    "    ldr x8, [x0]",
    "    ldp x4, x5, [x0, #40]",
    "    ldp x2, x3, [x0, #24]",
    "    ldp x0, x1, [x0, #8]",
    // abi::sentinel of the register's number.
    ".irp n, 6,7,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30",
    "    movz x\\n, #((\\n << 8) | 0x5a)",
    "    movk x\\n, #0x1e10, lsl #32",
    "    movk x\\n, #0x5e47, lsl #48",
    ".endr",
    ".globl syscall_instruction",
    "syscall_instruction:",
    "    svc #0",
    ".globl syscall_return",
    "syscall_return:",
    "    sub sp, sp, #256",
    "    stp x0, x1, [sp]",
    "    stp x2, x3, [sp, #16]",
    "    stp x4, x5, [sp, #32]",
    "    stp x6, x7, [sp, #48]",
    "    stp x8, x9, [sp, #64]",
    "    stp x10, x11, [sp, #80]",
    "    stp x12, x13, [sp, #96]",
    "    stp x14, x15, [sp, #112]",
    "    stp x16, x17, [sp, #128]",
    "    stp x18, x19, [sp, #144]",
    "    stp x20, x21, [sp, #160]",
    "    stp x22, x23, [sp, #176]",
    "    stp x24, x25, [sp, #192]",
    "    stp x26, x27, [sp, #208]",
    "    stp x28, x29, [sp, #224]",
    "    add x1, sp, #256",
    "    stp x30, x1, [sp, #240]",
    "    ldr x9, [sp, #256]",
    "    ldr x10, [x9, #56]",
    "    ldr x12, [x9, #72]",
    // In a new task that runs on our stack or a copy of it: its own entry, and its own stack if it has one.
    "    cbnz x0, 2f",
    "    ldr x11, [x9, #64]",
    "    cbz x11, 2f",
    "    mov x10, x11",
    "    b 3f",
    "2:  mov x12, xzr",
    "3:  add x10, x10, #16",
    "    mov x11, #16",
    "    mov x13, sp",
    "4:  ldp x14, x15, [x13], #16",
    "    stp x14, x15, [x10], #16",
    "    subs x11, x11, #1",
    "    b.ne 4b",
    "    add sp, sp, #256",
    "    cbz x12, 5f",
    "    mov sp, x12",
    "5:  ldp x19, x20, [sp, #16]",
    "    ldp x21, x22, [sp, #32]",
    "    ldp x23, x24, [sp, #48]",
    "    ldp x25, x26, [sp, #64]",
    "    ldp x27, x28, [sp, #80]",
    "    ldp x29, x30, [sp, #96]",
    "    add sp, sp, #112",
    "    ret",
    // First code of a task with a stack of its own.
    ".globl enter_task",
    "enter_task:",
    "    mov x0, x19",
    "    bl run_task",
    "    brk #1",
    ".globl gate",
    "gate:",
    "    brk #0",
    ".globl gate_return",
    "gate_return:",
    "    ret",
    ".globl breakpoint",
    "breakpoint:",
    "    brk #0",
    ".globl breakpoint_return",
    "breakpoint_return:",
    "    ret",
    ".globl spin",
    "spin:",
    "    b spin",
    // Signal handler: notes what it was called with. sigreturn brings all registers back.
    ".globl handler",
    "handler:",
    "    ldrsw x9, [x1, #8]",
    "    movz x10, #{record_high}, lsl #16",
    "    str x0, [x10, #32]",
    "    str x9, [x10, #40]",
    "    ldr x9, [x10, #24]",
    "    add x11, x9, #1",
    "    str x11, [x10, #24]",
    "    and x9, x9, #{last_run}",
    "    movz x11, #{runs}",
    "    add x10, x10, x11",
    "    add x10, x10, x9, lsl #6",
    "    ldp x11, x12, [x1]",
    "    stp x11, x12, [x10]",
    "    ldp x11, x12, [x1, #16]",
    "    stp x11, x12, [x10, #16]",
    // uc_sigmask, in front of sigcontext.
    "    ldr x11, [x2, #40]",
    "    mov x12, sp",
    "    stp x11, x12, [x10, #32]",
    "    str x0, [x10, #48]",
    "    ret",
    ".globl restorer",
    "restorer:",
    "    mov x8, #139",
    "    svc #0",
    "    brk #1",
    stack = const crate::abi::STACK_WORDS * 8,
    record_high = const crate::abi::RECORD_ADDRESS >> 16,
    last_run = const crate::abi::RUNS - 1,
    runs = const crate::abi::RUNS_OFFSET,
);

/// A plain system call.
pub(crate) fn syscall(number: u64, args: [u64; 6]) -> u64 {
    let result;
    // SAFETY: what the call does to memory is its caller's business.
    unsafe {
        asm!("svc #0", in("x8") number, inlateout("x0") args[0] => result, in("x1") args[1],
            in("x2") args[2], in("x3") args[3], in("x4") args[4], in("x5") args[5], options(nostack));
    }
    result
}

/// Dies visibly.
#[cfg(freestanding)]
pub(crate) fn trap() -> ! {
    // SAFETY: raises an exception.
    unsafe { asm!("brk #1", options(noreturn)) }
}
