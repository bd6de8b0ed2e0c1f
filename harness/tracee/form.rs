//! What the tracee's file must be like; asserted by the build for every architecture it is made for.

use object::read::elf::{ElfFile64, FileHeader, ProgramHeader, SectionHeader, Sym};
use object::{Endianness, elf};

/// Largest file, in bytes: a page of code, two of program and data, a page of symbols.
const LARGEST: usize = 20 * 1024;

/// Says what is wrong with the file, if anything.
///
/// # Errors
///
/// If it is not a static, fully linked executable at fixed addresses, or too large.
pub fn check(file: &[u8]) -> Result<(), String> {
    let image: ElfFile64<'_> =
        ElfFile64::parse(file).map_err(|error| format!("no 64-bit ELF file: {error}"))?;
    let endian = image.endian();
    if image.elf_header().e_type(endian) != elf::ET_EXEC {
        return Err("not linked for fixed addresses (ET_EXEC)".to_owned());
    }
    if file.len() > LARGEST {
        return Err(format!("{} bytes, more than {LARGEST}", file.len()));
    }
    segments(&image, endian)?;
    sections(&image, endian)?;
    symbols(&image, endian)
}

fn segments(image: &ElfFile64<'_>, endian: Endianness) -> Result<(), String> {
    for segment in image.elf_program_headers() {
        let flags = segment.p_flags(endian).0;
        match segment.p_type(endian) {
            elf::PT_INTERP => return Err("it has an interpreter".to_owned()),
            elf::PT_DYNAMIC => return Err("it has a dynamic section".to_owned()),
            elf::PT_LOAD if flags & elf::PF_W.0 != 0 && flags & elf::PF_X.0 != 0 => {
                return Err("it has a segment that is both writable and executable".to_owned());
            }
            _ => {}
        }
    }
    Ok(())
}

fn sections(image: &ElfFile64<'_>, endian: Endianness) -> Result<(), String> {
    let relocated = |kind| matches!(kind, elf::SHT_REL | elf::SHT_RELA | elf::SHT_RELR);
    if image.elf_section_table().iter().any(|section| relocated(section.sh_type(endian))) {
        return Err("it has relocations".to_owned());
    }
    Ok(())
}

fn symbols(image: &ElfFile64<'_>, endian: Endianness) -> Result<(), String> {
    let table = image.elf_symbol_table();
    // The first entry of every table is empty.
    let named = table.enumerate().filter(|(index, _)| index.0 != 0).map(|(_, symbol)| symbol);
    match named.into_iter().find(|symbol| symbol.is_undefined(endian)) {
        None => Ok(()),
        Some(symbol) => {
            let name = symbol.name(endian, table.strings()).unwrap_or_default();
            Err(format!("it has the undefined symbol {}", String::from_utf8_lossy(name)))
        }
    }
}
