//! Plain instructions, and such as fault.

use core::arch::global_asm;

global_asm!(
    // Three instructions; returns its argument.
    ".globl straight",
    "straight:",
    "    nop",
    ".globl straight_1",
    "straight_1:",
    "    nop",
    ".globl straight_2",
    "straight_2:",
    "    nop",
    ".globl straight_return",
    "straight_return:",
    "    ret",
    // No instruction.
    ".globl illegal",
    "illegal:",
    "    udf #0",
);
