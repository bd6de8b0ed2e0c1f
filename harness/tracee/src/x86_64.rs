//! x86_64: entry point, system calls with known registers, landing pads.
//!
//! # Safety
//!
//! The assembly keeps to the System V calling convention at its borders and touches no memory but the
//! stack and the call block it is given.

use crate::abi::sentinel;
use core::arch::{asm, global_asm};

/// System call numbers that the interpreter itself uses.
pub(crate) mod nr {
    pub const MMAP: u64 = 9;
    pub const SCHED_YIELD: u64 = 24;
    pub const GETPID: u64 = 39;
    pub const CLONE: u64 = 56;
    pub const VFORK: u64 = 58;
    pub const PTRACE: u64 = 101;
    pub const GETTID: u64 = 186;
    pub const EXIT_GROUP: u64 = 231;
    pub const TGKILL: u64 = 234;
    pub const CLONE3: u64 = 435;
}

/// Which word of a new task's frame `call_with_sentinels` restores rbx from, for `enter_task`.
pub(crate) const FRAME_FIRST: usize = 6;
/// Which word it returns to.
pub(crate) const FRAME_RETURN: usize = 7;

global_asm!(
    // The kernel's stack holds nothing we want to keep: change to task 0's.
    ".globl _start",
    "_start:",
    "    xor ebp, ebp",
    "    mov rdi, rsp",
    "    lea rsp, [TASK + {stack}]",
    "    call begin",
    "    ud2",
    // pads::call. The registers that carry nothing hold sentinels, so that what the kernel changes shows.
    ".globl call_with_sentinels",
    "call_with_sentinels:",
    "    push rbx",
    "    push rbp",
    "    push r12",
    "    push r13",
    "    push r14",
    "    push r15",
    "    push rdi",
    "    mov rax, [rdi]",
    "    mov rsi, [rdi + 16]",
    "    mov rdx, [rdi + 24]",
    "    mov r10, [rdi + 32]",
    "    mov r8, [rdi + 40]",
    "    mov r9, [rdi + 48]",
    "    mov rdi, [rdi + 8]",
    "    movabs rbx, {s1}",
    "    movabs rcx, {s2}",
    "    movabs rbp, {s6}",
    "    movabs r11, {s11}",
    "    movabs r12, {s12}",
    "    movabs r13, {s13}",
    "    movabs r14, {s14}",
    "    movabs r15, {s15}",
    ".globl syscall_instruction",
    "syscall_instruction:",
    "    syscall",
    ".globl syscall_return",
    "syscall_return:",
    // In the order of SAVED, last one first; none of it changes a register that is still to be saved.
    "    push r15",
    "    push r14",
    "    push r13",
    "    push r12",
    "    push r11",
    "    push r10",
    "    push r9",
    "    push r8",
    "    push rsp",
    "    push rbp",
    "    push rdi",
    "    push rsi",
    "    push rdx",
    "    push rcx",
    "    push rbx",
    "    push rax",
    // The pushed stack pointer is eight words below the one at the call.
    "    add qword ptr [rsp + 56], 64",
    "    mov rdx, [rsp + 128]",
    "    mov rdi, [rdx + 56]",
    "    mov rbx, [rdx + 72]",
    // In a new task that runs on our stack or a copy of it: its own entry, and its own stack if it has one.
    "    test rax, rax",
    "    jnz 2f",
    "    mov rcx, [rdx + 64]",
    "    test rcx, rcx",
    "    cmovnz rdi, rcx",
    "    jnz 3f",
    "2:  xor ebx, ebx",
    "3:  add rdi, 16",
    "    mov rsi, rsp",
    "    mov ecx, 16",
    "    cld",
    "    rep movsq",
    "    add rsp, 128",
    "    test rbx, rbx",
    "    cmovnz rsp, rbx",
    "    pop rdi",
    "    pop r15",
    "    pop r14",
    "    pop r13",
    "    pop r12",
    "    pop rbp",
    "    pop rbx",
    "    ret",
    // First code of a task with a stack of its own.
    ".globl enter_task",
    "enter_task:",
    "    mov rdi, rbx",
    "    call run_task",
    "    ud2",
    ".globl gate",
    "gate:",
    "    int3",
    ".globl gate_return",
    "gate_return:",
    "    ret",
    ".globl breakpoint",
    "breakpoint:",
    "    int3",
    ".globl breakpoint_return",
    "breakpoint_return:",
    "    ret",
    ".globl spin",
    "spin:",
    "    jmp spin",
    // Signal handler: notes what it was called with. sigreturn brings all registers back.
    ".globl handler",
    "handler:",
    "    movsxd rax, dword ptr [rsi + 8]",
    "    mov ecx, {record}",
    "    mov [rcx + 32], rdi",
    "    mov [rcx + 40], rax",
    "    mov r8, [rcx + 24]",
    "    inc qword ptr [rcx + 24]",
    "    and r8d, {last_run}",
    "    shl r8d, 6",
    "    lea r8, [rcx + r8 + {runs}]",
    "    mov [r8 + 48], rdi",
    // uc_sigmask, behind sigcontext.
    "    mov rax, [rdx + 296]",
    "    mov [r8 + 32], rax",
    "    mov [r8 + 40], rsp",
    "    mov rdi, r8",
    "    mov ecx, 4",
    "    rep movsq",
    "    ret",
    ".globl restorer",
    "restorer:",
    "    mov eax, 15",
    "    syscall",
    "    ud2",
    stack = const crate::abi::STACK_WORDS * 8,
    record = const crate::abi::RECORD_ADDRESS,
    last_run = const crate::abi::RUNS - 1,
    runs = const crate::abi::RUNS_OFFSET,
    s1 = const sentinel(1),
    s2 = const sentinel(2),
    s6 = const sentinel(6),
    s11 = const sentinel(11),
    s12 = const sentinel(12),
    s13 = const sentinel(13),
    s14 = const sentinel(14),
    s15 = const sentinel(15),
);

/// A plain system call.
pub(crate) fn syscall(number: u64, args: [u64; 6]) -> u64 {
    let result;
    // SAFETY: what the call does to memory is its caller's business.
    unsafe {
        asm!("syscall", inlateout("rax") number => result, in("rdi") args[0], in("rsi") args[1],
            in("rdx") args[2], in("r10") args[3], in("r8") args[4], in("r9") args[5],
            out("rcx") _, out("r11") _, options(nostack));
    }
    result
}

/// Dies visibly.
#[cfg(freestanding)]
pub(crate) fn trap() -> ! {
    // SAFETY: raises an exception.
    unsafe { asm!("ud2", options(noreturn)) }
}
