//! 32-bit code in the 64-bit program: a far jump leads there, another one back.

use core::arch::global_asm;

global_asm!(
    // Stops; in 32-bit code stops again, makes the call of i386 that the first argument has the number of, with
    // the second as its first argument, and stops; then returns eax.
    ".globl short_code",
    "short_code:",
    "    mov r8, rbx",
    "    int3",
    ".globl short_code_1",
    "short_code_1:",
    // jmp fword ptr [rip], whose operand is behind it; a far return takes its address from the stack with the kernel's rights
    // where QEMU translates.
    "    .byte 0xff, 0x2d",
    "    .long 0",
    "    .long short_code_2",
    "    .word 0x23",
    ".code32",
    ".globl short_code_2",
    "short_code_2:",
    "    int3",
    ".globl short_code_3",
    "short_code_3:",
    "    mov eax, edi",
    "    mov ebx, esi",
    "    int 0x80",
    ".globl short_code_4",
    "short_code_4:",
    "    int3",
    // jmp 0x33:short_code_5
    "    .byte 0xea",
    "    .long short_code_5",
    "    .word 0x33",
    ".code64",
    ".globl short_code_5",
    "short_code_5:",
    "    mov rbx, r8",
    "    mov eax, eax",
    "    ret",
);
