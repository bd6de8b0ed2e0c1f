//! Numbers of calls that i386 and AArch32 have in common (arch/x86/entry/syscalls/syscall_32.tbl,
//! arch/arm/tools/syscall.tbl).

pub(super) const RESTART_SYSCALL: u32 = 0;
pub(super) const CLOSE: u32 = 6;
pub(super) const PAUSE: u32 = 29;
pub(super) const UMASK: u32 = 60;
pub(super) const PERSONALITY: u32 = 136;
pub(super) const POLL: u32 = 168;
