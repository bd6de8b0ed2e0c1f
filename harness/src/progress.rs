//! What a worker is doing at the moment, readable from outside when it hangs or has died.
//!
//! A few bytes of memory that the tracer process shares with its guardian. Writing costs no system call.

use crate::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

/// First the length, then as many bytes of text.
type Page = [AtomicU8; 256];

static PAGE: OnceLock<&'static Page> = OnceLock::new();

/// Says what this worker is about to do, such as "waiting for the tracee after PTRACE_SYSCALL".
///
/// The phrase completes "the worker was ...". Outside a worker it goes nowhere.
pub fn set(doing: &str) {
    set_all(&[doing]);
}

/// As [`set`], for a phrase in pieces.
pub fn set_all(pieces: &[&str]) {
    let Some([length, text @ ..]) = PAGE.get().copied() else { return };
    // Whoever looks while the text changes sees none rather than half of two.
    length.store(0, Ordering::Release);
    let mut written = 0;
    for (to, byte) in text.iter().zip(pieces.iter().flat_map(|piece| piece.bytes())) {
        to.store(byte, Ordering::Relaxed);
        written += 1;
    }
    length.store(written, Ordering::Release);
}

/// Makes the memory; the children forked from now on share it. Without it nothing is known, no more.
pub(crate) fn share() {
    if let Some(page) = process::shared() {
        PAGE.get_or_init(|| page);
    }
}

/// What the worker last said.
pub(crate) fn get() -> String {
    let Some([length, text @ ..]) = PAGE.get().copied() else { return UNKNOWN.to_owned() };
    let length = usize::from(length.load(Ordering::Acquire));
    let bytes: Vec<u8> = text[..length].iter().map(|byte| byte.load(Ordering::Relaxed)).collect();
    if bytes.is_empty() { UNKNOWN.to_owned() } else { String::from_utf8_lossy(&bytes).into_owned() }
}

const UNKNOWN: &str = "doing something it did not tell";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_kept_cut_where_the_memory_ends() {
        set("before there is memory");
        assert_eq!(get(), UNKNOWN);
        share();
        assert_eq!(get(), UNKNOWN);
        set_all(&["waiting ", "for ", "ever"]);
        assert_eq!(get(), "waiting for ever");
        set(&"x".repeat(1000));
        assert_eq!(get(), "x".repeat(255));
        set("short");
        assert_eq!(get(), "short");
    }
}
