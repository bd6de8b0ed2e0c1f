//! System calls that programs make, with the names that reports show.

use std::fmt;

/// A system call of this architecture.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Syscall {
    /// Its number here.
    pub number: u64,
    /// Its name, the same on both architectures.
    pub name: &'static str,
}

macro_rules! syscalls {
    ($($(#[$cfg:meta])* $constant:ident = $number:ident, $name:literal;)*) => {
        impl Syscall {
            $(
                $(#[$cfg])*
                #[doc = concat!("`", $name, "(2)`")]
                pub const $constant: Syscall = Syscall { number: libc::$number as u64, name: $name };
            )*
        }
    };
}

syscalls! {
    CAPGET = SYS_capget, "capget";
    CAPSET = SYS_capset, "capset";
    CHDIR = SYS_chdir, "chdir";
    CLOCK_NANOSLEEP = SYS_clock_nanosleep, "clock_nanosleep";
    CLONE = SYS_clone, "clone";
    CLONE3 = SYS_clone3, "clone3";
    CLOSE = SYS_close, "close";
    CLOSE_RANGE = SYS_close_range, "close_range";
    DUP = SYS_dup, "dup";
    EPOLL_CREATE1 = SYS_epoll_create1, "epoll_create1";
    EPOLL_PWAIT = SYS_epoll_pwait, "epoll_pwait";
    EXECVE = SYS_execve, "execve";
    EXECVEAT = SYS_execveat, "execveat";
    EXIT = SYS_exit, "exit";
    EXIT_GROUP = SYS_exit_group, "exit_group";
    FCHMOD = SYS_fchmod, "fchmod";
    FCHOWN = SYS_fchown, "fchown";
    FCNTL = SYS_fcntl, "fcntl";
    FSETXATTR = SYS_fsetxattr, "fsetxattr";
    FTRUNCATE = SYS_ftruncate, "ftruncate";
    FUTEX = SYS_futex, "futex";
    GETEUID = SYS_geteuid, "geteuid";
    GETGID = SYS_getgid, "getgid";
    GETPID = SYS_getpid, "getpid";
    GETPPID = SYS_getppid, "getppid";
    GETTID = SYS_gettid, "gettid";
    GETRESGID = SYS_getresgid, "getresgid";
    GETRESUID = SYS_getresuid, "getresuid";
    GETUID = SYS_getuid, "getuid";
    INOTIFY_ADD_WATCH = SYS_inotify_add_watch, "inotify_add_watch";
    INOTIFY_INIT1 = SYS_inotify_init1, "inotify_init1";
    IOCTL = SYS_ioctl, "ioctl";
    GET_ROBUST_LIST = SYS_get_robust_list, "get_robust_list";
    KILL = SYS_kill, "kill";
    MEMFD_CREATE = SYS_memfd_create, "memfd_create";
    MMAP = SYS_mmap, "mmap";
    MOUNT = SYS_mount, "mount";
    MPROTECT = SYS_mprotect, "mprotect";
    MUNMAP = SYS_munmap, "munmap";
    NANOSLEEP = SYS_nanosleep, "nanosleep";
    OPENAT = SYS_openat, "openat";
    PIPE2 = SYS_pipe2, "pipe2";
    PPOLL = SYS_ppoll, "ppoll";
    PREAD64 = SYS_pread64, "pread64";
    PRCTL = SYS_prctl, "prctl";
    PROCESS_VM_READV = SYS_process_vm_readv, "process_vm_readv";
    PROCESS_VM_WRITEV = SYS_process_vm_writev, "process_vm_writev";
    PRLIMIT64 = SYS_prlimit64, "prlimit64";
    PSELECT6 = SYS_pselect6, "pselect6";
    PIDFD_GETFD = SYS_pidfd_getfd, "pidfd_getfd";
    PIDFD_OPEN = SYS_pidfd_open, "pidfd_open";
    PIDFD_SEND_SIGNAL = SYS_pidfd_send_signal, "pidfd_send_signal";
    PTRACE = SYS_ptrace, "ptrace";
    READ = SYS_read, "read";
    READLINKAT = SYS_readlinkat, "readlinkat";
    RESTART_SYSCALL = SYS_restart_syscall, "restart_syscall";
    RSEQ = SYS_rseq, "rseq";
    RT_SIGACTION = SYS_rt_sigaction, "rt_sigaction";
    RT_SIGPROCMASK = SYS_rt_sigprocmask, "rt_sigprocmask";
    RT_SIGPENDING = SYS_rt_sigpending, "rt_sigpending";
    RT_SIGQUEUEINFO = SYS_rt_sigqueueinfo, "rt_sigqueueinfo";
    RT_SIGRETURN = SYS_rt_sigreturn, "rt_sigreturn";
    RT_SIGSUSPEND = SYS_rt_sigsuspend, "rt_sigsuspend";
    RT_SIGTIMEDWAIT = SYS_rt_sigtimedwait, "rt_sigtimedwait";
    RT_TGSIGQUEUEINFO = SYS_rt_tgsigqueueinfo, "rt_tgsigqueueinfo";
    SCHED_YIELD = SYS_sched_yield, "sched_yield";
    SECCOMP = SYS_seccomp, "seccomp";
    SENDFILE = SYS_sendfile, "sendfile";
    SETFSGID = SYS_setfsgid, "setfsgid";
    SETFSUID = SYS_setfsuid, "setfsuid";
    SETGROUPS = SYS_setgroups, "setgroups";
    SETPGID = SYS_setpgid, "setpgid";
    SETRESGID = SYS_setresgid, "setresgid";
    SETRESUID = SYS_setresuid, "setresuid";
    SETSID = SYS_setsid, "setsid";
    SETITIMER = SYS_setitimer, "setitimer";
    SIGALTSTACK = SYS_sigaltstack, "sigaltstack";
    SIGNALFD4 = SYS_signalfd4, "signalfd4";
    TGKILL = SYS_tgkill, "tgkill";
    TIMER_CREATE = SYS_timer_create, "timer_create";
    TIMER_SETTIME = SYS_timer_settime, "timer_settime";
    TKILL = SYS_tkill, "tkill";
    UMASK = SYS_umask, "umask";
    UNSHARE = SYS_unshare, "unshare";
    WAIT4 = SYS_wait4, "wait4";
    WAITID = SYS_waitid, "waitid";
    WRITE = SYS_write, "write";
    #[cfg(target_arch = "x86_64")]
    FORK = SYS_fork, "fork";
    #[cfg(target_arch = "x86_64")]
    VFORK = SYS_vfork, "vfork";
}

impl Syscall {
    /// A call with a number of one's own, to see what an invalid one does.
    pub const fn numbered(number: u64, name: &'static str) -> Syscall {
        Syscall { number, name }
    }

    /// `arch_prctl(2)`, which x86_64 alone has.
    pub const ARCH_PRCTL: Syscall = Syscall::numbered(158, "arch_prctl");
}

impl fmt::Debug for Syscall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
