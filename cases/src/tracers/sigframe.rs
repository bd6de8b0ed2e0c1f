//! The frame that rt_sigreturn(2) restores a task from, made by the tracer as CRIU makes it.

use ptrace_conformance_harness::arch::Registers;
use ptrace_conformance_harness::errno::Errno;
#[cfg(target_arch = "aarch64")]
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::tracee::Stopped;

/// Words of a frame, and how far the stack pointer is into it when rt_sigreturn is called.
pub(super) struct Frame {
    pub words: Vec<u64>,
    pub entered: u64,
}

/// `struct rt_sigframe` of x86_64 (arch/x86/include/asm/sigframe.h), whose return address a handler has popped.
#[cfg(target_arch = "x86_64")]
pub(super) fn frame(_: &Stopped, registers: &Registers, mask: u64) -> Result<Frame, Errno> {
    /// `UC_SIGCONTEXT_SS`, `UC_STRICT_RESTORE_SS`.
    const FLAGS: u64 = 0x6;
    const ORDER: [&str; 18] = [
        "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rdi", "rsi", "rbp", "rbx", "rdx", "rax",
        "rcx", "rsp", "rip", "eflags",
    ];
    let word = |name: &str| registers.named(name).unwrap_or_default();
    let segments = word("cs") | word("gs") << 16 | word("fs") << 32 | word("ss") << 48;
    let mut words = vec![0, FLAGS, 0, 0, libc::SS_DISABLE as u64, 0];
    words.extend(ORDER.map(word));
    // Segments, three words about a fault, its address, no floating-point state, reserved words.
    words.push(segments);
    words.extend([0; 5 + 8]);
    words.push(mask);
    Ok(Frame { words, entered: 8 })
}

/// `struct rt_sigframe` of aarch64 (arch/arm64/kernel/signal.c, arch/arm64/include/uapi/asm/sigcontext.h), with the
/// record of floating-point registers that it must have.
#[cfg(target_arch = "aarch64")]
pub(super) fn frame(t: &Stopped, registers: &Registers, mask: u64) -> Result<Frame, Errno> {
    const SIGINFO: usize = 16;
    /// Magic number and size of that record.
    const RECORD: u64 = 0x4650_8001 | 528 << 32;
    let mut floating = [0; 528];
    t.regset(note::PRFPREG, &mut floating)?;
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    let mut words = vec![0; SIGINFO];
    words.extend([0, 0, 0, libc::SS_DISABLE as u64, 0, mask]);
    // The mask has room for more signals, and the context is aligned.
    words.extend([0; 15 + 1]);
    // Address of a fault; general registers, stack and instruction pointer, state; alignment.
    words.push(0);
    words.extend(registers.words);
    words.push(0);
    words.extend([RECORD, word(&floating[512..520])]);
    words.extend(floating[..512].chunks(8).map(word));
    words.extend([0, 0]);
    Ok(Frame { words, entered: 0 })
}
