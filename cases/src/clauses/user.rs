//! PTRACE_PEEKUSER and PTRACE_POKEUSER.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "user.peek-reads-user-area",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKUSER",
        "On x86_64 PTRACE_PEEKUSER at offset offsetof(struct user, regs.X) yields the same value PTRACE_GETREGS reports for register X.",
    ),
    Clause::manual(
        "user.peek-alignment",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKUSER",
        "On x86_64 PTRACE_PEEKUSER with an offset that is not a multiple of 8 fails with EIO.",
    ),
    Clause::manual(
        "user.peek-out-of-range",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKUSER",
        "On x86_64 PTRACE_PEEKUSER at or beyond the end of the kernel's USER area fails with EIO.",
    )
    .note("The kernel's struct user is larger than glibc's: offset sizeof(glibc struct user) still returns 0 (observed on 6.18)."),
    Clause::manual(
        "user.peek-data-arg-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKUSER",
        "The C-library PTRACE_PEEKUSER ignores the data argument.",
    ),
    Clause::manual(
        "user.peekuser-absent-aarch64",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKUSER",
        "On native aarch64 PTRACE_PEEKUSER fails with EIO because no USER area is implemented.",
    )
    .note("Page only hints 'might vary by architecture'."),
    Clause::manual(
        "user.poke-writes-user-area",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKEUSER",
        "On x86_64 PTRACE_POKEUSER changes the register at the given USER offset and the tracee runs with that value.",
    ),
    Clause::manual(
        "user.poke-alignment",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKEUSER",
        "On x86_64 PTRACE_POKEUSER with a misaligned offset fails with EIO.",
    ),
    Clause::manual(
        "user.poke-disallowed-fields",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKEUSER",
        "On x86_64 PTRACE_POKEUSER of a USER field that is neither a register nor a debug register fails with EIO and changes nothing.",
    ),
    Clause::manual(
        "user.poke-eflags-masked",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKEUSER",
        "On x86_64 writing all-ones to eflags succeeds but leaves privileged bits (IF, IOPL, VM, VIF, VIP, ID) unchanged.",
    )
    .note("Observed on 6.18: readback has only user-modifiable bits plus previously set ones."),
    Clause::manual(
        "user.poke-bad-selector",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKEUSER",
        "On x86_64 writing a segment selector whose RPL is not 3, or a null cs or ss, fails with EIO.",
    ),
    Clause::manual(
        "user.poke-bad-fsgsbase",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKEUSER",
        "On x86_64 writing fs_base or gs_base with a non-user address fails with EIO.",
    ),
    Clause::manual(
        "user.pokeuser-absent-aarch64",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKEUSER",
        "On native aarch64 PTRACE_POKEUSER fails with EIO.",
    ),
];
