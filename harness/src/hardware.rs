//! Whether the machine has hardware breakpoints that really hit: some hypervisors and emulators take them and never do.
//!
//! # Safety
//!
//! The child that meets one stores to a word of its own and makes system calls, nothing else: whoever forks it may
//! have threads. Its tracer passes the kernel buffers of its own.
#![expect(unsafe_code, reason = "a child is traced by raw system calls, since there is no case yet")]

use crate::process;
use crate::status::{Reading, Status};
use nix::errno::Errno;
use nix::unistd::ForkResult;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the child stores to, and its tracer watches.
static WATCHED: AtomicU64 = AtomicU64::new(0);

/// Why hardware breakpoints are not to be had here; nothing if they are, or if that cannot be told. Tried once.
pub(crate) fn without_breakpoints() -> Option<String> {
    static ANSWER: OnceLock<Option<String>> = OnceLock::new();
    ANSWER.get_or_init(attempt).clone()
}

/// Whether QEMU's translator is the processor.
#[cfg(target_arch = "x86_64")]
#[allow(unused_unsafe, reason = "newer compilers know that the instruction is safe")]
pub(crate) fn is_translated() -> bool {
    use std::arch::x86_64::__cpuid;
    // SAFETY: every x86_64 processor has the instruction; the bit says whether a hypervisor tells its name.
    let (features, name) = unsafe { (__cpuid(1), __cpuid(0x4000_0000)) };
    let name: Vec<u8> = [name.ebx, name.ecx, name.edx].iter().flat_map(|word| word.to_le_bytes()).collect();
    features.ecx >> 31 == 1 && name == *b"TCGTCGTCGTCG"
}

/// Whether QEMU's translator is the processor: of no concern here.
#[cfg(target_arch = "aarch64")]
pub(crate) const fn is_translated() -> bool {
    false
}

/// Whether INT1 leaves the instruction pointer at itself, as a hypervisor that intercepts its trap may have it. Tried
/// once, without ptrace: a handler of its signal looks.
#[cfg(target_arch = "x86_64")]
pub(crate) fn stays_at_int1() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let forked = process::fork().inspect(|forked| {
            if forked.is_child() {
                child_meets_int1()
            }
        });
        let Ok(ForkResult::Parent { child }) = forked else { return false };
        let ended = process::wait(child.as_raw(), 0).ok().flatten();
        ended.map(|(_, status)| Status::read(status))
            == Some(Reading::Gone(crate::status::Gone::Exited(AT_IT)))
    })
}

/// Whether INT1 leaves the instruction pointer at itself: there is none here.
#[cfg(target_arch = "aarch64")]
pub(crate) const fn stays_at_int1() -> bool {
    false
}

/// How the child ends whose handler finds the instruction pointer at INT1.
#[cfg(target_arch = "x86_64")]
const AT_IT: u8 = 1;

#[cfg(target_arch = "x86_64")]
fn child_meets_int1() -> ! {
    extern "C" fn handler(_: i32, _: *mut libc::siginfo_t, context: *mut libc::ucontext_t) {
        // SAFETY: the kernel gives a handler of this kind its context; the byte at its address is code that just ran.
        let at = unsafe { *((*context).uc_mcontext.gregs[libc::REG_RIP as usize] as *const u8) };
        process::exit_now(if at == 0xf1 { AT_IT.into() } else { 0 })
    }
    // SAFETY: all zero is a valid one; its handler is as `SA_SIGINFO` says. INT1 gives a signal and changes nothing.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        libc::sigaction(libc::SIGTRAP, &raw const action, std::ptr::null_mut());
        std::arch::asm!(".byte 0xf1", "nop");
    }
    process::exit_now(0)
}

/// Sets a watchpoint in a child and lets the child run into it.
fn attempt() -> Option<String> {
    let Ok(ForkResult::Parent { child }) = process::fork().inspect(|forked| {
        if forked.is_child() {
            child_stores()
        }
    }) else {
        return None;
    };
    let answer = trace(child.as_raw());
    // SAFETY: no memory is involved; a child that has not been reaped is ours.
    unsafe { libc::kill(child.as_raw(), libc::SIGKILL) };
    while process::wait(child.as_raw(), 0).is_ok() {}
    answer
}

fn child_stores() -> ! {
    // SAFETY: no memory is involved.
    let traced = unsafe { libc::syscall(libc::SYS_ptrace, libc::PTRACE_TRACEME, 0, 0, 0) } == 0;
    if traced {
        // SAFETY: as above.
        unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) };
        WATCHED.store(1, Ordering::Relaxed);
    }
    process::exit_now(0)
}

/// What is wrong with the watchpoint, if anything is. A child that cannot be traced says nothing about it.
fn trace(child: i32) -> Option<String> {
    stopped(child)?;
    if let Err(errno) = watch(child) {
        return Some(format!("a watchpoint is refused: {errno}"));
    }
    // SAFETY: no memory is involved.
    unsafe { libc::syscall(libc::SYS_ptrace, libc::PTRACE_CONT, child, 0, 0) };
    let hit = stopped(child) == Some(libc::SIGTRAP);
    (!hit).then(|| "a watchpoint is taken and never hits".to_owned())
}

/// The signal of the child's next stop.
fn stopped(child: i32) -> Option<i32> {
    match process::wait(child, 0).ok()?.map(|(_, status)| Status::read(status)) {
        Some(Reading::Stopped(signal, _)) => Some(signal.0),
        _ => None,
    }
}

/// Has the child's stores to the word stop it.
#[cfg(target_arch = "x86_64")]
fn watch(child: i32) -> nix::Result<()> {
    const FIRST: usize = std::mem::offset_of!(libc::user, u_debugreg);
    let address = (&raw const WATCHED) as u64;
    // The first slot, for writes, eight bytes.
    for (index, word) in [(0, address), (7, 0x9_0001)] {
        // SAFETY: the kernel is given words alone.
        let answer =
            unsafe { libc::syscall(libc::SYS_ptrace, libc::PTRACE_POKEUSER, child, FIRST + 8 * index, word) };
        Errno::result(answer)?;
    }
    Ok(())
}

/// Has the child's stores to the word stop it.
#[cfg(target_arch = "aarch64")]
fn watch(child: i32) -> nix::Result<()> {
    // The header is not looked at. The first slot, for stores, eight bytes.
    let mut set = [0, (&raw const WATCHED) as u64, 0xff << 5 | 2 << 3 | 1];
    let vector = libc::iovec { iov_base: set.as_mut_ptr().cast(), iov_len: size_of_val(&set) };
    let (request, note) = (libc::PTRACE_SETREGSET, crate::request::note::ARM_HW_WATCH);
    // SAFETY: the kernel reads the vector and what it points to.
    let answer = unsafe { libc::syscall(libc::SYS_ptrace, request, child, note, &raw const vector) };
    Errno::result(answer).map(drop)
}
