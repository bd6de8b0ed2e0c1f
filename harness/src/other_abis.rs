//! Which other ABIs the kernel serves: a child tries, since whoever is refused may die of it.
#![expect(unsafe_code, reason = "instructions, call numbers and a new image are tried")]

use crate::process;
use crate::program32::{Code, EXIT_GROUP};
use crate::status::Status;
use nix::unistd::ForkResult;
use std::sync::OnceLock;

/// Whether `int 0x80` in 64-bit code makes the call that i386 has under a number.
pub(crate) fn has_interrupt_calls() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| in_a_child(|| i32::from(!interrupt_call())) == Some(0))
}

/// Whether numbers with the bit of x32 make calls.
pub(crate) fn has_x32() -> bool {
    const GETPID: i64 = 0x4000_0000 | libc::SYS_getpid;
    // SAFETY: a call without arguments. Elsewhere there is none of this number.
    cfg!(target_arch = "x86_64") && unsafe { libc::syscall(GETPID) } == i64::from(std::process::id())
}

/// Whether the kernel executes programs of 32 bits, and the processor runs them.
pub(crate) fn runs_programs_of_32_bits() -> bool {
    const CODE: u32 = 7;
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let mut code = Code::default();
        code.call(EXIT_GROUP, &[CODE]);
        let file = code.file();
        // The child's part ends with its new image.
        in_a_child(|| execute(&file)) == Some(CODE as i32)
    })
}

/// The exit code of a child that does this; nothing if it dies of it.
fn in_a_child(attempt: impl FnOnce() -> i32) -> Option<i32> {
    match process::fork().ok()? {
        ForkResult::Child => process::exit_now(attempt()),
        ForkResult::Parent { child } => match process::wait(child.as_raw(), 0) {
            Ok(Some((_, Status(status)))) if status & 0x7f == 0 => Some(status >> 8 & 0xff),
            _ => None,
        },
    }
}

/// Executes a file; the exit code where that is refused.
fn execute(file: &[u8]) -> i32 {
    // SAFETY: strings, lists that end with null, and bytes that are only read.
    unsafe {
        let fd = libc::memfd_create(c"program".as_ptr(), libc::MFD_CLOEXEC);
        libc::write(fd, file.as_ptr().cast(), file.len());
        let (arguments, none) = ([c"program".as_ptr(), std::ptr::null()], [std::ptr::null::<libc::c_char>()]);
        let empty = c"".as_ptr();
        libc::syscall(libc::SYS_execveat, fd, empty, arguments.as_ptr(), none.as_ptr(), libc::AT_EMPTY_PATH);
    }
    1
}

/// Asks for its own id, by the number that this is on i386.
#[cfg(target_arch = "x86_64")]
fn interrupt_call() -> bool {
    const GETPID: u64 = 20;
    let told: u64;
    // SAFETY: a call without arguments, which touches no memory.
    unsafe { std::arch::asm!("int 0x80", inlateout("rax") GETPID => told, options(nostack)) };
    told == u64::from(std::process::id())
}

#[cfg(target_arch = "aarch64")]
const fn interrupt_call() -> bool {
    false
}
