//! Changes of the kernel that tracers see and no document decides; the cases that show one name it.

use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::kernel_change::KernelChange;
use ptrace_conformance_harness::version::Change;

/// The event message is no longer that of an event gone by.
pub const MESSAGE_PER_STOP: KernelChange = KernelChange {
    id: "message-per-stop",
    title: "The event message belongs to one stop and is cleared when the task goes on",
    arches: Arch::ALL,
    change: Change::at(5, 18),
    before: "PTRACE_GETEVENTMSG at a later signal-delivery-stop gives the last event's message, such as the id of a task made long ago.",
    after: "It gives 0.",
    source: "336d4b814bf0 ptrace: Move setting/clearing ptrace_message into ptrace_stop",
    advice: "Ask for the message at event stops only, and take the event from the wait status, never from the message.",
};

/// An error tells threads that lead none from what is gone.
pub const DESCRIPTOR_OF_NO_LEADER: KernelChange = KernelChange {
    id: "descriptor-of-no-leader",
    title: "pidfd_open of a thread without PIDFD_THREAD has an error of its own",
    arches: Arch::ALL,
    change: Change::at(6, 16),
    before: "EINVAL, as for a bad argument.",
    after: "ENOENT for a thread that leads no process, ESRCH for what is gone.",
    source: "17f1b08acf50 pidfs: ensure consistent ENOENT/ESRCH reporting, kernel/fork.c: pidfd_prepare()",
    advice: "Take either for a thread, and do not ask for a descriptor without PIDFD_THREAD where the id may be a thread's.",
};

/// Who may profile may read memory.
pub const MEMORY_FOR_PROFILERS: KernelChange = KernelChange {
    id: "memory-for-profilers",
    title: "CAP_PERFMON opens what reads of a task's memory in procfs",
    arches: Arch::ALL,
    change: Change::at(6, 15),
    before: "/proc/PID/maps, auxv, environ and pagemap of a task that fails the access check refuse to be opened, EACCES, whoever may profile.",
    after: "CAP_PERFMON opens them, though proc_pid_maps(5) says so of maps and smaps alone; what writes, or tells of calls and descriptors, still takes the access check.",
    source: "mm,procfs: allow read-only remote mm access under CAP_PERFMON; kernel/fork.c: may_access_mm()",
    advice: "Do not take a readable /proc/PID/maps as a sign that the task can be traced.",
};

/// A dying task takes no more signals.
pub const NO_SIGNALS_WHEN_DYING: KernelChange = KernelChange {
    id: "no-signals-when-dying",
    title: "A signal for a process that has begun to end is dropped",
    arches: Arch::ALL,
    change: Change::at(6, 0),
    before: "A signal sent to a process whose last thread is at PTRACE_EVENT_EXIT is queued and stays pending until the end.",
    after: "It is dropped; kill(2) returns 0 all the same.",
    source: "9a95f78eab70 signal: Drop signals received after a fatal signal has been processed",
    advice: "Do not look for pending signals at PTRACE_EVENT_EXIT: nothing is delivered any more on any kernel.",
};

/// `PTRACE_GET_RSEQ_CONFIGURATION` is there.
pub const RSEQ_CONFIGURATION: KernelChange = KernelChange {
    id: "rseq-configuration",
    title: "PTRACE_GET_RSEQ_CONFIGURATION exists",
    arches: Arch::ALL,
    change: Change::at(5, 13),
    before: "EIO, as for every unknown request.",
    after: "It gives address, length, signature and flags of a thread's rseq area.",
    source: "kernel/ptrace.c: ptrace_get_rseq_configuration()",
    advice: "Try it once and remember EIO; there is no other way to find the area from outside.",
};

