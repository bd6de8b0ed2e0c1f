//! A restartable sequence.

use core::arch::global_asm;

global_asm!(
    // Enters the critical section of a descriptor; returns 1 behind it, 2 where it was aborted.
    ".globl critical",
    "critical:",
    "    str x1, [x0, #8]",
    ".globl critical_start",
    "critical_start:",
    "    brk #0",
    ".globl critical_1",
    "critical_1:",
    "    nop",
    "    mov x0, #1",
    ".globl critical_commit",
    "critical_commit:",
    "    ret",
    // The signature in front of the abort handler.
    "    .inst 0xd428bc00",
    ".globl critical_abort",
    "critical_abort:",
    "    mov x0, #2",
    ".globl critical_aborted",
    "critical_aborted:",
    "    ret",
);
