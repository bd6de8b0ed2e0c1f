//! What a tracer reads and writes at a stop, request by request, as typed values.

use crate::arch::{self, NAMES, Registers};
use crate::context::Flow;
use crate::errno::Errno;
use crate::invariants;
use crate::kernel::Data;
use crate::request::{Request, note};
use crate::signal::Signal;
use crate::syscall_info::SyscallInfo;
use crate::tracee::{Stopped, Task};

/// The fields of `siginfo_t` that ptrace-stops use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Siginfo {
    /// `si_signo`
    pub signal: Signal,
    /// `si_code`
    pub code: i32,
    /// `si_errno`
    pub errno: i32,
    /// `si_pid`, of signals that were sent.
    pub pid: i32,
    /// `si_uid`, of signals that were sent.
    pub uid: u32,
    /// `si_status` of `SIGCHLD`, `si_syscall` of `SIGSYS`.
    pub status: i32,
    /// `si_arch`, of `SIGSYS`.
    pub arch: u32,
    /// `si_addr` of faults and traps, `si_call_addr` of `SIGSYS`.
    pub address: u64,
}

/// Bytes of `siginfo_t`.
pub const SIGINFO_SIZE: usize = 128;
const _: () = assert!(size_of::<libc::siginfo_t>() == SIGINFO_SIZE);

impl Siginfo {
    /// Reads the kernel's bytes: three words, padding, then the union at 16.
    pub fn read(bytes: &[u8; SIGINFO_SIZE]) -> Siginfo {
        let int = |at: usize| i32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Siginfo {
            signal: Signal(int(0)),
            errno: int(4),
            code: int(8),
            pid: int(16),
            uid: int(20) as u32,
            status: int(24),
            arch: int(28) as u32,
            address: u64::from(int(16) as u32) | u64::from(int(20) as u32) << 32,
        }
    }

    /// `si_value`, of signals that were queued, and of timers.
    pub const fn value(&self) -> u64 {
        self.status as u32 as u64 | (self.arch as u64) << 32
    }
}

impl Task {
    /// `PTRACE_GETSIGINFO`
    ///
    /// # Errors
    ///
    /// `EINVAL` in a group-stop of a tracee that was not seized; `ESRCH` if it is not stopped.
    pub fn siginfo(&self) -> Result<Siginfo, Errno> {
        let mut bytes = [0; SIGINFO_SIZE];
        self.request(Request::GETSIGINFO, 0, Data::Buffer(&mut bytes))?;
        Ok(Siginfo::read(&bytes))
    }

