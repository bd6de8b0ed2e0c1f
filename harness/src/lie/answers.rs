//! Which facts the answer to a request consists of, and where they are in it.

use super::fact::{Fact, Word};
use crate::arch::NAMES;
use crate::errno::Errno;
use crate::request::{Request, note};
use crate::syscall_info as info;
use std::ops::Range;

/// Where in an answer a fact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The return value or errno.
    Answer,
    /// The length that the kernel put into the iovec.
    Length,
    /// Bytes of the buffer.
    Bytes(Range<usize>),
}

/// The facts in the answer to a request, with `buffer` as the kernel left it.
pub fn of_request(
    request: Request,
    addr: u64,
    answer: Result<i64, Errno>,
    buffer: &[u8],
    length: Option<usize>,
) -> Vec<(Place, Fact)> {
    let name = request.name().unwrap_or("of an unknown number");
    let mut facts = vec![(Place::Answer, Fact::Done(name, answer))];
    let Ok(returned) = answer else { return facts };
    if let Some(length) = length {
        facts.push((Place::Length, Fact::Number(Word::Length, length as u64)));
    }
    let filled = length.unwrap_or(buffer.len()).min(buffer.len());
    let fields = fields(request, addr, returned, &buffer[..filled]);
    facts.extend(fields.into_iter().filter(|(_, place)| place.end <= filled).map(|(word, place)| {
        let value = read(&buffer[place.clone()]);
        (Place::Bytes(place), Fact::Number(word, value))
    }));
    facts
}

/// The facts in the answer of a call that transfers memory: how much, and the bytes that were read.
pub fn of_memory(call: &'static str, answer: Result<i64, Errno>, buffer: &[u8]) -> Vec<(Place, Fact)> {
    let mut facts = vec![(Place::Answer, Fact::Done(call, answer))];
    if answer.is_ok() {
        facts.extend(bits(buffer.len()).into_iter().map(|(word, place)| {
            let value = read(&buffer[place.clone()]);
            (Place::Bytes(place), Fact::Number(word, value))
        }));
    }
    facts
}

