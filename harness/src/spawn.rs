//! Starts tracees: a vfork-like clone(2) and execve, whose cost does not grow with the harness.
#![expect(unsafe_code, reason = "between clone and execve only raw system calls are possible")]

use crate::abi::IMAGE_FD;
use crate::errno::Errno;
use crate::image::Image;
use std::ffi::CStr;
use std::sync::OnceLock;

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
    starter: i32,
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
    // SAFETY: no memory is involved.
    let starter = unsafe { libc::getpid() };
    let mut launch = Launch { image: image.fd(), argument, starter, failed: 0 };
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

/// Whether execve by descriptor works here, which programs need that execute themselves.
///
/// Asks for an empty file: refused as no program (`ENOEXEC`, `EACCES`), unless the path already is the trouble.
pub fn can_execute_descriptors() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        // SAFETY: a new descriptor, closed again; an empty file is never executed.
        unsafe {
            let empty = libc::memfd_create(c"empty".as_ptr(), libc::MFD_CLOEXEC);
            let nothing = [std::ptr::null::<libc::c_char>()];
            let (path, none) = (c"".as_ptr(), nothing.as_ptr());
            libc::syscall(libc::SYS_execveat, empty, path, none, none, libc::AT_EMPTY_PATH);
            let answer = Errno::last();
            libc::close(empty);
            answer != Errno::ENOENT && answer != Errno::ENOSYS
        }
    })
}

/// The child's side: no allocation, no locks, nothing but system calls.
extern "C" fn enter(launch: *mut libc::c_void) -> i32 {
    let launch: *mut Launch = launch.cast();
    // SAFETY: the parent's launch, valid while it waits for us.
    unsafe {
        let arguments = [(*launch).argument.as_ptr(), std::ptr::null()];
        let environment = [std::ptr::null::<libc::c_char>()];
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        // Killed before that, it left us to a reaper.
        if libc::getppid() != (*launch).starter {
            libc::_exit(127);
        }
        if libc::dup2((*launch).image, IMAGE_FD as i32) >= 0 {
            let empty = c"".as_ptr();
            let flags = libc::AT_EMPTY_PATH;
            let arguments = arguments.as_ptr();
            let environment = environment.as_ptr();
            libc::syscall(libc::SYS_execveat, IMAGE_FD, empty, arguments, environment, flags);
            // Debian's 5.10.223 answers ENOENT to any empty path, memory file or not.
            libc::execve(c"/proc/self/fd/3".as_ptr(), arguments, environment);
        }
        (&raw mut (*launch).failed).write_volatile(*libc::__errno_location());
        libc::_exit(127)
    }
}
