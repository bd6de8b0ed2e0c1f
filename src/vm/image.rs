//! Kernel images: for which architecture they are, told by their content, and unpacked where QEMU
//! cannot do it.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use flate2::read::GzDecoder;
use ptrace_conformance_harness::case::Arch;

use crate::exit::Misuse;

/// A kernel that QEMU can boot.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    /// The architecture it is for.
    pub arch: Arch,
    /// Where its bytes are.
    pub content: Content,
}

/// The bytes of a bootable image.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// The user's file is bootable as it stands.
    File(PathBuf),
    /// Unpacked from the user's file.
    Unpacked(Vec<u8>),
}

impl Image {
    /// Reads an image and checks it against the architecture that was asked for, if one was.
    pub fn open(path: &Path, asked: Option<Arch>) -> anyhow::Result<Image> {
        let shown = path.display();
        let bytes = std::fs::read(path)
            .map_err(|error| Misuse(error.to_string()))
            .with_context(|| format!("cannot read the kernel image {shown}"))?;
        let found = recognise(&bytes)
            .map_err(|why| Misuse(format!("{shown} is no kernel image that can be booted here: {why}")))?;
        match asked {
            Some(asked) if asked != found.arch => Err(Misuse(format!(
                "{shown} is a kernel for {}, but --arch says {}; leave --arch out, the image tells it",
                found.arch.name(),
                asked.name()
            ))
            .into()),
            _ => Ok(Image { arch: found.arch, content: found.content(path) }),
        }
    }
}

/// What the content of a file says about it.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    arch: Arch,
    /// The bootable bytes, if they are not the file's own.
    unpacked: Option<Vec<u8>>,
}

impl Found {
    const fn plain(arch: Arch) -> Found {
        Found { arch, unpacked: None }
    }

    fn content(self, path: &Path) -> Content {
        self.unpacked.map_or_else(|| Content::File(path.to_owned()), Content::Unpacked)
    }
}

/// No kernel unpacks to more than this; a limit keeps a wrong file from filling the memory.
const UNPACKED_MAX: u64 = 512 << 20;

fn recognise(bytes: &[u8]) -> Result<Found, String> {
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    if holds(bytes, 0x1fe, &[0x55, 0xaa]) && holds(bytes, 0x202, b"HdrS") {
        return x86(bytes);
    }
    if holds(bytes, 0x38, b"ARM\x64") {
        return Ok(Found::plain(Arch::Aarch64));
    }
    if holds(bytes, 0, b"MZ") && holds(bytes, 4, b"zimg") {
        return efi_zboot(bytes);
    }
    if holds(bytes, 0, &[0x1f, 0x8b]) {
        return unpack(bytes);
    }
    Err(guess(bytes))
}

/// Documentation/arch/x86/boot.rst: from protocol 2.12 on, bit 0 of xloadflags marks a 64-bit kernel.
fn x86(bytes: &[u8]) -> Result<Found, String> {
    let word = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    match (word(0x206), word(0x236)) {
        (Some(protocol), Some(flags)) if protocol < 0x20c || flags & 1 == 1 => Ok(Found::plain(Arch::X86_64)),
        (Some(_), Some(_)) => Err("it is a 32-bit x86 kernel; the suite needs a 64-bit one".to_owned()),
        _ => Err("it is an x86 kernel image cut off within its header".to_owned()),
    }
}

/// drivers/firmware/efi/libstub/zboot-header.S: offset and size of the payload, then how it is packed.
fn efi_zboot(bytes: &[u8]) -> Result<Found, String> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let cut = || "it is an EFI zboot image, cut off".to_owned();
    let method = bytes.get(0x18..0x20).ok_or_else(cut)?;
    let method = String::from_utf8_lossy(method).trim_end_matches('\0').to_owned();
    if method != "gzip" {
        return Err(format!(
            "it is an EFI zboot image packed with {method}, only gzip can be unpacked; give the plain \
             Image it was made from (arch/arm64/boot/Image in the build tree)"
        ));
    }
    let (at, size) = (word(8).ok_or_else(cut)?, word(12).ok_or_else(cut)?);
    let payload = at.checked_add(size).and_then(|end| bytes.get(at..end)).ok_or_else(cut)?;
    unpack(payload)
}

fn unpack(packed: &[u8]) -> Result<Found, String> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed)
        .take(UNPACKED_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("it is packed with gzip, and unpacking fails: {error}"))?;
    if holds(&bytes, 0x38, b"ARM\x64") {
        return Ok(Found { arch: Arch::Aarch64, unpacked: Some(bytes) });
    }
    Err("it is packed with gzip, but what comes out is no arm64 Image".to_owned())
}

/// What people give by mistake, and what to give instead.
fn guess(bytes: &[u8]) -> String {
    let known: [(&[u8], &str); 6] = [
        (b"\x7fELF", "it is an ELF file (vmlinux?); give the bzImage (x86_64) or Image (aarch64) instead"),
        (b"!<arch>\n", "it is a Debian package; give the vmlinuz inside it (dpkg-deb -x unpacks it)"),
        (b"\xed\xab\xee\xdb", "it is an RPM package; give the vmlinuz inside it"),
        (b"070701", "it is an initramfs, no kernel"),
        (b"\x28\xb5\x2f\xfd", "it is packed with zstd; unpack it first"),
        (b"\xfd7zXZ", "it is packed with xz; unpack it first"),
    ];
    let hint = known.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, hint)| *hint);
    hint.unwrap_or(
        "neither an x86 bzImage (\"HdrS\" at 0x202) nor an arm64 Image (\"ARM\\x64\" at 0x38), \
         nor one of the latter packed with gzip",
    )
    .to_owned()
}

