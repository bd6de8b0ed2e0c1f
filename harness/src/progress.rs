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
    if let Some(page) = PAGE.get() {
        write(page, pieces);
    }
}

/// Makes the memory; the children forked from now on share it. Without it nothing is known, no more.
pub(crate) fn share() {
    if let Some(page) = process::shared() {
        PAGE.get_or_init(|| page);
    }
}

/// What the worker last said.
pub(crate) fn get() -> String {
    PAGE.get().and_then(|page| read(page)).unwrap_or_else(|| "doing something it did not tell".to_owned())
}

fn write([length, text @ ..]: &Page, pieces: &[&str]) {
    // Whoever looks while the text changes sees none rather than half of two.
    length.store(0, Ordering::Release);
    let mut written = 0;
    for (to, byte) in text.iter().zip(pieces.iter().flat_map(|piece| piece.bytes())) {
        to.store(byte, Ordering::Relaxed);
        written += 1;
    }
    length.store(written, Ordering::Release);
}

fn read([length, text @ ..]: &Page) -> Option<String> {
    let length = usize::from(length.load(Ordering::Acquire));
    let bytes: Vec<u8> = text[..length].iter().map(|byte| byte.load(Ordering::Relaxed)).collect();
    (length > 0).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_kept_cut_where_the_memory_ends() {
        let page = process::shared().unwrap();
        assert_eq!(read(page), None);
        write(page, &["waiting ", "for ", "ever"]);
        assert_eq!(read(page).unwrap(), "waiting for ever");
        write(page, &[&"x".repeat(1000)]);
        assert_eq!(read(page).unwrap(), "x".repeat(255));
        write(page, &["short"]);
        assert_eq!(read(page).unwrap(), "short");
    }
}
