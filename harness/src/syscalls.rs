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
    CAPSET = SYS_capset, "capset";
    CHDIR = SYS_chdir, "chdir";
    CLOCK_NANOSLEEP = SYS_clock_nanosleep, "clock_nanosleep";
    CLONE = SYS_clone, "clone";
    CLONE3 = SYS_clone3, "clone3";
    CLOSE = SYS_close, "close";
    DUP = SYS_dup, "dup";
    EPOLL_CREATE1 = SYS_epoll_create1, "epoll_create1";
    EPOLL_PWAIT = SYS_epoll_pwait, "epoll_pwait";
    EXECVE = SYS_execve, "execve";
    EXECVEAT = SYS_execveat, "execveat";
    EXIT = SYS_exit, "exit";
    EXIT_GROUP = SYS_exit_group, "exit_group";
    FUTEX = SYS_futex, "futex";
    GETEUID = SYS_geteuid, "geteuid";
    GETGID = SYS_getgid, "getgid";
    GETPID = SYS_getpid, "getpid";
    GETPPID = SYS_getppid, "getppid";
    GETTID = SYS_gettid, "gettid";
    GETUID = SYS_getuid, "getuid";
    KILL = SYS_kill, "kill";
    MMAP = SYS_mmap, "mmap";
    MOUNT = SYS_mount, "mount";
    NANOSLEEP = SYS_nanosleep, "nanosleep";
    PIPE2 = SYS_pipe2, "pipe2";
    PPOLL = SYS_ppoll, "ppoll";
    PRCTL = SYS_prctl, "prctl";
    PRLIMIT64 = SYS_prlimit64, "prlimit64";
    PSELECT6 = SYS_pselect6, "pselect6";
    PIDFD_OPEN = SYS_pidfd_open, "pidfd_open";
    PIDFD_SEND_SIGNAL = SYS_pidfd_send_signal, "pidfd_send_signal";
    PTRACE = SYS_ptrace, "ptrace";
    READ = SYS_read, "read";
    RESTART_SYSCALL = SYS_restart_syscall, "restart_syscall";
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
    SETPGID = SYS_setpgid, "setpgid";
    SETSID = SYS_setsid, "setsid";
    SETITIMER = SYS_setitimer, "setitimer";
    SIGALTSTACK = SYS_sigaltstack, "sigaltstack";
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
}

impl fmt::Debug for Syscall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