    /// `PTRACE_GETEVENTMSG`
    ///
    /// # Errors
    ///
    /// `ESRCH` if the tracee is not stopped.
    pub fn message(&self) -> Result<u64, Errno> {
        let mut bytes = [0; 8];
        self.request(Request::GETEVENTMSG, 0, Data::Buffer(&mut bytes))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// `PTRACE_SETOPTIONS`
    ///
    /// # Errors
    ///
    /// `EINVAL` for unknown bits; `ESRCH` if the tracee is not stopped.
    pub fn set_options(&self, options: u32) -> Result<(), Errno> {
        self.request(Request::SETOPTIONS, 0, Data::Word(options.into())).map(drop)
    }

    /// `PTRACE_PEEKDATA`
    ///
    /// # Errors
    ///
    /// `EIO` where nothing can be read.
    pub fn peek(&self, address: u64) -> Result<u64, Errno> {
        let mut bytes = [0; 8];
        self.request(Request::PEEKDATA, address, Data::Buffer(&mut bytes))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// `PTRACE_POKEDATA`
    ///
    /// # Errors
    ///
    /// `EIO` where nothing can be written.
    pub fn poke(&self, address: u64, word: u64) -> Result<(), Errno> {
        self.request(Request::POKEDATA, address, Data::Word(word)).map(drop)
    }

    /// `PTRACE_GETREGSET` into a buffer: the length that the kernel says it filled.
    ///
    /// # Errors
    ///
    /// `EINVAL` for an unknown note or a length that is no multiple of the set's element.
    pub fn regset(&self, note: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
        let mut length = buffer.len();
        self.request(Request::GETREGSET, note, Data::Vector(buffer, &mut length))?;
        Ok(length)
    }

    /// `PTRACE_SETREGSET` from a buffer: the length that the kernel says it took.
    ///
    /// # Errors
    ///
    /// As for [`Task::regset`], and what each set's rules say.
    pub fn set_regset(&self, set: u64, bytes: &[u8]) -> Result<usize, Errno> {
        if set == note::PRSTATUS {
            self.writes(self.changed(bytes));
        }
        let mut buffer = bytes.to_vec();
        let mut length = buffer.len();
        self.request(Request::SETREGSET, set, Data::Vector(&mut buffer, &mut length))?;
        Ok(length)
    }

    /// Which general registers these bytes change, against how they were last read.
    fn changed(&self, bytes: &[u8]) -> u64 {
        let Some(read) = self.context.read.get() else { return u64::MAX };
        let words = bytes.chunks(8).zip(read.words);
        let differ = words.enumerate().filter(|(_, (new, old))| *new != old.to_ne_bytes());
        differ.fold(0, |mask, (index, _)| mask | 1 << index)
    }

    /// `PTRACE_GETSIGMASK`
    ///
    /// # Errors
    ///
    /// `ESRCH` if the tracee is not stopped.
    pub fn signal_mask(&self) -> Result<u64, Errno> {
        let mut bytes = [0; 8];
        self.request(Request::GETSIGMASK, 8, Data::Buffer(&mut bytes))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// `PTRACE_SETSIGMASK`
    ///
    /// # Errors
    ///
    /// `ESRCH` if the tracee is not stopped.
    pub fn set_signal_mask(&self, mask: u64) -> Result<(), Errno> {
        self.request(Request::SETSIGMASK, 8, Data::Buffer(&mut mask.to_ne_bytes())).map(drop)
    }
}

impl Task {
    /// The general registers, and the length that the kernel told.
    fn general_registers(&self) -> Result<(Registers, usize), Errno> {
        let mut bytes = [0; NAMES.len() * 8];
        let length = self.regset(note::PRSTATUS, &mut bytes)?;
        let mut words = [0; NAMES.len()];
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = u64::from_ne_bytes(bytes.try_into().unwrap_or_default());
        }
        Ok((Registers { words }, length))
    }
}

impl Stopped {
    /// The general registers.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn registers(&self) -> Flow<Registers> {
        let (registers, length) = self.must("PTRACE_GETREGSET NT_PRSTATUS", self.general_registers())?;
        self.hold(invariants::length("NT_PRSTATUS", NAMES.len() * 8, length));
        self.hold(self.scene().registers(&registers));
        if let Ok(info) = self.context.kernel.honestly(|| Task::syscall_info(self)) {
            self.hold(self.scene().agree(&registers, &info));
        }
        self.context.read.set(Some(registers));
        Ok(registers)
    }

    /// `PTRACE_GETSIGINFO`, which fits the stop.
    ///
    /// # Errors
    ///
    /// As for [`Task::siginfo`].
    pub fn siginfo(&self) -> Result<Siginfo, Errno> {
        let answer = Task::siginfo(self);
        self.hold(answer.iter().flat_map(|siginfo| self.scene().siginfo(siginfo)).collect());
        answer
    }

    /// `PTRACE_GET_SYSCALL_INFO`, which fits the stop.
    ///
    /// # Errors
    ///
    /// As for [`Task::syscall_info`].
    pub fn syscall_info(&self) -> Result<SyscallInfo, Errno> {
        let answer = Task::syscall_info(self);
        self.hold(answer.iter().flat_map(|info| self.scene().syscall_info(info)).collect());
        let registers = self.context.kernel.honestly(|| self.general_registers());
        if let (Ok(info), Ok((registers, _))) = (&answer, registers) {
            self.hold(self.scene().agree(&registers, info));
        }
        answer
    }

    /// Replaces the case's options by these; `PTRACE_O_EXITKILL` stays.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn change_options(&self, options: u32) -> Flow {
        let answer = self.set_options(options | crate::request::options::EXITKILL);
        self.must("PTRACE_SETOPTIONS", answer)
    }