/// Up to eight bytes as a number.
pub fn read(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Puts a number into up to eight bytes.
pub fn write(bytes: &mut [u8], number: u64) {
    let length = bytes.len();
    bytes.copy_from_slice(&number.to_le_bytes()[..length]);
}

type Field = (Word, Range<usize>);

fn fields(request: Request, addr: u64, returned: i64, buffer: &[u8]) -> Vec<Field> {
    match request {
        Request::GETEVENTMSG => vec![(Word::Message, 0..8)],
        Request::GETSIGINFO => siginfo(buffer, 0, ""),
        Request::PEEKSIGINFO => (0..usize::try_from(returned).unwrap_or(0))
            .flat_map(|index| siginfo(buffer, 128 * index, &format!("entry {index}: ")))
            .collect(),
        Request::GETSIGMASK => vec![(Word::Signals, 0..8)],
        Request::PEEKDATA | Request::PEEKTEXT => vec![(Word::Bits("memory".to_owned()), 0..8)],
        Request::GET_SYSCALL_INFO => syscall_info(buffer, returned),
        Request::GETREGSET if addr == note::PRSTATUS => registers(),
        Request::GETREGSET if addr == note::ARM_SYSTEM_CALL => vec![(Word::Plain("number".to_owned()), 0..4)],
        other => native(other, addr, buffer.len()),
    }
}

#[cfg(target_arch = "x86_64")]
fn native(request: Request, addr: u64, length: usize) -> Vec<Field> {
    match request {
        Request::GETREGS => registers(),
        Request::PEEKUSER if addr.is_multiple_of(8) && addr / 8 < NAMES.len() as u64 => {
            vec![(Word::Register(addr as usize / 8), 0..8)]
        }
        Request::PEEKUSER => vec![(Word::Bits("user area".to_owned()), 0..8)],
        Request::GETREGSET | Request::GETFPREGS | Request::GETFPXREGS | Request::GET_THREAD_AREA => {
            bits(length)
        }
        Request::ARCH_PRCTL => vec![(Word::Bits("base".to_owned()), 0..8)],
        Request::SECCOMP_GET_FILTER
        | Request::SECCOMP_GET_METADATA
        | Request::GET_RSEQ_CONFIGURATION
        | Request::GET_SYSCALL_USER_DISPATCH_CONFIG => bits(length),
        _ => Vec::new(),
    }
}

#[cfg(target_arch = "aarch64")]
fn native(request: Request, addr: u64, length: usize) -> Vec<Field> {
    match request {
        Request::GETREGSET if [note::ARM_SVE, note::ARM_SSVE, note::ARM_ZA].contains(&addr) => {
            vectors(length)
        }
        Request::GETREGSET | Request::PEEKMTETAGS => bits(length),
        Request::SECCOMP_GET_FILTER
        | Request::SECCOMP_GET_METADATA
        | Request::GET_RSEQ_CONFIGURATION
        | Request::GET_SYSCALL_USER_DISPATCH_CONFIG => bits(length),
        _ => Vec::new(),
    }
}

/// The fields of the header (struct user_sve_header, and user_za_header alike), and the vectors behind it.
#[cfg(target_arch = "aarch64")]
fn vectors(length: usize) -> Vec<Field> {
    let header = [("size", 0..4), ("max_size", 4..8), ("vl", 8..10), ("max_vl", 10..12), ("flags", 12..14)];
    let header = header.map(|(name, place)| (Word::Bits(name.to_owned()), place));
    let behind = bits(length).into_iter().filter(|(_, place)| place.start >= 16);
    header.into_iter().filter(|(_, place)| place.end <= length).chain(behind).collect()
}

fn registers() -> Vec<Field> {
    (0..NAMES.len()).map(|index| (Word::Register(index), 8 * index..8 * index + 8)).collect()
}

fn bits(length: usize) -> Vec<Field> {
    let ends = (0..length).step_by(8);
    ends.map(|at| (Word::Bits(format!("bytes {at} to {}", length.min(at + 8) - 1)), at..length.min(at + 8)))
        .collect()
}

/// The fields that the signal's kind has (siginfo_t: three ints, padding, then a union at 16), each with what tells it
/// from the fields of others in the same answer.
fn siginfo(buffer: &[u8], at: usize, which: &str) -> Vec<Field> {
    let plain =
        |name: &str, from: usize, to: usize| (Word::Plain(format!("{which}{name}")), at + from..at + to);
    let int = |from: usize| buffer.get(at + from..at + from + 4).map_or(0, read) as u32 as i32;
    let mut fields = vec![plain("si_signo", 0, 4), plain("si_errno", 4, 8), plain("si_code", 8, 12)];
    let (signal, code) = (int(0), int(8));
    let fault = [libc::SIGILL, libc::SIGFPE, libc::SIGSEGV, libc::SIGBUS, libc::SIGTRAP, libc::SIGSYS];
    // An event's or a syscall-stop's code has the stop signal in its low byte; it says who stopped.
    if fault.contains(&signal) && code > 0 && code & 0x7f != libc::SIGTRAP {
        fields.push(plain("si_addr", 16, 24));
        if signal == libc::SIGSYS {
            fields.extend([plain("si_syscall", 24, 28), plain("si_arch", 28, 32)]);
        }
    } else {
        fields.extend([plain("si_pid", 16, 20), plain("si_uid", 20, 24)]);
        if signal == libc::SIGCHLD {
            fields.push(plain("si_status", 24, 28));
        } else if code < 0 && code != libc::SI_TKILL {
            fields.push(plain("si_value", 24, 32));
        }
    }
    fields
}

/// The fields that the stop's kind has (struct ptrace_syscall_info).
fn syscall_info(buffer: &[u8], available: i64) -> Vec<Field> {
    let plain = |name: &str, at: Range<usize>| (Word::Plain(name.to_owned()), at);
    let mut fields = vec![
        (Word::Operation, 0..1),
        plain("reserved byte", 1..2),
        plain("flags", 2..4),
        plain("arch", 4..8),
        (Word::Place("instruction_pointer"), 8..16),
        plain("stack_pointer", 16..24),
    ];
    let op = buffer.first().copied().unwrap_or(info::NONE);
    if op == info::ENTRY || op == info::SECCOMP {
        fields.push(plain("nr", 24..32));
        fields.extend((0..6).map(|index| plain(&format!("args[{index}]"), 32 + 8 * index..40 + 8 * index)));
    }
    if op == info::EXIT {
        fields.extend([(Word::Outcome("rval".to_owned()), 24..32), plain("is_error", 32..33)]);
    }
    if op == info::SECCOMP {
        fields.push(plain("ret_data", 80..84));
    }
    // What is behind the kernel's part is not its answer.
    fields.retain(|(_, place)| place.end as i64 <= available);
    fields
}