/// The length that is told is that of the registration.
pub const RSEQ_LENGTH: KernelChange = KernelChange {
    id: "rseq-length",
    title: "PTRACE_GET_RSEQ_CONFIGURATION tells the registered length",
    arches: Arch::ALL,
    change: Change::at(6, 3),
    before: "rseq_abi_size is 32 for every thread, also where nothing is registered.",
    after: "It is the length of the registration, 0 where there is none.",
    source: "ee3e3ac05c26 rseq: Introduce extensible rseq ABI, kernel/ptrace.c: ptrace_get_rseq_configuration()",
    advice: "Take the address, not the length, to tell whether an area is registered.",
};

/// A tracer sees and sets syscall user dispatch.
pub const DISPATCH_CONFIG: KernelChange = KernelChange {
    id: "dispatch-config",
    title: "PTRACE_GET_ and PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG exist",
    arches: Arch::ALL,
    change: Change::at(6, 4),
    before: "EIO, as for every unknown request.",
    after: "They get and set what prctl(PR_SET_SYSCALL_USER_DISPATCH) set, where the architecture has it.",
    source: "kernel/entry/syscall_user_dispatch.c: syscall_user_dispatch_get_config()",
    advice: "Try them once and remember EIO: on older kernels the setting of a program cannot be saved or restored.",
};

/// Syscall user dispatch can name the calls that it intercepts.
pub const DISPATCH_INCLUSIVE: KernelChange = KernelChange {
    id: "dispatch-inclusive",
    title: "Syscall user dispatch has an inclusive mode, which reads back as the exclusive one",
    arches: &[Arch::X86_64],
    change: Change::at(6, 17),
    before: "EINVAL for mode 2.",
    after: "Mode 2 intercepts the calls of a range only; PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG then has mode 1 and the range of all other addresses.",
    source: "kernel/entry/syscall_user_dispatch.c: task_set_syscall_user_dispatch()",
    advice: "To restore a range that wraps, set mode 2 with offset + length and -length: set as it was read, it is refused.",
};

/// `PTRACE_SET_SYSCALL_INFO` is there.
pub const SET_SYSCALL_INFO: KernelChange = KernelChange {
    id: "set-syscall-info",
    title: "PTRACE_SET_SYSCALL_INFO exists",
    arches: Arch::ALL,
    change: Change::at(6, 16),
    before: "EIO, as for every unknown request.",
    after: "It changes number, arguments or result of the call at a syscall-stop, the same way on every architecture.",
    source: "kernel/ptrace.c: ptrace_set_syscall_info()",
    advice: "Try it once and remember EIO; on older kernels write the registers of each architecture.",
};

/// What the tracer writes to x0 is the first argument for everybody.
pub const X0_IN_SYNC: KernelChange = KernelChange {
    id: "x0-in-sync",
    title: "On aarch64 a first argument that the tracer changed is the one that PTRACE_GET_SYSCALL_INFO shows",
    arches: &[Arch::Aarch64],
    change: Change::at(7, 3).and_stable(&[(6, 1, 191), (6, 12, 114), (7, 2, 6)]),
    before: "The call gets the new x0, while PTRACE_GET_SYSCALL_INFO, seccomp filters and audit still see the old one.",
    after: "All of them see the new one.",
    source: "88b839ce497c, arch/arm64/kernel/ptrace.c: gpr_set(), update_syscall_orig_x0_after_ptrace()",
    advice: "Read x0 from the registers at an enter-stop, and do not rely on a filter to see what you changed.",
};

/// A call of AArch32 takes the first argument that the kernel has put aside.
pub const FIRST_OF_AARCH32: KernelChange = KernelChange {
    id: "first-of-aarch32",
    title: "A call of AArch32 takes its first argument from the original r0, which the tracer writes apart",
    arches: &[Arch::Aarch64],
    change: Change::at(7, 3),
    before: "The call takes r0, and PTRACE_GET_SYSCALL_INFO and filters see the original r0, word 17 of NT_PRSTATUS.",
    after: "All of them take the original r0: what a tracer writes to r0 of a 32-bit task alone is lost.",
    source: "arch/arm64/kernel/ptrace.c: compat_gpr_set(), which does not bring the two into step as gpr_set() does; that the wrappers of calls load their first argument from orig_x0 is read from the machine code of Debian's 7.3.4, where they load it from regs[0] in 7.2.13",
    advice: "Write both words, r0 and the original r0.",
};

