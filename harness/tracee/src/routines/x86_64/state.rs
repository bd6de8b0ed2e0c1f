//! Routines that load registers beyond the general ones, stop, and store them.
//!
//! Between the two there is nothing but a breakpoint: compiled code uses vector registers for its own purposes.

use core::arch::global_asm;

global_asm!(
    // From the first address to the second, as FXSAVE lays them out.
    ".globl floating",
    "floating:",
    "    fxrstor64 [rdi]",
    "    int3",
    ".globl floating_1",
    "floating_1:",
    "    fxsave64 [rsi]",
    "    ret",
    // From the first address to the second, as XSAVE lays them out: the states of a mask.
    ".globl extended",
    "extended:",
    "    mov r8, rdx",
    "    mov eax, r8d",
    "    xor edx, edx",
    "    xrstor64 [rdi]",
    "    int3",
    ".globl extended_1",
    "extended_1:",
    "    mov eax, r8d",
    "    xor edx, edx",
    "    xsave64 [rsi]",
    "    ret",
    // Loads a word through gs with this selector, and leaves gs empty.
    ".globl through_gs",
    "through_gs:",
    "    mov gs, edi",
    "    mov rax, gs:[0]",
    "    xor edi, edi",
    "    mov gs, edi",
    "    ret",
    // Stores gs's selector at an address, and returns the word at its base.
    ".globl of_gs",
    "of_gs:",
    "    mov eax, gs",
    "    mov [rdi], rax",
    "    mov rax, gs:[0]",
    "    ret",
    // From the first address to the second, as FXSAVE lays them out; between the two the thread moves from one
    // processor to another and back, by the masks at the third. Returns how many moves were not made.
    ".globl migrated",
    "migrated:",
    "    mov r8, rsi",
    "    mov r9, rdx",
    "    fxrstor64 [rdi]",
    "    int3",
    ".globl migrated_1",
    "migrated_1:",
    "    mov r10d, 200",
    "2:  mov edx, r10d",
    "    and edx, 1",
    "    lea rdx, [r9 + rdx * 8]",
    "    mov esi, 8",
    "    xor edi, edi",
    "    mov eax, 203",
    "    syscall",
    "    test rax, rax",
    "    jnz 3f",
    "    dec r10d",
    "    jnz 2b",
    "3:  fxsave64 [r8]",
    "    mov eax, r10d",
    "    ret",
);
