//! From the first instruction to the first step.
//!
//! # Safety
//!
//! Runs once per execve, alone, on the stack that `_start` chose; nothing else has touched the statics.

use crate::abi::{IMAGE_FD, RECORD_ADDRESS, RECORD_OFFSET, RECORD_SIZE, Record};
use crate::arch::{self, nr};
use crate::interpreter;
use crate::pads;

const PROT_READ_WRITE: u64 = 3;
const MAP_SHARED_FIXED: u64 = 0x11;
/// Exit code of a tracee that could not map its record.
const NO_RECORD: u64 = 125;

/// Entered from `_start` with the initial stack pointer: argument count, then argument pointers.
///
/// The first argument says how to begin: `t` asks for trace by the parent, `w` waits until a tracer is
/// there; both then stop at the gate. A number begins with that step at once: the program executed itself. As
/// interpreter of a script the program finds its own path there, and the number behind it.
///
/// # Safety
///
/// `stack` is what the kernel handed over at execve.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn begin(stack: *const u64) -> ! {
    map_record();
    // SAFETY: behind the argument count stands the first argument's address (the harness gives one).
    let mut first = unsafe { *stack.add(1) as *const u8 };
    // SAFETY: an argument ends with a zero byte, so its first byte is there.
    if unsafe { first.read() } == b'/' {
        // SAFETY: a script that names this program as its interpreter, by a path, gives it an argument.
        first = unsafe { *stack.add(2) as *const u8 };
    }
    // SAFETY: as above.
    match unsafe { first.read() } {
        b't' => {
            trace_me();
            pads::gate();
            interpreter::run(0)
        }
        b'w' => {
            await_tracer();
            pads::gate();
            interpreter::run(0)
        }
        // SAFETY: as above; `number` stops at the zero byte.
        _ => interpreter::run(unsafe { number(first) }),
    }
}

/// The record; mapped by `start` before anything reads it.
pub(crate) fn record() -> *mut Record {
    RECORD_ADDRESS as *mut Record
}

fn map_record() {
    let place = [RECORD_ADDRESS, RECORD_SIZE, PROT_READ_WRITE, MAP_SHARED_FIXED, IMAGE_FD, RECORD_OFFSET];
    if arch::syscall(nr::MMAP, place) != RECORD_ADDRESS {
        arch::syscall(nr::EXIT_GROUP, [NO_RECORD, 0, 0, 0, 0, 0]);
    }
}

fn trace_me() {
    let failed = arch::syscall(nr::PTRACE, [0; 6]);
    if failed != 0 {
        // SAFETY: the record is mapped.
        unsafe { (&raw mut (*record()).failed).write_volatile(failed.wrapping_neg()) };
        arch::syscall(nr::EXIT_GROUP, [NO_RECORD, 0, 0, 0, 0, 0]);
    }
}

/// Yields instead of spinning: tracer and tracee often share a core.
fn await_tracer() {
    // SAFETY: the record is mapped.
    unsafe { (&raw mut (*record()).ready).write_volatile(1) };
    // SAFETY: as above.
    while unsafe { (&raw const (*record()).gate).read_volatile() } == 0 {
        arch::syscall(nr::SCHED_YIELD, [0; 6]);
    }
}

/// # Safety
///
/// `text` ends with a zero byte.
unsafe fn number(mut text: *const u8) -> usize {
    let mut value = 0;
    loop {
        // SAFETY: not beyond the zero byte, by the check below.
        let digit = unsafe { text.read() };
        if digit == 0 {
            return value;
        }
        value = value * 10 + usize::from(digit.wrapping_sub(b'0'));
        // SAFETY: the zero byte is still ahead.
        text = unsafe { text.add(1) };
    }
}