/// Only -1 cancels a restart.
pub const ONLY_MINUS_ONE_CANCELS: KernelChange = KernelChange {
    id: "only-minus-one-cancels",
    title: "On x86_64 only -1 in orig_rax cancels the restart of a call",
    arches: &[Arch::X86_64],
    change: Change::at(5, 14),
    before: "Any negative orig_rax does: the call is not made again, and the program gets the raw restart code.",
    after: "-1 does; with any other number that call is made, and an invalid one fails with ENOSYS.",
    source: "arch/x86/kernel/signal.c: arch_do_signal_or_restart()",
    advice: "Write -1 to cancel a restart, and nothing else.",
};

/// The number of a call has 32 bits.
pub const NUMBER_OF_32_BITS: KernelChange = KernelChange {
    id: "number-of-32-bits",
    title: "On x86_64 the number of a call is the lower half of rax, for programs without a tracer too",
    arches: &[Arch::X86_64],
    change: Change::at(5, 14),
    before: "With bits set above the lower 32 a call fails with ENOSYS, but is made if its stops are traced: the tracer changes what the program sees.",
    after: "The upper half is ignored, traced or not.",
    source: "arch/x86/entry/entry_64.S: entry_SYSCALL_64, movslq",
    advice: "Look at the lower 32 bits of orig_rax only, which shows all 64.",
};

/// The last thread's code counts.
pub const LAST_THREAD_DECIDES: KernelChange = KernelChange {
    id: "last-thread-decides",
    title: "The wait status of a process whose threads all called exit(2) alone is its last thread's",
    arches: Arch::ALL,
    change: Change::at(6, 0),
    before: "It is the leader's own exit code, although the leader ended long before.",
    after: "It is the exit code of the thread that ended last.",
    source: "d80f7d7b2c75 signal: Guarantee that SIGNAL_GROUP_EXIT is set on process exit",
    advice: "Take a process's status from its own report, and never from PTRACE_EVENT_EXIT of its leader.",
};

/// SIGCHLD tells of the group.
pub const GROUP_CODE_IN_SIGCHLD: KernelChange = KernelChange {
    id: "group-code-in-sigchld",
    title: "SIGCHLD of a process whose leader ended first has the process's exit code, not its leader's",
    arches: Arch::ALL,
    change: Change::at(6, 15),
    before: "si_status is what the leader called exit(2) with, although wait4(2) gives the process's own status.",
    after: "si_status is the process's exit code, as in wait4(2).",
    source: "9133607de37a exit: fix the usage of delay_group_leader->exit_code in do_notify_parent() and pidfs_exit()",
    advice: "Do not take an exit code from SIGCHLD; wait for the process.",
};

/// The dump comes first.
pub const DUMP_FIRST: KernelChange = KernelChange {
    id: "dump-first",
    title: "A core dump is over before any thread comes to PTRACE_EVENT_EXIT",
    arches: Arch::ALL,
    change: Change::at(5, 16),
    before: "The thread that dumps waits in the kernel, and unseen by its tracer, until every other thread has been resumed from its event.",
    after: "Every thread comes to its event on its own.",
    source: "92307383082d coredump: Don't perform any cleanups before dumping core",
    advice: "Resume each thread from its PTRACE_EVENT_EXIT without waiting for the others' events.",
};

/// A look at a dead thread tells of the group.
pub const GROUP_CODE_WITHOUT_REAPING: KernelChange = KernelChange {
    id: "group-code-without-reaping",
    title: "waitid with WNOWAIT tells of a dead tracee what the wait that reaps it will tell",
    arches: Arch::ALL,
    change: Change::at(5, 17),
    before: "Of a thread that had ended alone before exit_group(2) it tells the thread's own exit code, and the wait that reaps it the process's.",
    after: "Both tell the process's exit code.",
    source: "907c311f37ba exit: Fix the exit_code for wait_task_zombie",
    advice: "Take a status from the wait that reaps, not from a look with WNOWAIT.",
};

