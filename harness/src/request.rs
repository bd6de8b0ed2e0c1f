//! The requests, options, events and structures of `include/uapi/linux/ptrace.h` (Linux 7.3) and of both
//! architectures' own headers.

use std::fmt;

/// A ptrace(2) request number; unknown ones can be made too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Request(pub u64);

/// What a request does with its `data` argument, which decides how it may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number: a signal, an option mask, a word to store, or nothing.
    Word,
    /// A pointer that the kernel reads from or writes to.
    Pointer,
    /// A pointer to a `struct iovec`.
    Vector,
}

macro_rules! requests {
    ($($(#[$cfg:meta])* $name:ident = $number:literal, $shape:ident;)*) => {
        impl Request {
            $(
                $(#[$cfg])*
                #[doc = concat!("`PTRACE_", stringify!($name), "`")]
                pub const $name: Request = Request($number);
            )*

            /// Every request that this architecture's headers define, by number.
            pub const ALL: &'static [Request] = &[$($(#[$cfg])* Request::$name,)*];

            /// Its name without the prefix, if the headers define it.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($(#[$cfg])* $number => Some(stringify!($name)),)*
                    _ => None,
                }
            }

            /// What it does with `data`; unknown requests take a word.
            pub const fn shape(self) -> Shape {
                match self.0 {
                    $($(#[$cfg])* $number => Shape::$shape,)*
                    _ => Shape::Word,
                }
            }
        }
    };
}

requests! {
    TRACEME = 0, Word;
    PEEKTEXT = 1, Pointer;
    PEEKDATA = 2, Pointer;
    PEEKUSER = 3, Pointer;
    POKETEXT = 4, Word;
    POKEDATA = 5, Word;
    POKEUSER = 6, Word;
    CONT = 7, Word;
    KILL = 8, Word;
    SINGLESTEP = 9, Word;
    #[cfg(target_arch = "x86_64")]
    GETREGS = 12, Pointer;
    #[cfg(target_arch = "x86_64")]
    SETREGS = 13, Pointer;
    #[cfg(target_arch = "x86_64")]
    GETFPREGS = 14, Pointer;
    #[cfg(target_arch = "x86_64")]
    SETFPREGS = 15, Pointer;
    ATTACH = 16, Word;
    DETACH = 17, Word;
    #[cfg(target_arch = "x86_64")]
    GETFPXREGS = 18, Pointer;
    #[cfg(target_arch = "x86_64")]
    SETFPXREGS = 19, Pointer;
    #[cfg(target_arch = "x86_64")]
    OLDSETOPTIONS = 21, Word;
    SYSCALL = 24, Word;
    #[cfg(target_arch = "x86_64")]
    GET_THREAD_AREA = 25, Pointer;
    #[cfg(target_arch = "x86_64")]
    SET_THREAD_AREA = 26, Pointer;
    #[cfg(target_arch = "x86_64")]
    ARCH_PRCTL = 30, Word;
    SYSEMU = 31, Word;
    SYSEMU_SINGLESTEP = 32, Word;
    #[cfg(target_arch = "x86_64")]
    SINGLEBLOCK = 33, Word;
    #[cfg(target_arch = "aarch64")]
    PEEKMTETAGS = 33, Vector;
    #[cfg(target_arch = "aarch64")]
    POKEMTETAGS = 34, Vector;
    SETOPTIONS = 0x4200, Word;
    GETEVENTMSG = 0x4201, Pointer;
    GETSIGINFO = 0x4202, Pointer;
    SETSIGINFO = 0x4203, Pointer;
    GETREGSET = 0x4204, Vector;
    SETREGSET = 0x4205, Vector;
    SEIZE = 0x4206, Word;
    INTERRUPT = 0x4207, Word;
    LISTEN = 0x4208, Word;
    PEEKSIGINFO = 0x4209, Pointer;
    GETSIGMASK = 0x420a, Pointer;
    SETSIGMASK = 0x420b, Pointer;
    SECCOMP_GET_FILTER = 0x420c, Pointer;
    SECCOMP_GET_METADATA = 0x420d, Pointer;
    GET_SYSCALL_INFO = 0x420e, Pointer;
    GET_RSEQ_CONFIGURATION = 0x420f, Pointer;
    SET_SYSCALL_USER_DISPATCH_CONFIG = 0x4210, Pointer;
    GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211, Pointer;
    SET_SYSCALL_INFO = 0x4212, Pointer;
}

impl Request {
    /// Whether it may have written something although it was refused: x86_64 writes a whole set word by word.
    pub fn writes_in_part(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Request::SETREGS => true,
            _ => false,
        }
    }

    /// Which general registers it can change, a bit for each by its index; `addr` says which in some.
    ///
    /// Those that write the whole set mostly write back what they have read: see
    /// [`crate::tracee::Stopped::set_registers`].
    pub fn writes_registers(self, addr: u64) -> u64 {
        match self {
            Request::POKEUSER if addr / 8 < 64 => 1 << (addr / 8),
            #[cfg(target_arch = "x86_64")]
            Request::SETREGS => u64::MAX,
            // fs_base and gs_base.
            #[cfg(target_arch = "x86_64")]
            Request::ARCH_PRCTL => 1 << 21 | 1 << 22,
            Request::SET_SYSCALL_INFO => {
                let parts = [crate::arch::NUMBER, crate::arch::RESULT].into_iter().chain(crate::arch::ARGS);
                parts.fold(0, |mask, index| mask | 1 << index)
            }
            Request::SETREGSET if addr == note::ARM_SYSTEM_CALL => 1 << crate::arch::NUMBER,
            _ => 0,
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "PTRACE_{name}"),
            None => write!(f, "ptrace request {:#x}", self.0),
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The bits of `PTRACE_SETOPTIONS` and of `PTRACE_SEIZE`'s data.
pub mod options {
    /// Syscall-stops report `SIGTRAP | 0x80`.
    pub const TRACESYSGOOD: u32 = 1;
    /// Stop at fork(2).
    pub const TRACEFORK: u32 = 1 << 1;
    /// Stop at vfork(2).
    pub const TRACEVFORK: u32 = 1 << 2;
    /// Stop at clone(2).
    pub const TRACECLONE: u32 = 1 << 3;
    /// Stop at execve(2).
    pub const TRACEEXEC: u32 = 1 << 4;
    /// Stop when vfork(2) is about to return.
    pub const TRACEVFORKDONE: u32 = 1 << 5;
    /// Stop at death.
    pub const TRACEEXIT: u32 = 1 << 6;
    /// Stop when a seccomp filter says so.
    pub const TRACESECCOMP: u32 = 1 << 7;
    /// The tracee dies with its tracer.
    pub const EXITKILL: u32 = 1 << 20;
    /// The tracee's seccomp filters are out of force.
    pub const SUSPEND_SECCOMP: u32 = 1 << 21;
}

/// The event of a PTRACE_EVENT stop, `status >> 16`; unknown ones keep their number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event(pub u8);

impl Event {
    /// `PTRACE_EVENT_FORK`
    pub const FORK: Event = Event(1);
    /// `PTRACE_EVENT_VFORK`
    pub const VFORK: Event = Event(2);
    /// `PTRACE_EVENT_CLONE`
    pub const CLONE: Event = Event(3);
    /// `PTRACE_EVENT_EXEC`
    pub const EXEC: Event = Event(4);
    /// `PTRACE_EVENT_VFORK_DONE`
    pub const VFORK_DONE: Event = Event(5);
    /// `PTRACE_EVENT_EXIT`
    pub const EXIT: Event = Event(6);
    /// `PTRACE_EVENT_SECCOMP`
    pub const SECCOMP: Event = Event(7);
    /// `PTRACE_EVENT_STOP`
    pub const STOP: Event = Event(128);

    const NAMES: &'static [(Event, &'static str)] = &[
        (Event::FORK, "FORK"),
        (Event::VFORK, "VFORK"),
        (Event::CLONE, "CLONE"),
        (Event::EXEC, "EXEC"),
        (Event::VFORK_DONE, "VFORK_DONE"),
        (Event::EXIT, "EXIT"),
        (Event::SECCOMP, "SECCOMP"),
        (Event::STOP, "STOP"),
    ];
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Event::NAMES.iter().find(|(event, _)| event == self) {
            Some((_, name)) => write!(f, "PTRACE_EVENT_{name}"),
            None => write!(f, "ptrace event {}", self.0),
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Event message of a syscall-enter-stop, `PTRACE_EVENTMSG_SYSCALL_ENTRY`.
pub const EVENTMSG_SYSCALL_ENTRY: u64 = 1;
/// Event message of a syscall-exit-stop, `PTRACE_EVENTMSG_SYSCALL_EXIT`.
pub const EVENTMSG_SYSCALL_EXIT: u64 = 2;

/// ELF note types that name register sets.
pub mod note {
    /// General registers.
    pub const PRSTATUS: u64 = 1;
    /// Floating-point registers.
    pub const PRFPREG: u64 = 2;
    /// x86: extended state, as XSAVE writes it.
    pub const X86_XSTATE: u64 = 0x202;
    /// x86: segment descriptors of 32-bit programs.
    pub const X86_TLS: u64 = 0x200;
    /// x86: the bitmap of ports that may be used.
    pub const X86_IOPERM: u64 = 0x201;
    /// x86: the shadow stack pointer.
    pub const X86_SHSTK: u64 = 0x204;
    /// aarch64: the thread pointers.
    pub const ARM_TLS: u64 = 0x401;
    /// aarch64: the system call number, four bytes.
    pub const ARM_SYSTEM_CALL: u64 = 0x404;
    /// aarch64: vector registers of any length.
    pub const ARM_SVE: u64 = 0x405;
    /// aarch64: which bits of a pointer are authentication codes.
    pub const ARM_PAC_MASK: u64 = 0x406;
    /// aarch64: the keys for addresses.
    pub const ARM_PACA_KEYS: u64 = 0x407;
    /// aarch64: the generic key.
    pub const ARM_PACG_KEYS: u64 = 0x408;
    /// aarch64: whether addresses may have tags, and how tags are checked.
    pub const ARM_TAGGED_ADDR_CTRL: u64 = 0x409;
    /// aarch64: which keys are in use.
    pub const ARM_PAC_ENABLED_KEYS: u64 = 0x40a;
    /// aarch64: vector registers of streaming mode.
    pub const ARM_SSVE: u64 = 0x40b;
    /// aarch64: the matrix register.
    pub const ARM_ZA: u64 = 0x40c;
    /// aarch64: the table of SME2.
    pub const ARM_ZT: u64 = 0x40d;
    /// aarch64: the mode of 8-bit floating point.
    pub const ARM_FPMR: u64 = 0x40e;
    /// aarch64: permission overlays.
    pub const ARM_POE: u64 = 0x40f;
    /// aarch64: the guarded control stack.
    pub const ARM_GCS: u64 = 0x410;
    /// aarch64: hardware breakpoints.
    pub const ARM_HW_BREAK: u64 = 0x402;
    /// aarch64: hardware watchpoints.
    pub const ARM_HW_WATCH: u64 = 0x403;
}
