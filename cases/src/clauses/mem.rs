//! Memory.

use super::Clause;

/// The clauses of this area.
pub(super) const CLAUSES: &[Clause] = &[
    Clause::manual(
        "mem.peek-word",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKTEXT, PTRACE_PEEKDATA",
        "PTRACE_PEEKDATA reads sizeof(long) bytes at addr in the tracee and yields them as a native-endian word.",
    )
    .note("Glibc wrapper; raw ABI in clib.peek-raw-abi."),
    Clause::manual(
        "mem.peek-text-equals-data",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKTEXT, PTRACE_PEEKDATA",
        "PTRACE_PEEKTEXT and PTRACE_PEEKDATA return the same word for every address, in text, data, stack and heap mappings.",
    ),
    Clause::manual(
        "mem.peek-unaligned",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKTEXT, PTRACE_PEEKDATA",
        "PTRACE_PEEKDATA at an address that is not word aligned succeeds and can straddle two mapped pages.",
    )
    .note("The page only mentions alignment for USER offsets."),
    Clause::manual(
        "mem.peek-data-arg-ignored",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_PEEKTEXT, PTRACE_PEEKDATA",
        "The C-library PTRACE_PEEKTEXT/PEEKDATA ignores the caller's data argument.",
    )
    .note("At syscall level data is the result pointer."),
    Clause::manual(
        "mem.poke-word",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKETEXT, PTRACE_POKEDATA",
        "PTRACE_POKEDATA stores the data word at addr so that both the tracee and a following PEEKDATA observe it.",
    ),
    Clause::manual(
        "mem.poke-text-equals-data",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKETEXT, PTRACE_POKEDATA",
        "PTRACE_POKETEXT and PTRACE_POKEDATA behave identically on any mapping.",
    ),
    Clause::manual(
        "mem.poke-readonly-mapping",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKETEXT, PTRACE_POKEDATA",
        "PTRACE_POKETEXT into a private read-only executable mapping succeeds, breaks copy-on-write for the tracee and leaves the backing file unchanged.",
    )
    .note("Implied by use for breakpoints; also userspace-api/mseal.rst."),
    Clause::manual(
        "mem.poke-instruction-visible",
        "ptrace(2)",
        "DESCRIPTION/PTRACE_POKETEXT, PTRACE_POKEDATA",
        "An instruction word written with POKETEXT is the one executed when the tracee reaches that address after restart (no stale instruction cache).",
    )
    .note("aarch64 relies on kernel cache maintenance."),
    Clause::manual(
        "mem.memfd-secret",
        "memfd_secret(2)",
        "DESCRIPTION",
        "Memory backed by memfd_secret cannot be read through PTRACE_PEEKDATA, /proc/PID/mem or process_vm_readv.",
    )
    .note("Page: not accessible to the kernel, disallowed in get_user_pages. Errno (EIO/EFAULT) undocumented."),
    Clause::kernel_doc(
        "mem.poke-sealed",
        "Documentation/userspace-api/mseal.rst",
        "Additional notes",
        "PTRACE_POKETEXT can still write to a read-only sealed mapping.",
    ),
];
