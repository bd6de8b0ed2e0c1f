//! `PTRACE_GET_SYSCALL_INFO` and `PTRACE_SET_SYSCALL_INFO`.

use crate::errno::Errno;
use crate::kernel::Data;
use crate::request::Request;
use crate::tracee::Task;

/// Bytes of `struct ptrace_syscall_info`.
pub const SIZE: usize = 88;
/// Bytes that a stop which is no syscall or seccomp stop fills.
pub const SIZE_NONE: usize = 24;
/// Bytes that a syscall-enter-stop fills.
pub const SIZE_ENTRY: usize = 80;
/// Bytes that a syscall-exit-stop fills.
pub const SIZE_EXIT: usize = 33;
/// Bytes that a seccomp stop fills.
pub const SIZE_SECCOMP: usize = 84;

/// `op`: no system call stop.
pub const NONE: u8 = 0;
/// `op`: a syscall-enter-stop.
pub const ENTRY: u8 = 1;
/// `op`: a syscall-exit-stop.
pub const EXIT: u8 = 2;
/// `op`: a seccomp stop.
pub const SECCOMP: u8 = 3;

/// `struct ptrace_syscall_info` as bytes, with its fields by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyscallInfo {
    /// The bytes, in the kernel's layout.
    pub bytes: [u8; SIZE],
    /// What the request returned: bytes that there were to give, however large the buffer.
    pub available: i64,
}

impl SyscallInfo {
    /// `op`, what kind of stop this is.
    pub const fn op(&self) -> u8 {
        self.bytes[0]
    }

    /// The byte behind `op`, reserved, and the 16-bit `flags`.
    pub fn reserved_and_flags(&self) -> (u64, u64) {
        (self.bytes[1].into(), u16::from_ne_bytes([self.bytes[2], self.bytes[3]]).into())
    }

    /// `arch`, an `AUDIT_ARCH_*` value.
    pub fn arch(&self) -> u32 {
        u32::from_ne_bytes(std::array::from_fn(|index| self.bytes[4 + index]))
    }

    /// `instruction_pointer`
    pub fn ip(&self) -> u64 {
        self.word(8)
    }

    /// `stack_pointer`
    pub fn sp(&self) -> u64 {
        self.word(16)
    }

    /// `entry.nr` or `seccomp.nr`
    pub fn number(&self) -> u64 {
        self.word(24)
    }

    /// `entry.args` or `seccomp.args`
    pub fn args(&self) -> [u64; 6] {
        std::array::from_fn(|index| self.word(32 + 8 * index))
    }

    /// `exit.rval`
    pub fn rval(&self) -> u64 {
        self.word(24)
    }

    /// `exit.is_error`
    pub const fn is_error(&self) -> u8 {
        self.bytes[32]
    }

    /// `seccomp.ret_data`
    pub fn ret_data(&self) -> u32 {
        self.word(80) as u32
    }

    /// The same with another word at this offset.
    #[must_use]
    pub fn with(mut self, offset: usize, word: u64) -> SyscallInfo {
        self.bytes[offset..offset + 8].copy_from_slice(&word.to_ne_bytes());
        self
    }

    fn word(&self, at: usize) -> u64 {
        u64::from_ne_bytes(std::array::from_fn(|index| self.bytes[at + index]))
    }
}

impl Task {
    /// `PTRACE_GET_SYSCALL_INFO` with a buffer for all of it; bytes that the kernel leaves alone stay zero.
    ///
    /// # Errors
    ///
    /// `ESRCH` if the tracee is not stopped.
    pub fn syscall_info(&self) -> Result<SyscallInfo, Errno> {
        let mut bytes = [0; SIZE];
        let available = self.request(Request::GET_SYSCALL_INFO, SIZE as u64, Data::Buffer(&mut bytes))?;
        Ok(SyscallInfo { bytes, available })
    }

    /// `PTRACE_SET_SYSCALL_INFO`, Linux 6.16 and later.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the structure does not fit the stop, `ERANGE` for values that no call can have.
    pub fn set_syscall_info(&self, info: &SyscallInfo) -> Result<(), Errno> {
        let mut bytes = info.bytes;
        self.request(Request::SET_SYSCALL_INFO, SIZE as u64, Data::Buffer(&mut bytes)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_where_the_header_has_them() {
        let mut bytes = [0; SIZE];
        bytes[0] = EXIT;
        bytes[4..8].copy_from_slice(&0xc000_003e_u32.to_ne_bytes());
        bytes[8] = 7;
        bytes[32] = 1;
        bytes[80] = 9;
        let info = SyscallInfo { bytes, available: 0 }.with(24, u64::MAX);
        assert_eq!((info.op(), info.arch(), info.ip()), (EXIT, 0xc000_003e, 7));
        assert_eq!((info.rval(), info.is_error(), info.ret_data()), (u64::MAX, 1, 9));
    }
}
