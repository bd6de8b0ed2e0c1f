//! The ways to a tracee's memory.

use super::place::Place;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::remote_memory::MemoryFile;
use ptrace_conformance_harness::request::Request;
use ptrace_conformance_harness::tracee::Task;
use ptrace_conformance_harness::values::Word;

/// A way to read and write a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Through {
    Data,
    Text,
    File,
    Vm,
}

impl Through {
    pub(super) const ALL: [Through; 4] = [Through::Data, Through::Text, Through::File, Through::Vm];

    pub(super) const fn read_name(self) -> &'static str {
        match self {
            Through::Data => "PTRACE_PEEKDATA",
            Through::Text => "PTRACE_PEEKTEXT",
            Through::File => "read of /proc/PID/mem",
            Through::Vm => "process_vm_readv",
        }
    }

    pub(super) const fn write_name(self) -> &'static str {
        match self {
            Through::Data => "PTRACE_POKEDATA",
            Through::Text => "PTRACE_POKETEXT",
            Through::File => "write to /proc/PID/mem",
            Through::Vm => "process_vm_writev",
        }
    }

    /// The clause that says what a word read this way is, or why it is refused.
    pub(super) const fn read_clause(self, place: Place) -> &'static str {
        match (self, place) {
            (Through::Data | Through::Text, Place::Hole) => "err.efault-eio-mem",
            (Through::File, Place::Hole) => "proc.mem.unmapped",
            (Through::Vm, Place::Hole) => "pvm.remote-efault",
            (Through::Vm, place) if !place.is_readable() => "pvm.no-force",
            (_, place) if !place.is_readable() => "mem.read-any-protection",
            (Through::Data, _) => "mem.peek-word",
            (Through::Text, _) => "mem.peek-text-equals-data",
            (Through::File, _) => "proc.mem.read",
            (Through::Vm, _) => "pvm.read",
        }
    }

    /// The clause that says what a write does.
    pub(super) const fn write_clause(self, place: Place) -> &'static str {
        match (self, place) {
            (_, Place::Hole) => self.read_clause(place),
            (Through::Vm, place) if !place.is_writable() => "pvm.no-force",
            (_, Place::SharedRead) => "mem.poke-shared-readonly",
            (_, place) if !place.is_writable() => "mem.poke-readonly-mapping",
            (Through::Data, _) => "mem.poke-word",
            (Through::Text, _) => "mem.poke-text-equals-data",
            (Through::File, _) => "proc.mem.write",
            (Through::Vm, _) => "pvm.write",
        }
    }

    /// Whether it overrides protections.
    const fn forces(self) -> bool {
        !matches!(self, Through::Vm)
    }

    /// What it says where it cannot.
    const fn refusal(self) -> Errno {
        if self.forces() { Errno::EIO } else { Errno::EFAULT }
    }

    /// Whether a place can be read this way, and with which error not.
    pub(super) fn may_read(self, place: Place) -> Result<(), Errno> {
        let may = place != Place::Hole && (self.forces() || place.is_readable());
        if may { Ok(()) } else { Err(self.refusal()) }
    }

    /// Whether it can be written. Only a private page can be copied for one who must not write to it.
    pub(super) fn may_write(self, place: Place) -> Result<(), Errno> {
        let may = place.is_writable() || (place != Place::Hole && self.forces() && !place.is_shared());
        if may { Ok(()) } else { Err(self.refusal()) }
    }

    /// The word at an address, or none if less than one was read.
    pub(super) fn read(self, t: &Task, file: &MemoryFile, address: u64) -> Result<Option<Word>, Errno> {
        match self {
            Through::Data => t.peek(address).map(|word| Some(Word(word))),
            Through::Text => {
                let mut bytes = [0; 8];
                t.request(Request::PEEKTEXT, address, Data::Buffer(&mut bytes))?;
                Ok(word(&bytes))
            }
            Through::File => file.word(address).map(|word| word.map(Word)),
            Through::Vm => {
                let (answer, bytes) = t.vm_read(&[8], &[(address, 8)]);
                answer.map(|read| word(&bytes).filter(|_| read == 8))
            }
        }
    }

    /// Writes a word; whether all of it was written.
    pub(super) fn write(self, t: &Task, file: &MemoryFile, address: u64, word: u64) -> Result<bool, Errno> {
        match self {
            Through::Data => t.poke(address, word).map(|()| true),
            Through::Text => t.request(Request::POKETEXT, address, Data::Word(word)).map(|_| true),
            Through::File => file.write(address, &word.to_ne_bytes()).map(|written| written == 8),
            Through::Vm => t.vm_write(&word.to_ne_bytes(), &[8], &[(address, 8)]).map(|written| written == 8),
        }
    }
}

/// Eight bytes as a word.
fn word(bytes: &[u8]) -> Option<Word> {
    bytes.try_into().ok().map(|bytes| Word(u64::from_ne_bytes(bytes)))
}
