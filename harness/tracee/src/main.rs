//! The tracee: a freestanding program of a few KiB that interprets small programs.
//!
//! No libc, no relocation, fixed addresses, own entry point: its registers, signal state and memory map
//! hold nothing but what the program under test put there. The harness writes the program into the image
//! before it executes it; what the program sees goes into a record that both have mapped.

#![no_std]
#![cfg_attr(freestanding, no_main)]
#![expect(unsafe_code, reason = "a freestanding program is made of system calls and fixed addresses")]

pub mod abi;
mod interpreter;
mod pads;
mod routines;
mod start;

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod arch;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod arch;

/// Nothing here can panic; should the compiler think otherwise, die visibly.
#[cfg(freestanding)]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    arch::trap()
}
