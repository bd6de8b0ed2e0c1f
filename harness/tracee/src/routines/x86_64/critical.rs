//! A restartable sequence.

use core::arch::global_asm;

global_asm!(
    // Enters the critical section of a descriptor; returns 1 behind it, 2 where it was aborted.
    ".globl critical",
    "critical:",
    "    mov [rdi + 8], rsi",
    ".globl critical_start",
    "critical_start:",
    "    int3",
    ".globl critical_1",
    "critical_1:",
    "    nop",
    "    mov eax, 1",
    ".globl critical_commit",
    "critical_commit:",
    "    ret",
    // The signature in front of the abort handler.
    "    .long 0x53053053",
    ".globl critical_abort",
    "critical_abort:",
    "    mov eax, 2",
    ".globl critical_aborted",
    "critical_aborted:",
    "    ret",
);