/// What the tracer gives goes where the first signal came from.
pub const QUEUE_OF_THE_FIRST: KernelChange = KernelChange {
    id: "queue-of-the-first",
    title: "A blocked signal that the tracer gives is queued where the first one came from",
    arches: Arch::ALL,
    change: Change::at(5, 17),
    before: "It is queued for the thread, although the signal at whose stop it is given was one for the process: no other thread can take it any more.",
    after: "It is queued for the process if the first one was, and otherwise for the thread.",
    source: "5768d8906bc2 signal: Requeue signals in the appropriate queue",
    advice: "Do not give a signal that the thread blocks; send it to the process instead.",
};

/// clone(2) looks at its exit signal.
pub const EXIT_SIGNAL_CHECKED: KernelChange = KernelChange {
    id: "exit-signal-checked",
    title: "clone(2) refuses an exit signal that there is not, as clone3(2) always has",
    arches: Arch::ALL,
    change: Change::at(7, 1),
    before: "The call succeeds, its event is that of every signal but SIGCHLD, and nothing is sent at the child's end.",
    after: "EINVAL, and no event.",
    source: "09e7827e7857 kernel/fork: validate exit_signal in kernel_clone()",
    advice: "None: no program has a use for it.",
};

/// Floating-point registers are written whole and sound, or not at all.
pub const MXCSR_REFUSED: KernelChange = KernelChange {
    id: "mxcsr-refused",
    title: "On x86_64 a part of the floating-point registers, or one with reserved bits in MXCSR, is refused",
    arches: &[Arch::X86_64],
    change: Change::at(5, 14),
    before: "Reserved bits of MXCSR are dropped, and a shorter NT_PRFPREG writes what it has: both succeed.",
    after: "EINVAL, and nothing is written.",
    source: "145e9e0d8c6f, arch/x86/kernel/fpu/regset.c: xfpregs_set()",
    advice: "Write all 512 bytes, with the MXCSR that was read or one under the mask beside it.",
};

/// Extended states are written whole and sound, or not at all.
pub const XSTATE_WHOLE: KernelChange = KernelChange {
    id: "xstate-whole",
    title: "On x86_64 extended states that are refused leave the old ones, and reserved bits in MXCSR are refused",
    arches: &[Arch::X86_64],
    change: Change::at(5, 14),
    before: "NT_X86_XSTATE with a wrong header fails with EINVAL, and the tracee is left with the states of a new program. Reserved bits of MXCSR are dropped.",
    after: "EINVAL for both, and nothing is written.",
    source: "43be46e89698, 145e9e0d8c6f, arch/x86/kernel/fpu/regset.c: xstateregs_set()",
    advice: "Write back a header that was read. On older kernels write all states again after a refusal.",
};

/// What is not written of vectors is cleared.
pub const VECTORS_CLEARED: KernelChange = KernelChange {
    id: "vectors-cleared",
    title: "A write of NT_ARM_SVE in SVE form clears the vectors that it does not give",
    arches: &[Arch::Aarch64],
    change: Change::at(6, 16),
    before: "Vectors that are not given, or do not fit the length, keep their lower 128 bits.",
    after: "They are 0, also if the write fails with EIO.",
    source: "316283f276eb, arch/arm64/kernel/ptrace.c: sve_set_common()",
    advice: "Write all registers, in the length that reading tells.",
};

