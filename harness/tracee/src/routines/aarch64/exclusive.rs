//! An exclusive load and its store, behind a breakpoint.

use core::arch::global_asm;

global_asm!(
    // Returns whether the store was not made.
    ".globl exclusive",
    "exclusive:",
    "    nop",
    "    mov x9, #0",
    "    mov x10, #0",
    "    brk #0",
    ".globl exclusive_1",
    "exclusive_1:",
    "    ldxr x9, [x0]",
    ".globl exclusive_2",
    "exclusive_2:",
    "    stxr w10, x1, [x0]",
    ".globl exclusive_3",
    "exclusive_3:",
    "    mov x0, x10",
    "    ret",
);