    /// The general registers, read twice: for what a case writes back, or compares, without knowing it.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn steady_registers(&self, clause: &str) -> Flow<Registers> {
        let registers = self.registers()?;
        self.check(clause, "registers that read otherwise", vec![], self.registers()?.differing(&registers));
        Ok(registers)
    }

    /// From the stop of the program's breakpoint to behind it: x86_64 is there already.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn pass_breakpoint(&self) -> Flow {
        if arch::BREAKPOINT_ADVANCE != 0 {
            return Ok(());
        }
        self.set_register(arch::IP, crate::label::BREAKPOINT_RETURN)
    }

    /// Writes the general registers.
    ///
    /// # Errors
    ///
    /// If the kernel refuses: nothing to go on with.
    pub fn set_registers(&self, registers: &Registers) -> Flow {
        let bytes = registers.bytes();
        let answer = self.set_regset(note::PRSTATUS, &bytes);
        let length = self.must("PTRACE_SETREGSET NT_PRSTATUS", answer)?;
        self.hold(invariants::length("NT_PRSTATUS", bytes.len(), length));
        Ok(())
    }

    /// Replaces one word of the general registers, see the indices in [`crate::arch`].
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn set_register(&self, index: usize, value: u64) -> Flow {
        let registers = self.registers()?.with(index, value);
        self.set_registers(&registers)
    }

    /// Words of memory from this address on.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn memory(&self, address: u64, words: usize) -> Flow<Vec<u64>> {
        let read = |index| self.must("PTRACE_PEEKDATA", self.peek(address + 8 * index as u64));
        let peeked: Vec<u64> = (0..words).map(read).collect::<Flow<_>>()?;
        if words > 0 {
            self.hold(invariants::memory(&peeked, self.context.kernel.read_memory(self.pid, address, words)));
        }
        Ok(peeked)
    }

    /// Writes words to memory from this address on.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn set_memory(&self, address: u64, words: &[u64]) -> Flow {
        let places = (address..).step_by(8);
        places.zip(words).try_for_each(|(place, &word)| self.must("PTRACE_POKEDATA", self.poke(place, word)))
    }

    /// The number of the system call that the tracee is in: `orig_rax`, or `NT_ARM_SYSTEM_CALL`, which is an
    /// int; sign-extended.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn syscall_number(&self) -> Flow<u64> {
        if cfg!(target_arch = "x86_64") {
            return Ok(self.registers()?.words[crate::arch::NUMBER]);
        }
        let mut bytes = [0; 4];
        let answer = self.regset(note::ARM_SYSTEM_CALL, &mut bytes);
        let length = self.must("PTRACE_GETREGSET NT_ARM_SYSTEM_CALL", answer)?;
        self.hold(invariants::length("NT_ARM_SYSTEM_CALL", bytes.len(), length));
        Ok(i64::from(i32::from_ne_bytes(bytes)) as u64)
    }

    /// Changes that number: another call is made, or with -1 none.
    ///
    /// # Errors
    ///
    /// If the kernel refuses.
    pub fn set_syscall_number(&self, number: u64) -> Flow {
        if cfg!(target_arch = "x86_64") {
            return self.set_register(crate::arch::NUMBER, number);
        }
        let bytes = (number as u32).to_ne_bytes();
        let answer = self.set_regset(note::ARM_SYSTEM_CALL, &bytes);
        self.must("PTRACE_SETREGSET NT_ARM_SYSTEM_CALL", answer).map(drop)
    }
}