/// What is not written of floating point is cleared.
pub const FLOATING_CLEARED: KernelChange = KernelChange {
    id: "floating-point-cleared",
    title: "A write of NT_ARM_SVE in FPSIMD form clears the registers that it does not give",
    arches: &[Arch::Aarch64],
    change: Change::at(7, 1).and_stable(&[(7, 0, 7)]),
    before: "A header alone, or with a part of the registers, leaves the other floating-point registers as they are.",
    after: "They are 0.",
    source: "5cbb61bf4168, arch/arm64/kernel/ptrace.c: sve_set_common()",
    advice: "Do not change the length of vectors by a header alone: write the registers with it.",
};

/// The header of a mode that is not in use says how long it is.
pub const INACTIVE_HEADER: KernelChange = KernelChange {
    id: "inactive-header",
    title: "The header of NT_ARM_SVE in streaming mode, and of NT_ARM_SSVE outside of it, tells its own size",
    arches: &[Arch::Aarch64],
    change: Change::at(7, 3).and_stable(&[(7, 2, 6)]),
    before: "The size is 8, that of a pointer; 16 bytes are there.",
    after: "The size is 16.",
    source: "c3f83d021162, arch/arm64/kernel/ptrace.c: sve_init_header_from_task()",
    advice: "Read at least 16 bytes, whatever the size says.",
};

/// `NT_ARM_TLS` has TPIDR2_EL0.
pub const SECOND_THREAD_POINTER: KernelChange = KernelChange {
    id: "second-thread-pointer",
    title: "NT_ARM_TLS has a second word, TPIDR2_EL0",
    arches: &[Arch::Aarch64],
    change: Change::at(5, 19),
    before: "It has eight bytes.",
    after: "It has sixteen; the second word reads 0 and cannot be written where the processor lacks SME. A write of eight bytes leaves it alone.",
    source: "arch/arm64/kernel/ptrace.c: tls_get(), tls_set()",
    advice: "Save and restore as many bytes as the kernel gives.",
};

/// A watchpoint does not reach into the next eight bytes.
pub const WATCHPOINT_WITHIN_EIGHT: KernelChange = KernelChange {
    id: "watchpoint-within-eight",
    title: "On aarch64 a watchpoint that would reach beyond a multiple of 8 is refused",
    arches: &[Arch::Aarch64],
    change: Change::at(7, 2).and_stable(&[
        (5, 10, 261),
        (5, 15, 212),
        (6, 1, 178),
        (6, 6, 145),
        (6, 12, 97),
        (7, 1, 5),
    ]),
    before: "It is taken, and the bytes beyond are not watched.",
    after: "EINVAL, also if only the length that the slot had before would reach beyond: the address is looked at before the new control is.",
    source: "4cc70f758538 arm64/hw_breakpoint: reject unaligned watchpoints that would truncate BAS",
    advice: "Write addresses that are multiples of 8, and select the bytes in the control.",
};

/// All of them.
pub const ALL: &[&KernelChange] = &[
    &DESCRIPTOR_OF_NO_LEADER,
    &MEMORY_FOR_PROFILERS,
    &RSEQ_CONFIGURATION,
    &RSEQ_LENGTH,
    &MXCSR_REFUSED,
    &XSTATE_WHOLE,
    &SECOND_THREAD_POINTER,
    &VECTORS_CLEARED,
    &FLOATING_CLEARED,
    &INACTIVE_HEADER,
    &DUMP_FIRST,
    &LAST_THREAD_DECIDES,
    &GROUP_CODE_IN_SIGCHLD,
    &GROUP_CODE_WITHOUT_REAPING,
    &ONLY_MINUS_ONE_CANCELS,
    &NUMBER_OF_32_BITS,
    &MESSAGE_PER_STOP,
    &QUEUE_OF_THE_FIRST,
    &NO_SIGNALS_WHEN_DYING,
    &DISPATCH_CONFIG,
    &DISPATCH_INCLUSIVE,
    &SET_SYSCALL_INFO,
    &X0_IN_SYNC,
    &FIRST_OF_AARCH32,
    &EXIT_SIGNAL_CHECKED,
    &WATCHPOINT_WITHIN_EIGHT,
];
