//! Addresses in the tracee, by the names of its symbols.
//!
//! `SYSCALL_RETURN` is behind the system call instruction, `HANDLER` the signal handler's first
//! instruction, `BREAKPOINT` the program's breakpoint, `GATE_RETURN` where every scenario begins.

use crate::abi::{TASK_SIZE, TASKS};

include!(concat!(env!("OUT_DIR"), "/labels.rs"));

/// Bytes of all tasks' stacks, which begin at `TASK`.
const STACKS: u64 = TASKS as u64 * TASK_SIZE;

/// The label at this address, or the one close before it with a distance; code of the tracee that has no label, whose
/// place is the compiler's choice, goes by that name alone, and what is no address of the tracee by its number.
pub fn name(address: u64) -> String {
    let first = ALL.first().map_or(PROGRAM, |&(start, _)| start);
    match ALL.iter().rev().find(|(start, _)| *start <= address) {
        Some((start, name)) if *start == address => (*name).to_owned(),
        Some((start, name)) if address - start < 64 => format!("{name}+{}", address - start),
        Some(_) if (first..PROGRAM).contains(&address) => "code of the tracee".to_owned(),
        Some((start, name)) if address < TASK + STACKS => format!("{name}+{:#x}", address - start),
        _ => format!("{address:#x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_tells_where_the_compiler_put_something() {
        assert_eq!(name(SYSCALL_RETURN), "syscall_return");
        assert_eq!(name(SYSCALL_RETURN + 1), "syscall_return+1");
        assert_eq!(name(PROGRAM - 1), "code of the tracee");
        assert_eq!(name(PROGRAM + 0x100), "PROGRAM+0x100");
        assert_eq!(name(TASK + 0x1008), "TASK+0x1008");
        assert_eq!(name(TASK + STACKS), format!("{:#x}", TASK + STACKS));
        assert_eq!(name(0x77), "0x77");
    }
}
