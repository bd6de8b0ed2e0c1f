//! Requests that only one of the architectures has.
//!
//! x86_64: the USER area, whole register structures, segment bases and descriptors. aarch64: memory tags.

use crate::errno::Errno;
use crate::kernel::Data;
use crate::request::Request;
use crate::tracee::Task;

/// The USER area, which x86_64 alone has; elsewhere the requests are refused with `EIO`.
impl Task {
    /// `PTRACE_PEEKUSER`: a word of the USER area.
    ///
    /// # Errors
    ///
    /// `EIO` for an offset that is misaligned or outside.
    pub fn peek_user(&self, offset: u64) -> Result<u64, Errno> {
        let mut bytes = [0; 8];
        self.request(Request::PEEKUSER, offset, Data::Buffer(&mut bytes))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// `PTRACE_POKEUSER`
    ///
    /// # Errors
    ///
    /// `EIO` for an offset or a value that is not allowed, `EINVAL` for bad debug registers.
    pub fn poke_user(&self, offset: u64, word: u64) -> Result<(), Errno> {
        self.request(Request::POKEUSER, offset, Data::Word(word)).map(drop)
    }
}

#[cfg(target_arch = "x86_64")]
impl Task {
    /// `PTRACE_GETREGS`, `GETFPREGS` or `GETFPXREGS`, into a buffer of the right size.
    ///
    /// # Errors
    ///
    /// `EIO` where the kernel has no such structure for this kind of tracer.
    pub fn structure(&self, request: Request, buffer: &mut [u8]) -> Result<(), Errno> {
        self.request(request, 0, Data::Buffer(buffer)).map(drop)
    }

    /// `PTRACE_SETREGS`, `SETFPREGS` or `SETFPXREGS`.
    ///
    /// # Errors
    ///
    /// `EIO` for values that are not allowed, `EINVAL` for bad floating-point control bits.
    pub fn set_structure(&self, request: Request, bytes: &[u8]) -> Result<(), Errno> {
        self.request(request, 0, Data::Buffer(&mut bytes.to_vec())).map(drop)
    }

    /// `PTRACE_ARCH_PRCTL` with a code that reads, such as `ARCH_GET_FS`. Address and data are reversed.
    ///
    /// # Errors
    ///
    /// `EINVAL` for an unknown code.
    pub fn arch_prctl_get(&self, code: u64) -> Result<u64, Errno> {
        let mut bytes = [0; 8];
        // The word is stored where `addr` points, and the code is the data.
        self.context.kernel.arch_prctl(self.pid, code, &mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// `PTRACE_ARCH_PRCTL` with a code that writes, such as `ARCH_SET_FS`.
    ///
    /// # Errors
    ///
    /// `EPERM` for an address that is not the user's, `EINVAL` for an unknown code.
    pub fn arch_prctl_set(&self, code: u64, value: u64) -> Result<(), Errno> {
        self.request(Request::ARCH_PRCTL, value, Data::Word(code)).map(drop)
    }

    /// `PTRACE_GET_THREAD_AREA`: a `struct user_desc` of the thread's descriptor table.
    ///
    /// # Errors
    ///
    /// `EINVAL` for an entry that is not one of the thread's.
    pub fn thread_area(&self, entry: u64) -> Result<[u8; 16], Errno> {
        let mut bytes = [0; 16];
        self.request(Request::GET_THREAD_AREA, entry, Data::Buffer(&mut bytes))?;
        Ok(bytes)
    }

    /// `PTRACE_SET_THREAD_AREA`
    ///
    /// # Errors
    ///
    /// As for [`Task::thread_area`], and `EINVAL` for a descriptor that is not allowed.
    pub fn set_thread_area(&self, entry: u64, descriptor: &[u8; 16]) -> Result<(), Errno> {
        let mut bytes = *descriptor;
        self.request(Request::SET_THREAD_AREA, entry, Data::Buffer(&mut bytes)).map(drop)
    }
}

#[cfg(target_arch = "aarch64")]
impl Task {
    /// `PTRACE_PEEKMTETAGS`: one tag a byte, from this address on; how many there were.
    ///
    /// # Errors
    ///
    /// `EIO` where memory has no tags or the CPU knows none.
    pub fn peek_tags(&self, address: u64, tags: &mut [u8]) -> Result<usize, Errno> {
        let mut length = tags.len();
        self.request(Request::PEEKMTETAGS, address, Data::Vector(tags, &mut length))?;
        Ok(length)
    }

    /// `PTRACE_POKEMTETAGS`
    ///
    /// # Errors
    ///
    /// As for [`Task::peek_tags`].
    pub fn poke_tags(&self, address: u64, tags: &[u8]) -> Result<usize, Errno> {
        let mut length = tags.len();
        self.request(Request::POKEMTETAGS, address, Data::Vector(&mut tags.to_vec(), &mut length))?;
        Ok(length)
    }
}
