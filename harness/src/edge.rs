//! Memory that ends: a page with nothing accessible behind it, for buffers that are shorter than a request needs.
#![expect(unsafe_code, reason = "maps pages")]

use std::io;
use std::ptr::NonNull;

/// At least a page on every kernel, and a multiple of each size of pages that the architectures have.
const HALF: usize = 1 << 16;

/// A page of ours in front of one that nobody may touch.
#[derive(Debug)]
pub struct Edge {
    start: NonNull<u8>,
}

impl Edge {
    /// A fresh one, all zero.
    ///
    /// # Errors
    ///
    /// If it cannot be mapped.
    pub fn new() -> io::Result<Edge> {
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, wherever there is room.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), 2 * HALF, access, kind, -1, 0) };
        let Some(start) = NonNull::new(start.cast::<u8>()).filter(|_| start != libc::MAP_FAILED) else {
            return Err(io::Error::last_os_error());
        };
        let edge = Edge { start };
        // SAFETY: the second half of the mapping, to which nobody has a reference.
        let closed = unsafe { libc::mprotect(start.as_ptr().add(HALF).cast(), HALF, libc::PROT_NONE) };
        if closed == 0 { Ok(edge) } else { Err(io::Error::last_os_error()) }
    }

    /// The last bytes that there are.
    ///
    /// # Panics
    ///
    /// If so many are not there.
    pub const fn last(&mut self, bytes: usize) -> &mut [u8] {
        assert!(bytes <= HALF, "the mapping is shorter");
        // SAFETY: within the first half, which is ours and borrowed as a whole.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr().add(HALF - bytes), bytes) }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and nobody has a reference to it any more.
        unsafe { libc::munmap(self.start.as_ptr().cast(), 2 * HALF) };
    }
}
