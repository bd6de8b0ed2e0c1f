//! The tracee's file is static, fully linked and small, and the check that says so can fail.

#[path = "../tracee/form.rs"]
mod form;

use form::check;
use ptrace_conformance_harness::image::ELF;

#[test]
fn the_embedded_tracee_is_in_form() {
    assert_eq!(check(ELF), Ok(()));
}

#[test]
fn no_elf_file_at_all() {
    assert!(check(b"#!/bin/sh\n").unwrap_err().starts_with("no 64-bit ELF file"));
}

#[test]
fn a_large_file() {
    let mut file = ELF.to_vec();
    file.resize(21 * 1024, 0);
    assert_eq!(check(&file), Err("21504 bytes, more than 20480".to_owned()));
}

#[test]
fn a_position_independent_file() {
    assert_eq!(check(&with(16, 3)), Err("not linked for fixed addresses (ET_EXEC)".to_owned()));
}

#[test]
fn a_dynamic_section() {
    assert_eq!(check(&with(program_header(0), 2)), Err("it has a dynamic section".to_owned()));
}

#[test]
fn an_interpreter() {
    assert_eq!(check(&with(program_header(0), 3)), Err("it has an interpreter".to_owned()));
}

#[test]
fn code_that_can_be_overwritten() {
    let flags = (0..4).map(|index| program_header(index) + 4).find(|&at| ELF[at] & 1 != 0).unwrap();
    let expected = "it has a segment that is both writable and executable".to_owned();
    assert_eq!(check(&with(flags, 7)), Err(expected));
}

/// The tracee with one byte changed.
fn with(offset: usize, byte: u8) -> Vec<u8> {
    let mut file = ELF.to_vec();
    file[offset] = byte;
    file
}

/// Where program header `index` is in the file.
fn program_header(index: usize) -> usize {
    64 + 56 * index
}
