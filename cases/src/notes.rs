//! Notes: what surprises the authors of tracers, one cause each, for the quirk catalogue.
//!
//! A note is told by hand; that it is true is shown by the cases that it names.

/// Something that surprises.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// What surprises, one sentence without its full stop.
    pub title: &'static str,
    /// What documentation says, or that it is silent.
    pub documented: &'static str,
    /// What happens, on which architecture.
    pub happens: &'static str,
    /// What the author of a tracer does about it.
    pub advice: &'static str,
    /// The behaviours that show it, `family::behaviour`.
    pub cases: &'static [&'static str],
}

/// All notes, the founding one first.
pub const NOTES: &[Note] = &[
    Note {
        title: "A thread stopped at PTRACE_EVENT_CLONE, FORK or VFORK is still inside the call",
        documented: "ptrace(2) says that the event stop comes before the return of the call, and not what the result register holds there.",
        happens: "The call has made its task, and its result is not written yet. On x86_64 rax reads -ENOSYS, what the entry code puts there, even if the tracer never used PTRACE_SYSCALL; on aarch64 x0 reads the call's first argument. The true result is there at the syscall-exit-stop. A tracer that captures all registers at the event and restores them later hands -ENOSYS (x86_64) or the flags of clone (aarch64) to the program as the result of the call, and no error is seen anywhere.",
        advice: "Go on with PTRACE_SYSCALL to the syscall-exit-stop before capturing a state to come back to; or take the result from PTRACE_GETEVENTMSG and write it into the captured result register.",
        cases: &[
            "event_stops::clone_event_is_inside_the_call",
            "event_stops::fork_family_registers",
            "capture_restore::task_event_at_once",
            "capture_restore::task_event_later",
            "capture_restore::task_exit_stop_later",
            "capture_restore::fork_event_at_enter_stop",
        ],
    },
    Note {
        title: "After an event stop, PTRACE_SYSCALL gives one more stop, and the other resumes do not",
        documented: "ptrace(2) describes enter-stops and exit-stops as a strict alternation under PTRACE_SYSCALL.",
        happens: "From an event stop inside a call, PTRACE_SYSCALL leads to that call's syscall-exit-stop, whether or not its entry was reported; PTRACE_CONT leads past it. A tracer that counts stops takes the exit-stop for the next call's enter-stop, and is wrong by one from then on.",
        advice: "Never count. Ask PTRACE_GET_SYSCALL_INFO at each stop; on kernels before 5.3 look at what marks the direction (rax -ENOSYS on x86_64, x7 on aarch64).",
        cases: &[
            "event_stops::syscall_from_the_event",
            "event_stops::cont_from_the_event",
            "event_stops::sysgood_marks_the_exit_stop_only",
            "event_stops::exec_then_syscall",
        ],
    },
    Note {
        title: "A single step out of a call traps where the call returns, with an si_code that depends on the architecture",
        documented: "ptrace(2) says that PTRACE_SINGLESTEP stops after one instruction.",
        happens: "From an event stop or an enter-stop the first trap comes where the call returns, before any further instruction: SIGTRAP with si_code TRAP_BRKPT (1) on x86_64, SI_USER (0) on aarch64. aarch64 then traps a second time at the same place for the step itself. PTRACE_SYSEMU_SINGLESTEP leaves the first trap out on x86_64 and not on aarch64.",
        advice: "Compare the instruction pointer before and after a step over a system call instruction, and do not take a second SIGTRAP at the same place for a breakpoint.",
        cases: &[
            "event_stops::singlestep_from_the_event",
            "event_stops::sysemu_singlestep_from_the_event",
            "event_stops::ways_on_from_vfork_done",
            "syscall_stops::call_stepped_over",
            "syscall_stops::stepped_from_enter",
        ],
    },
    Note {
        title: "On aarch64 x7 is not the program's at a syscall-stop",
        documented: "No manual page mentions it; arch/arm64/kernel/ptrace.c does, in a comment.",
        happens: "x7 reads 0 at a syscall-enter-stop and 1 at a syscall-exit-stop. What the tracer writes there is lost, and the program finds its own x7 again. At signal-delivery-stops, event stops and seccomp stops x7 is real.",
        advice: "Read x7 elsewhere, or leave it out of what is captured and restored at syscall-stops. On kernels without PTRACE_GET_SYSCALL_INFO it tells the direction.",
        cases: &[
            "syscall_stops::x7_marks_the_direction",
            "syscall_stops::x7_written_is_lost",
            "syscall_stops::x7_is_real_in_a_signal_stop",
            "syscall_stops::x7_is_real_in_a_seccomp_stop",
        ],
    },
    Note {
        title: "An interrupted call shows its restart code on x86_64, and is rewound already on aarch64",
        documented: "ptrace(2) says that a call may be restarted after a stop, and nothing of what the registers show meanwhile.",
        happens: "At the signal-delivery-stop that interrupts a blocked call, x86_64 shows -ERESTARTSYS, -ERESTARTNOHAND or -ERESTART_RESTARTBLOCK in rax, the number in orig_rax, and the instruction pointer behind the instruction. aarch64 has put the instruction pointer back on the instruction and the first argument back into x0, and the number reads -1. Registers captured there and restored later restart the call on one architecture and hand a kernel-internal error to the program on the other.",
        advice: "Before you restore registers or call a function in the program at such a stop, set the number to -1 (orig_rax, NT_ARM_SYSTEM_CALL), or the kernel will rewind or restart on top of what you wrote; and put it back with the registers.",
        cases: &[
            "capture_restore::interrupted_captured",
            "capture_restore::interrupted_at_signal_stop",
            "capture_restore::interrupted_rewound_later",
            "capture_restore::interrupted_without_number",
            "capture_restore::sleep_at_signal_stop",
        ],
    },
    Note {
        title: "On aarch64 a function called at a signal's stop makes the interrupted call come again behind the handler",
        documented: "signal(7) says which calls a handler ends with EINTR, and nothing of a debugger that does something else first.",
        happens: "x86_64 decides about the interrupted call when the signal is delivered, from the registers as the tracer has put them back, and a call such as ppoll ends with EINTR. aarch64 has rewound the call before the stop and remembers only until the next one that it may have to end: at the breakpoint to which the function returned it knows of no call any more, the handler runs, and the call is made again from its beginning.",
        advice: "On aarch64, where such a signal is passed on after a function call or an injected call, write -EINTR to x0 and move pc behind the call instruction, or leave the function call for another stop.",
        cases: &["tracers::gdb_keeps_a_signal_over_a_call", "restart::function_called"],
    },
    Note {
        title: "A call that is skipped returns -ENOSYS on x86_64 and its first argument on aarch64",
        documented: "ptrace(2) and seccomp(2) say that the number -1 skips a call, and that the tracer may set a result.",
        happens: "Skipped at the enter-stop without writing a result, the program sees -ENOSYS on x86_64, since the entry code has put it there, and on aarch64 whatever x0 holds, its first argument. A result written at the enter-stop is kept on both.",
        advice: "Always write the result when you skip.",
        cases: &[
            "syscall_stops::skip_without_a_result",
            "syscall_stops::skip_with_a_result",
            "syscall_stops::sysemu_without_a_result",
            "event_stops::seccomp_skip_without_a_result",
        ],
    },
    Note {
        title: "The system call number is a register on x86_64 and a register set of its own on aarch64",
        documented: "ptrace(2) names NT_ARM_SYSTEM_CALL, and not that x8 is without effect.",
        happens: "Writing orig_rax changes the call on x86_64. On aarch64 a new x8 changes nothing: the number was taken at the entry, and only NT_ARM_SYSTEM_CALL (a 4-byte register set) or PTRACE_SET_SYSCALL_INFO changes it. Outside a call it reads -1.",
        advice: "Change numbers through NT_ARM_SYSTEM_CALL on aarch64; or through PTRACE_SET_SYSCALL_INFO from Linux 6.16 on, the same on both.",
        cases: &[
            "syscall_stops::number_changed",
            "syscall_stops::x8_does_not_change_the_call",
            "syscall_stops::number_regset",
            "syscall_stops::set_info_number",
        ],
    },
    Note {
        title: "The system call instruction destroys rcx and r11 on x86_64, and the tracer sees it",
        documented: "The x86-64 ABI says so of the instruction; ptrace(2) is silent.",
        happens: "At every syscall-stop rcx holds the return address and r11 the flags. The program never sees the values that it had there before.",
        advice: "Do not compare rcx and r11 across a call when you replay or check a program.",
        cases: &["syscall_stops::rcx_and_r11", "syscall_stops::all_else_preserved_for_the_program"],
    },
    Note {
        title: "At PTRACE_EVENT_EXEC execve has not returned either",
        documented: "ptrace(2) says that the event comes before the return of execve.",
        happens: "The new image and its stack are in place, all registers of the old program are gone, and PTRACE_SYSCALL still leads to a syscall-exit-stop with result 0. On x86_64 rax reads -ENOSYS until then; captured there and restored later, it is what the new program finds in rax at its first instruction. On aarch64 it is 0 already.",
        advice: "As at PTRACE_EVENT_CLONE: go on to the syscall-exit-stop before capturing a state to come back to.",
        cases: &[
            "event_stops::exec_registers",
            "event_stops::exec_then_syscall",
            "capture_restore::exec_event_at_once",
            "capture_restore::exec_event_later",
            "capture_restore::exec_exit_stop_later",
        ],
    },
    Note {
        title: "Neither order of a new task's first stop and its maker's event is promised",
        documented: "ptrace(2) says that the new task's stop may be seen before or after the event.",
        happens: "Both orders happen, and either task can go on while the other is still stopped. A tracer that waits for any task may meet the new one before it knows of it.",
        advice: "Keep the first stop of an unknown task until the event tells whose it is, or wait for each task by its id.",
        cases: &["event_stops::either_task_can_go_on_first", "event_stops::thread_and_maker_take_turns"],
    },
    Note {
        title: "A signal given with the resume from an event stop is dropped",
        documented: "ptrace(2) says that the signal argument matters at signal-delivery-stops and may be ignored elsewhere.",
        happens: "From event stops it is ignored; from syscall-stops it is not: there the kernel sends it to the task as a new signal, which has a signal-delivery-stop of its own.",
        advice: "Inject signals at signal-delivery-stops only, or send them with tgkill(2).",
        cases: &[
            "event_stops::signal_given_at_the_event_is_dropped",
            "event_stops::exec_with_a_signal",
            "event_stops::seccomp_with_a_signal",
            "syscall_stops::signal_passed_at_enter",
            "syscall_stops::signal_passed_at_exit",
        ],
    },
    Note {
        title: "A seccomp stop comes after the enter-stop, and a number changed there is filtered again",
        documented: "seccomp(2) says that a changed number is checked again since Linux 4.8, and that a second SECCOMP_RET_TRACE is not reported.",
        happens: "Under PTRACE_SYSCALL a filtered call has an enter-stop, PTRACE_EVENT_SECCOMP and an exit-stop. The number that the tracer leaves at the event is run through the filters once more, unless it is -1. PTRACE_SYSEMU leaves the event out.",
        advice: "To refuse a call at the event, set its number to -1 and write the result; any other number must pass the filter.",
        cases: &[
            "event_stops::seccomp_under_syscall",
            "event_stops::seccomp_filters_again",
            "event_stops::seccomp_asks_once",
            "event_stops::seccomp_not_under_sysemu",
        ],
    },
    Note {
        title: "SIGKILL does not pass PTRACE_EVENT_EXIT by",
        documented: "ptrace(2) warns that SIGKILL may or may not give the event; its BUGS section says that kernels differ.",
        happens: "A task that SIGKILL ends from any other stop comes to PTRACE_EVENT_EXIT with 9 as message on every kernel here, and waits there for its tracer.",
        advice: "After SIGKILL go on waiting until the task is reported as gone, and resume it from PTRACE_EVENT_EXIT; otherwise it stays a traced zombie to be.",
        cases: &["event_stops::exit_by_sigkill", "event_stops::exit_and_sigkill"],
    },
    Note {
        title: "On aarch64 processors without FEAT_SSBS, PSTATE differs between two stops of one call",
        documented: "No document; arch/arm64/kernel/process.c, ssbs_thread_switch(), since 5.3.",
        happens: "The kernel sets PSTATE.SSBS (bit 12) in the saved registers whenever it switches to the task, and the processor, which has no such bit, drops it at the next return to the program. The first stop behind an entry reads it clear, every later one reads it set.",
        advice: "Leave bit 12 out when comparing two captured states, unless HWCAP_SSBS is there.",
        cases: &["syscall_stops::pstate_from_enter_to_exit"],
    },
    Note {
        title: "Hardware breakpoints outlive PTRACE_DETACH",
        documented: "ptrace(2) does not say what becomes of them.",
        happens: "The task runs on without a tracer and with its breakpoints, and dies of SIGTRAP at the next hit. Whoever traces it next finds them in force. Only an execve or the end of the task removes them.",
        advice: "Disable every breakpoint of every thread before you detach.",
        cases: &["breakpoints::detach_leaves_them", "breakpoints::next_tracer_finds_them"],
    },
    Note {
        title: "From the hit of a breakpoint x86_64 goes on, and aarch64 hits it again",
        documented: "No manual page; arch/arm64/kernel/hw_breakpoint.c, breakpoint_handler(), steps over breakpoints of perf alone.",
        happens: "On x86_64 a hit for execution sets the resume flag, and a watchpoint's comes behind its access, so that PTRACE_CONT goes on. On aarch64 both come in front of the instruction, and any resume hits again at once, a single step too, for ever.",
        advice: "On aarch64 disable the breakpoint, take one step, and enable it again; on x86_64 write the eflags back as you read them.",
        cases: &[
            "breakpoints::each_slot_hits_before_its_instruction",
            "breakpoints::accesses_that_overlap_hit",
            "breakpoints::resume_flag_lets_the_tracee_go_on",
            "breakpoints::step_onto_a_breakpoint",
        ],
    },
    Note {
        title: "In a new task DR7 shows breakpoints that are not there",
        documented: "No document; arch/x86/kernel/process.c, copy_thread().",
        happens: "A new process or thread of x86_64 has no breakpoints, and DR0 to DR3 read 0, but DR6 and DR7 read what they do in its maker.",
        advice: "Do not take DR7 of a new task for its state: write all of its debug registers.",
        cases: &["breakpoints::new_task_has_none"],
    },
    Note {
        title: "A hit changes a program that blocks SIGTRAP",
        documented: "No manual page; kernel/signal.c, force_sig_info_to_task().",
        happens: "The kernel forces the signal: SIGTRAP is taken out of the mask, and its handler is replaced by the default action, even if the tracer suppresses the signal.",
        advice: "To leave a program as it was, restore the mask with PTRACE_SETSIGMASK. The handler is lost.",
        cases: &["breakpoints::hit_while_sigtrap_is_blocked"],
    },
];
