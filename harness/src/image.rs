//! The file that a tracee is executed from: the embedded ELF, one program, and the record they share.
#![expect(unsafe_code, reason = "the image is a file mapping shared with the tracee")]

use crate::abi::{IMAGE_FD, RECORD_OFFSET, RECORD_SIZE, Record, Run, Script, Seen, Step};
use crate::label;
use crate::program::Encoded;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};

/// The tracee's ELF file.
pub static ELF: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tracee"));

/// Bytes of the image file: the ELF, then the record at its fixed offset.
const SIZE: usize = (RECORD_OFFSET + RECORD_SIZE) as usize;
/// Where `.program` is in the file; the build script reads it from the section table.
const PROGRAM_OFFSET: usize = label::PROGRAM_OFFSET as usize;

/// An image file, mapped here; reused for one tracee after the other.
#[derive(Debug)]
pub struct Image {
    file: File,
    map: *mut u8,
}

impl Image {
    /// Makes an image in memory. A file elsewhere would not do: what is mapped for writing cannot be executed.
    ///
    /// # Errors
    ///
    /// If memfd_create(2) is missing, or the file cannot be written or mapped.
    pub fn new() -> io::Result<Image> {
        let mut file = anonymous_file()?;
        file.write_all(ELF)?;
        file.set_len(SIZE as u64)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping of a file of this size.
        let map = unsafe {
            libc::mmap(std::ptr::null_mut(), SIZE, protection, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if map == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Image { file, map: map.cast() })
    }

    /// The descriptor to execute.
    pub fn fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }

    /// Puts the program in and clears the record. No tracee may be using the image.
    pub fn load(&self, program: &Encoded) {
        // SAFETY: the sizes were checked when the program was encoded; the tracee that used the image is gone.
        unsafe {
            let script: *mut Script = self.map.add(PROGRAM_OFFSET).cast();
            script.cast::<u8>().write_bytes(0, size_of::<Script>());
            let steps = (&raw mut (*script).steps).cast::<Step>();
            steps.copy_from_nonoverlapping(program.steps.as_ptr(), program.steps.len());
            let data = (&raw mut (*script).data).cast::<u64>();
            data.copy_from_nonoverlapping(program.data.as_ptr(), program.data.len());
            self.record().cast::<u8>().write_bytes(0, size_of::<Record>());
        }
    }

    /// Lets a waiting tracee pass its gate.
    pub fn open_gate(&self) {
        // SAFETY: within the record.
        unsafe { (&raw mut (*self.record()).gate).write_volatile(1) };
    }

    /// Whether a tracee that waits for its tracer has come to where it waits.
    pub fn is_ready(&self) -> bool {
        // SAFETY: within the record.
        unsafe { (&raw const (*self.record()).ready).read_volatile() != 0 }
    }

    /// Errno of a start-up call of the tracee that failed, or 0.
    pub fn failed(&self) -> u64 {
        // SAFETY: within the record.
        unsafe { (&raw const (*self.record()).failed).read_volatile() }
    }

    /// Runs, last signal and last `si_code` of the tracee's handler.
    pub fn handled(&self) -> (u64, u64, u64) {
        let record = self.record();
        // SAFETY: within the record.
        unsafe {
            (
                (&raw const (*record).handled).read_volatile(),
                (&raw const (*record).signal).read_volatile(),
                (&raw const (*record).code).read_volatile(),
            )
        }
    }

    /// What the tracee's handler noted of the run that has this place.
    pub fn run(&self, place: usize) -> Run {
        // SAFETY: within the record; the array access is checked.
        unsafe { (&raw const (*self.record()).runs[place]).read_volatile() }
    }

    /// Sets free word `index`, which the program may be waiting for.
    pub fn set_word(&self, index: usize, value: u64) {
        // SAFETY: within the record; the array access is checked.
        unsafe { (&raw mut (*self.record()).words[index]).write_volatile(value) };
    }

    /// Free word `index`.
    pub fn word(&self, index: usize) -> u64 {
        // SAFETY: within the record; the array access is checked.
        unsafe { (&raw const (*self.record()).words[index]).read_volatile() }
    }

    /// Puts bytes at the start of an area.
    pub fn set_area(&self, area: usize, bytes: &[u8]) {
        let words = bytes.chunks(8).map(crate::lie::read);
        for (index, word) in words.enumerate() {
            // SAFETY: within the record; the array accesses are checked.
            unsafe { (&raw mut (*self.record()).areas[area].0[index]).write_volatile(word) };
        }
    }

    /// The first words of an area.
    pub fn area(&self, area: usize, words: usize) -> Vec<u64> {
        // SAFETY: within the record; the array accesses are checked.
        let read =
            |index: usize| unsafe { (&raw const (*self.record()).areas[area].0[index]).read_volatile() };
        (0..words).map(read).collect()
    }

    /// What the program saw at the step of this position.
    pub fn seen(&self, step: usize) -> Seen {
        // SAFETY: within the record; the array access is checked.
        unsafe { (&raw const (*self.record()).seen[step]).read_volatile() }
    }

    fn record(&self) -> *mut Record {
        // SAFETY: the record is inside the mapping.
        unsafe { self.map.add(RECORD_OFFSET as usize).cast() }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and nobody refers to it any more. A failure would leave it in place.
        unsafe { libc::munmap(self.map.cast(), SIZE) };
    }
}

/// A file without a name, at a descriptor that the tracee's own does not collide with.
fn anonymous_file() -> io::Result<File> {
    // SAFETY: the name is a string; the descriptor is new and ours.
    let file = unsafe {
        match libc::memfd_create(c"tracee".as_ptr(), libc::MFD_CLOEXEC) {
            -1 => return Err(io::Error::last_os_error()),
            fd => File::from_raw_fd(fd),
        }
    };
    // SAFETY: makes a new descriptor, which is ours.
    unsafe {
        match libc::fcntl(file.as_raw_fd(), libc::F_DUPFD_CLOEXEC, IMAGE_FD as i32 + 1) {
            -1 => Err(io::Error::last_os_error()),
            fd => Ok(File::from_raw_fd(fd)),
        }
    }
}
