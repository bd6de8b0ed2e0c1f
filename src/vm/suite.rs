//! The suite's own binary, the init of every guest: found, built where it must be, and checked.

use std::path::{Path, PathBuf};

use anyhow::Context;
use object::Endianness;
use object::elf::{EM_AARCH64, EM_X86_64, FileHeader64, Machine, PT_INTERP, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};
use ptrace_conformance_harness::case::Arch;

use super::cross;
use crate::exit::Misuse;

/// The bytes of a static binary of this suite for guests of this architecture.
pub fn binary(arch: Arch, given: Option<&Path>) -> anyhow::Result<Vec<u8>> {
    let path = match given {
        Some(path) => path.to_owned(),
        None if arch == Arch::HERE => PathBuf::from("/proc/self/exe"),
        None => cross::build(arch)?,
    };
    let bytes = std::fs::read(&path)
        .map_err(|error| Misuse(error.to_string()))
        .with_context(|| format!("cannot read the suite's binary {}", path.display()))?;
    match flaw(&bytes, arch) {
        None => Ok(loaded(bytes)),
        Some(flaw) => {
            let advice = if given.is_some() { "give --suite another file" } else { rebuild(arch) };
            Err(Misuse(format!("{} cannot be a guest's init: {flaw}; {advice}", path.display())).into())
        }
    }
}

const fn rebuild(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => {
            "build it where .cargo/config.toml is seen, or with \
             RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --target x86_64-unknown-linux-gnu"
        }
        Arch::Aarch64 => {
            "build it where .cargo/config.toml is seen, or with \
             RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --target aarch64-unknown-linux-gnu"
        }
    }
}

/// Why this file cannot run alone in a guest of this architecture, if it cannot.
fn flaw(bytes: &[u8], arch: Arch) -> Option<String> {
    let Ok(header) = FileHeader64::<Endianness>::parse(bytes) else {
        return Some("it is no 64-bit ELF file".to_owned());
    };
    let (Ok(endian), wanted) = (header.endian(), machine(arch)) else {
        return Some("its byte order is unknown".to_owned());
    };
    let found = header.e_machine(endian);
    if found != wanted {
        let name = Arch::ALL.iter().find(|&&arch| machine(arch) == found);
        let name = name.map_or_else(|| format!("ELF machine {}", found.0), |arch| arch.name().to_owned());
        return Some(format!("it is for {name}, the guest is {}", arch.name()));
    }
    match header.program_headers(endian, bytes) {
        Ok([]) => Some("it is no program, it has nothing to load".to_owned()),
        Ok(segments) if segments.iter().any(|segment| segment.p_type(endian) == PT_INTERP) => {
            Some("it is not static: it needs a dynamic loader, which no guest has".to_owned())
        }
        Ok(_) => None,
        Err(error) => Some(format!("it is damaged ({error})")),
    }
}

/// What the kernel loads of an ELF file. Behind it stand symbols and debugging information, most of an unoptimised
/// build, which no guest has the memory for.
fn loaded(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = |bytes: &[u8]| {
        let header = FileHeader64::<Endianness>::parse(bytes).ok()?;
        let endian = header.endian().ok()?;
        let segments = header.program_headers(endian, bytes).ok()?;
        let headers = header.e_phoff(endian) + u64::try_from(size_of_val(segments)).ok()?;
        let end = |segment: &ProgramHeader64<_>| segment.p_offset(endian) + segment.p_filesz(endian);
        usize::try_from(segments.iter().map(end).chain([headers]).max()?).ok()
    };
    if let Some(end) = end(&bytes) {
        bytes.truncate(end);
        // e_shoff, e_shnum and e_shstrndx: there are no sections any more.
        bytes[40..48].fill(0);
        bytes[60..64].fill(0);
    }
    bytes
}

const fn machine(arch: Arch) -> Machine {
    match arch {
        Arch::X86_64 => EM_X86_64,
        Arch::Aarch64 => EM_AARCH64,
    }
}

/// Made-up binaries for tests.
#[cfg(test)]
pub mod sample {
    use object::elf::ProgramType;

    use super::*;

    /// An ELF file with one segment of this type.
    pub fn elf(arch: Arch, segment: ProgramType) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        bytes[16] = 2;
        bytes[18..20].copy_from_slice(&machine(arch).0.to_le_bytes());
        bytes[20] = 1;
        bytes[32] = 64;
        bytes[52] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64..68].copy_from_slice(&segment.0.to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use object::elf::PT_LOAD;

    use super::*;

    #[test]
    fn a_static_binary_of_the_right_architecture_will_do() {
        for &arch in Arch::ALL {
            assert_eq!(flaw(&sample::elf(arch, PT_LOAD), arch), None);
        }
    }

    #[test]
    fn a_guest_gets_what_the_kernel_loads() {
        let mut whole = sample::elf(Arch::X86_64, PT_LOAD);
        let (offset, size) = (200_u64, 100_u64);
        whole[64 + 8..64 + 16].copy_from_slice(&offset.to_le_bytes());
        whole[64 + 32..64 + 40].copy_from_slice(&size.to_le_bytes());
        whole.resize(1000, b'd');
        let sections = 700_u64;
        whole[40..48].copy_from_slice(&sections.to_le_bytes());
        let part = loaded(whole.clone());
        assert_eq!(part[64..], whole[64..300]);
        assert_eq!(part[40..48], [0; 8], "no section headers behind the end");
        assert_eq!(loaded(part.clone()), part);
    }

    #[test]
    fn others_are_refused_for_a_reason() {
        let x86 = sample::elf(Arch::X86_64, PT_LOAD);
        let said = |bytes: &[u8], arch| flaw(bytes, arch).unwrap();
        assert_eq!(said(&x86, Arch::Aarch64), "it is for x86_64, the guest is aarch64");
        assert!(said(&sample::elf(Arch::X86_64, PT_INTERP), Arch::X86_64).starts_with("it is not static"));
        assert_eq!(said(b"#!/bin/sh", Arch::X86_64), "it is no 64-bit ELF file");
        assert_eq!(said(&x86[..64], Arch::X86_64).split(' ').next(), Some("it"));
        let mut riscv = x86.clone();
        riscv[18..20].copy_from_slice(&243u16.to_le_bytes());
        assert_eq!(said(&riscv, Arch::X86_64), "it is for ELF machine 243, the guest is x86_64");
    }

    #[test]
    fn a_given_binary_that_will_not_do_is_misuse() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), sample::elf(Arch::X86_64, PT_LOAD)).unwrap();
        let error = binary(Arch::Aarch64, Some(file.path())).expect_err("the wrong architecture");
        assert!(error.is::<Misuse>());
        assert!(error.to_string().ends_with("the guest is aarch64; give --suite another file"), "{error}");
        let missing = binary(Arch::Aarch64, Some(Path::new("/nonexistent"))).expect_err("not there");
        assert!(missing.chain().any(|cause| cause.is::<Misuse>()));
    }
}
