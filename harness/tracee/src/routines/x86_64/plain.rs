//! Plain instructions, and such as fault.

use core::arch::global_asm;

global_asm!(
    // Three instructions; returns its argument.
    ".globl straight",
    "straight:",
    "    mov rax, rdi",
    ".globl straight_1",
    "straight_1:",
    "    nop",
    ".globl straight_2",
    "straight_2:",
    "    nop",
    ".globl straight_return",
    "straight_return:",
    "    ret",
    // No instruction, and a division by zero.
    ".globl illegal",
    "illegal:",
    "    ud2",
    ".globl division",
    "division:",
    "    xor ecx, ecx",
    "    div ecx",
    // Returns the time stamp counter.
    ".globl timed",
    "timed:",
    "    rdtsc",
    ".globl timed_1",
    "timed_1:",
    "    shl rdx, 32",
    "    or rax, rdx",
    "    ret",
);
