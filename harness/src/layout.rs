//! The kernel's structures, as `include/uapi/linux/ptrace.h` and the architectures' headers lay them out.
//!
//! Answers are read from bytes by offset. Here stand the structures that the offsets come from, asserted
//! when this is compiled, against the C library's own view where it has one.

use crate::{answers, arch, syscall_info};
use std::mem::{offset_of, size_of};

/// `struct ptrace_peeksiginfo_args`
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct PeekSiginfoArgs {
    /// How many to skip.
    pub offset: u64,
    /// 1 for the process's queue, 0 for the thread's.
    pub flags: u32,
    /// How many there is room for.
    pub count: i32,
}

/// `struct seccomp_metadata`
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct SeccompMetadata {
    /// Which filter: the newest is 0.
    pub filter: u64,
    /// Flags that it was installed with.
    pub flags: u64,
}

/// `struct ptrace_rseq_configuration`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct RseqConfiguration {
    /// Address of the thread's rseq area, 0 if none is registered.
    pub area: u64,
    /// Its length.
    pub size: u32,
    /// The signature that abort handlers carry.
    pub signature: u32,
    /// Flags, none so far.
    pub flags: u32,
    /// Padding.
    pub pad: u32,
}

/// `struct ptrace_sud_config`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct SyscallUserDispatch {
    /// 0 off, 1 on; since 6.17 also 2, inclusive.
    pub mode: u64,
    /// Address of the selector byte.
    pub selector: u64,
    /// Start of the range that is exempt.
    pub offset: u64,
    /// Its length.
    pub length: u64,
}

/// `struct ptrace_syscall_info`, with the largest member of its union.
#[repr(C)]
struct SyscallInfo {
    op: u8,
    reserved: u8,
    flags: u16,
    arch: u32,
    instruction_pointer: u64,
    stack_pointer: u64,
    number: u64,
    args: [u64; 6],
    ret_data: u32,
    reserved2: u32,
}

const _: () = {
    assert!(size_of::<PeekSiginfoArgs>() == 16);
    assert!(size_of::<SeccompMetadata>() == 16);
    assert!(size_of::<RseqConfiguration>() == 24);
    assert!(size_of::<SyscallUserDispatch>() == 32);

    assert!(size_of::<SyscallInfo>() == syscall_info::SIZE);
    assert!(offset_of!(SyscallInfo, op) == 0 && offset_of!(SyscallInfo, reserved) == 1);
    assert!(offset_of!(SyscallInfo, flags) == 2 && offset_of!(SyscallInfo, arch) == 4);
    assert!(offset_of!(SyscallInfo, instruction_pointer) == 8);
    assert!(offset_of!(SyscallInfo, stack_pointer) == 16);
    assert!(offset_of!(SyscallInfo, number) == syscall_info::SIZE_NONE);
    assert!(offset_of!(SyscallInfo, args) == 32);
    assert!(offset_of!(SyscallInfo, ret_data) == syscall_info::SIZE_ENTRY);
    assert!(offset_of!(SyscallInfo, reserved2) == syscall_info::SIZE_SECCOMP);

    assert!(size_of::<libc::siginfo_t>() == answers::SIGINFO_SIZE);
    assert!(size_of::<libc::user_regs_struct>() == arch::NAMES.len() * 8);
};

#[cfg(target_arch = "x86_64")]
const _: () = {
    use libc::user_regs_struct as user;
    assert!(offset_of!(user, orig_rax) == arch::NUMBER * 8 && offset_of!(user, rax) == arch::RESULT * 8);
    assert!(offset_of!(user, rip) == arch::IP * 8 && offset_of!(user, rsp) == arch::SP * 8);
    assert!(offset_of!(user, eflags) == arch::FLAGS * 8);
    assert!(offset_of!(user, rdi) == arch::ARGS[0] * 8 && offset_of!(user, rsi) == arch::ARGS[1] * 8);
    assert!(offset_of!(user, rdx) == arch::ARGS[2] * 8 && offset_of!(user, r10) == arch::ARGS[3] * 8);
    assert!(offset_of!(user, r8) == arch::ARGS[4] * 8 && offset_of!(user, r9) == arch::ARGS[5] * 8);
};

#[cfg(target_arch = "aarch64")]
const _: () = {
    use libc::user_regs_struct as user;
    assert!(offset_of!(user, regs) == arch::RESULT * 8 && offset_of!(user, sp) == arch::SP * 8);
    assert!(offset_of!(user, pc) == arch::IP * 8 && offset_of!(user, pstate) == arch::FLAGS * 8);
};

#[cfg(target_env = "gnu")]
const _: () = {
    assert!(size_of::<PeekSiginfoArgs>() == size_of::<libc::ptrace_peeksiginfo_args>());
    assert!(offset_of!(PeekSiginfoArgs, count) == offset_of!(libc::ptrace_peeksiginfo_args, nr));
    assert!(size_of::<SyscallInfo>() == size_of::<libc::ptrace_syscall_info>());
    assert!(offset_of!(SyscallInfo, arch) == offset_of!(libc::ptrace_syscall_info, arch));
    assert!(size_of::<SyscallUserDispatch>() == size_of::<libc::ptrace_sud_config>());
};
