//! Addresses in the tracee, by the names of its symbols.
//!
//! `SYSCALL_RETURN` is behind the system call instruction, `HANDLER` the signal handler's first
//! instruction, `BREAKPOINT` the program's breakpoint, `GATE_RETURN` where every scenario begins.

include!(concat!(env!("OUT_DIR"), "/labels.rs"));

/// The label at this address, or the one before it with a distance, or the bare number.
pub fn name(address: u64) -> String {
    match ALL.iter().rev().find(|(start, _)| *start <= address) {
        Some((start, name)) if *start == address => (*name).to_owned(),
        Some((start, name)) if address - start < 64 => format!("{name}+{}", address - start),
        _ => format!("{address:#x}"),
    }
}