fn holds(bytes: &[u8], at: usize, magic: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(magic))
}

/// Made-up images for tests: nothing but the headers.
#[cfg(test)]
pub mod sample {
    use std::io::Write;

    /// The header of a 64-bit bzImage.
    pub fn bzimage() -> Vec<u8> {
        let mut bytes = vec![0; 0x400];
        bytes[0x1fe..0x200].copy_from_slice(&[0x55, 0xaa]);
        bytes[0x202..0x206].copy_from_slice(b"HdrS");
        bytes[0x206..0x208].copy_from_slice(&0x20fu16.to_le_bytes());
        bytes[0x236] = 1;
        bytes
    }

    /// The header of an arm64 Image.
    pub fn arm64() -> Vec<u8> {
        let mut bytes = vec![0; 0x100];
        bytes[0x38..0x3c].copy_from_slice(b"ARM\x64");
        bytes
    }

    /// gzip of some bytes.
    pub fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    /// An EFI zboot image around a payload that is said to be packed so.
    pub fn zboot(payload: &[u8], method: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 0x40];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[4..8].copy_from_slice(b"zimg");
        bytes[8..12].copy_from_slice(&0x40u32.to_le_bytes());
        bytes[12..16].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        bytes[0x18..0x18 + method.len()].copy_from_slice(method);
        bytes.extend_from_slice(payload);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn why_not(bytes: &[u8]) -> String {
        recognise(bytes).expect_err("this is no kernel")
    }

    #[test]
    fn images_tell_their_architecture() {
        assert_eq!(recognise(&sample::bzimage()), Ok(Found::plain(Arch::X86_64)));
        assert_eq!(recognise(&sample::arm64()), Ok(Found::plain(Arch::Aarch64)));
    }

    #[test]
    fn packed_arm64_images_are_unpacked() {
        let unpacked = Ok(Found { arch: Arch::Aarch64, unpacked: Some(sample::arm64()) });
        let gzipped = sample::gzip(&sample::arm64());
        assert_eq!(recognise(&gzipped), unpacked);
        assert_eq!(recognise(&sample::zboot(&gzipped, b"gzip")), unpacked);
    }

    #[test]
    fn what_cannot_be_booted_says_why() {
        let mut i386 = sample::bzimage();
        i386[0x236] = 0;
        let gzipped = sample::gzip(&sample::arm64());
        let half = &gzipped[..gzipped.len() / 2];
        let cases: &[(&[u8], &str)] = &[
            (b"", "it is empty"),
            (&i386, "32-bit"),
            (&sample::bzimage()[..0x220], "cut off"),
            (&sample::zboot(&gzipped, b"zstd"), "packed with zstd"),
            (&sample::zboot(&gzipped, b"gzip")[..0x50], "cut off"),
            (half, "unpacking fails"),
            (&sample::gzip(b"hello"), "no arm64 Image"),
            (b"\x7fELF\x02", "vmlinux"),
            (b"!<arch>\ndebian-binary", "Debian package"),
            (b"#!/bin/sh\n", "neither an x86 bzImage"),
        ];
        for (bytes, expected) in cases {
            let why = why_not(bytes);
            assert!(why.contains(expected), "{why} / {expected}");
        }
    }

    #[test]
    fn an_old_boot_protocol_has_no_flag_to_ask() {
        let mut old = sample::bzimage();
        old[0x206..0x208].copy_from_slice(&0x20bu16.to_le_bytes());
        old[0x236] = 0;
        assert_eq!(recognise(&old), Ok(Found::plain(Arch::X86_64)));
    }

    #[test]
    fn the_users_mistakes_are_misuse() {
        let missing = Image::open(Path::new("/nonexistent/vmlinuz"), None).expect_err("not there");
        assert!(missing.chain().any(|cause| cause.is::<Misuse>()));
        assert!(format!("{missing:#}").starts_with("cannot read the kernel image /nonexistent/vmlinuz: "));

        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), sample::arm64()).unwrap();
        let wrong = Image::open(file.path(), Some(Arch::X86_64)).expect_err("the other architecture");
        assert!(wrong.is::<Misuse>());
        assert!(wrong.to_string().contains("is a kernel for aarch64, but --arch says x86_64"), "{wrong}");

        let right = Image::open(file.path(), Some(Arch::Aarch64)).unwrap();
        assert_eq!(right.content, Content::File(file.path().to_owned()));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Any bytes get an answer, never a panic, also behind a header that promises something.
        #[test]
        fn any_bytes_get_an_answer(
            junk in proptest::collection::vec(any::<u8>(), 0..600),
            keep in 0usize..0x240,
            which in 0usize..3,
        ) {
            let gzipped = sample::gzip(&sample::arm64());
            let mut bytes = [sample::bzimage(), sample::arm64(), sample::zboot(&gzipped, b"gzip")][which].clone();
            bytes.truncate(keep);
            bytes.extend_from_slice(&junk);
            if let Err(why) = recognise(&bytes) {
                prop_assert!(!why.is_empty());
            }
        }
    }
}
