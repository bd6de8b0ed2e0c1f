//! Starts tracees: a vfork-like clone(2) and execve, whose cost does not grow with the harness.
#![expect(unsafe_code, reason = "between clone and execve only raw system calls are possible")]

use crate::abi::IMAGE_FD;
use crate::errno::Errno;
use crate::image::Image;
use std::ffi::CStr;

/// How a tracee begins, as its first argument says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It asks for trace by its parent.
    Traceme,
    /// It waits until it is told that a tracer is there.
    Wait,
}

/// What the child needs between clone and execve, and where it leaves its errno.
struct Launch {
    image: i32,
    argument: &'static CStr,
    failed: i32,
}

const CHILD_STACK: usize = 16 * 1024;

/// Executes the image in a new child of the calling thread and returns its process id.
///
/// The child has the image as descriptor 3, otherwise what this process has that is not close-on-exec; an
/// empty environment; and dies with this thread.
///
/// # Errors
///
/// Errno of clone or execve.
pub fn spawn(image: &Image, opening: Opening) -> Result<i32, Errno> {
    let argument = match opening {
        Opening::Traceme => c"traceme",
        Opening::Wait => c"wait",
    };
    let mut launch = Launch { image: image.fd(), argument, failed: 0 };
    let mut stack = [0u128; CHILD_STACK / 16];
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: this thread waits until the child has left the stack and the launch behind.
    let pid = unsafe {
        let top = stack.as_mut_ptr().add(stack.len());
        libc::clone(enter, top.cast(), flags, (&raw mut launch).cast())
    };
    if pid == -1 {
        return Err(Errno::last());
    }
    // SAFETY: written by the child, which is past it.
    let failed = unsafe { (&raw const launch.failed).read_volatile() };
    if failed == 0 {
        return Ok(pid);
    }
    // SAFETY: our own child, which has ended; nobody else waits for it.
    unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
    Err(Errno(failed))
}

/// The child's side: no allocation, no locks, nothing but system calls.
extern "C" fn enter(launch: *mut libc::c_void) -> i32 {
    let launch: *mut Launch = launch.cast();
    // SAFETY: the parent's launch, valid while it waits for us.
    unsafe {
        let arguments = [(*launch).argument.as_ptr(), std::ptr::null()];
        let environment = [std::ptr::null::<libc::c_char>()];
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        if libc::dup2((*launch).image, IMAGE_FD as i32) >= 0 {
            let empty = c"".as_ptr();
            let flags = libc::AT_EMPTY_PATH;
            libc::syscall(
                libc::SYS_execveat,
                IMAGE_FD,
                empty,
                arguments.as_ptr(),
                environment.as_ptr(),
                flags,
            );
        }
        (&raw mut (*launch).failed).write_volatile(*libc::__errno_location());
        libc::_exit(127)
    }
}
