//! The assembly's landing pads, by name, for the rest of the program.
//!
//! # Safety
//!
//! Each pad keeps to the calling convention and touches no memory but the stack and the call block it is given.

use crate::abi::FRAME_WORDS;
use crate::arch::{FRAME_FIRST, FRAME_RETURN};
use crate::interpreter::Call;

unsafe extern "C" {
    fn call_with_sentinels(call: *const Call) -> u64;
    fn enter_task();
    #[link_name = "gate"]
    fn gate_pad();
    #[link_name = "breakpoint"]
    fn breakpoint_pad();
    #[link_name = "spin"]
    fn spin_pad();
}

/// Makes the call with sentinels in all other registers and saves every register behind it.
pub(crate) fn call(call: &Call) -> u64 {
    // SAFETY: see the module's contract.
    unsafe { call_with_sentinels(call) }
}

/// Writes the words that `call_with_sentinels` restores when a new task returns from it.
///
/// # Safety
///
/// `top` has room for `FRAME_WORDS` words.
pub(crate) unsafe fn frame(top: *mut u64, call: *mut Call, first: usize) {
    let mut index = 0;
    while index < FRAME_WORDS {
        // SAFETY: within the frame.
        unsafe { top.add(index).write_volatile(0) };
        index += 1;
    }
    // SAFETY: within the frame: the call block, the register that `enter_task` reads, the return address.
    unsafe {
        top.write_volatile(call as u64);
        top.add(FRAME_FIRST).write_volatile(first as u64);
        top.add(FRAME_RETURN).write_volatile(enter_task as *const () as u64);
    }
}

/// The breakpoint at which every tracee waits for its scenario to begin.
pub(crate) fn gate() {
    // SAFETY: a breakpoint and a return.
    unsafe { gate_pad() }
}

/// A breakpoint of the program.
pub(crate) fn breakpoint() {
    // SAFETY: a breakpoint and a return.
    unsafe { breakpoint_pad() }
}

/// Runs in place.
pub(crate) fn spin() {
    // SAFETY: touches nothing.
    unsafe { spin_pad() }
}

/// Runs the routine at this address.
pub(crate) fn run(address: u64, [first, second, third]: [u64; 3]) -> u64 {
    // SAFETY: the harness gives addresses of routines, which keep to the calling convention.
    unsafe {
        let routine = core::mem::transmute::<usize, extern "C" fn(u64, u64, u64) -> u64>(address as usize);
        routine(first, second, third)
    }
}

/// Where `enter_task` goes on.
#[unsafe(no_mangle)]
extern "C" fn run_task(first: usize) -> ! {
    crate::interpreter::run(first)
}
