//! What a tracer reads of a task that is in a call of another ABI: as it is, since what holds of every call of the
//! suite's own programs (harness/src/invariants.rs) does not hold here.

use ptrace_conformance_harness::arch::{NAMES, Registers};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::note;
use ptrace_conformance_harness::syscall_info::{ENTRY, EXIT, NONE, SyscallInfo};
use ptrace_conformance_harness::syscall_info::{SECCOMP, SIZE_ENTRY, SIZE_EXIT, SIZE_NONE, SIZE_SECCOMP};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped, Task};
use ptrace_conformance_harness::values::{Address, Return, Word};

/// `AUDIT_ARCH_I386` (linux/audit.h).
pub(super) const I386: u32 = 0x4000_0003;

/// The general registers of 64 bits; their length is that of the whole set.
pub(super) fn registers(t: &Task, clause: &str) -> Flow<Registers> {
    let mut bytes = [0; 8 * NAMES.len()];
    let length = t.must("PTRACE_GETREGSET NT_PRSTATUS", t.regset(note::PRSTATUS, &mut bytes))?;
    t.check(clause, "length of NT_PRSTATUS", bytes.len(), length);
    let mut words = [0; NAMES.len()];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = u64::from_ne_bytes(bytes.try_into().unwrap_or_default());
    }
    Ok(Registers { words })
}

/// Holds all of them against what they must be.
pub(super) fn check_registers(t: &Stopped, clause: &str, expected: &Registers) -> Flow {
    let differing = registers(t, clause)?.differing(expected);
    t.check(clause, "registers that read otherwise", vec![], differing);
    Ok(())
}

use super::program::ARCH;

/// What `PTRACE_GET_SYSCALL_INFO` must say, as far as the stop has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Info {
    pub op: u8,
    pub arch: u32,
    /// Instruction and stack pointer.
    pub place: [u64; 2],
    /// The number, or the result.
    pub word: u64,
    pub args: [u64; 6],
    /// Whether the result is an error, or the data of the filter.
    pub extra: u32,
}

/// Holds the whole answer against that, and gives it.
pub(super) fn check_info(t: &Stopped, clause: &str, expected: Info) -> Flow<SyscallInfo> {
    let info = check_but_place(t, clause, &expected)?;
    let [ip, sp] = expected.place;
    t.check(clause, "instruction_pointer", Address(ip), Address(info.ip()));
    t.check(clause, "stack_pointer is that of the registers", true, info.sp() == sp);
    Ok(info)
}

/// The same where the instruction pointer is another one each time.
pub(super) fn check_info_anywhere(t: &Stopped, clause: &str, expected: Info) -> Flow {
    let info = check_but_place(t, clause, &expected)?;
    let place = [info.ip(), info.sp()] == expected.place;
    t.check(clause, "pointers are those of the registers", true, place);
    Ok(())
}

fn check_but_place(t: &Stopped, clause: &str, expected: &Info) -> Flow<SyscallInfo> {
    let info = t.must("PTRACE_GET_SYSCALL_INFO", Task::syscall_info(t))?;
    let size = match expected.op {
        ENTRY => SIZE_ENTRY,
        EXIT => SIZE_EXIT,
        SECCOMP => SIZE_SECCOMP,
        _ => SIZE_NONE,
    };
    t.check(clause, "bytes available", size as i64, info.available);
    t.check(clause, "op", expected.op, info.op());
    t.check(clause, "reserved byte and flags", (0, 0), info.reserved_and_flags());
    t.check(ARCH, "arch", Word(expected.arch.into()), Word(info.arch().into()));
    check_union(t, clause, expected, &info);
    Ok(info)
}

/// The part that depends on the kind of stop.
fn check_union(t: &Stopped, clause: &str, expected: &Info, info: &SyscallInfo) {
    match expected.op {
        NONE => {}
        EXIT => {
            t.check(clause, "rval", Return(expected.word), Return(info.rval()));
            t.check(clause, "is_error", expected.extra, info.is_error().into());
        }
        _ => {
            t.check(clause, "nr", Word(expected.word), Word(info.number()));
            t.check(clause, "args", expected.args.map(Word), info.args().map(Word));
        }
    }
    if expected.op == SECCOMP {
        t.check(clause, "ret_data", expected.extra, info.ret_data());
    }
}

/// The calls that a filter tells of: their ABI, their number, and the upper half of their first argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilterOf {
    pub arch: u32,
    pub number: u32,
    pub upper: u32,
}

/// Installs a filter that hands these calls to the tracer, with data, and allows all others.
pub(super) fn filter(p: &mut Program, of: FilterOf, data: u16) {
    /// Offsets in `struct seccomp_data`, the upper half of `args[0]` the last.
    const ARCH: u32 = 4;
    const NUMBER: u32 = 0;
    const UPPER: u32 = 20;
    let instruction = |code: u64, if_false: u64, word: u32| code | if_false << 24 | u64::from(word) << 32;
    let looks = [(ARCH, of.arch), (NUMBER, of.number), (UPPER, of.upper)];
    let mut filter = Vec::new();
    for ((place, wanted), behind) in looks.into_iter().zip([5, 3, 1]) {
        // ld [place]; jeq #wanted, 0, to the end
        filter.extend([instruction(0x20, 0, place), instruction(0x15, behind, wanted)]);
    }
    let trace = libc::SECCOMP_RET_TRACE | u32::from(data);
    filter.extend([instruction(0x06, 0, trace), instruction(0x06, 0, libc::SECCOMP_RET_ALLOW)]);
    let length = filter.len() as u64;
    let filter = p.data(&filter);
    let program = p.data(&[length, filter]);
    p.call(Syscall::PRCTL, &[libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0, 0, 0]);
    p.call(Syscall::SECCOMP, &[libc::SECCOMP_SET_MODE_FILTER as u64, 0, program]);
}
