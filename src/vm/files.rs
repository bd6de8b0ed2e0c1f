//! What QEMU reads: kernel and initramfs, in memory, or in a directory that the user keeps.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use anyhow::Context;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::getpid;

use super::image::Content;
use super::newc::Archive;
use crate::exit::Misuse;

/// Where the suite's binary finds what it shall do, inside the guest.
pub const ORDER: &str = "order.json";

/// The initramfs of a guest: the suite's binary as init, its order, and what both need of a file system.
pub fn initramfs(suite: &[u8], order: &[u8]) -> Result<Vec<u8>, Misuse> {
    let mut archive = Archive::new();
    for directory in ["dev", "proc", "sys", "tmp"] {
        archive.directory(directory);
    }
    // For kernels without devtmpfs; the numbers are those of Documentation/admin-guide/devices.txt.
    archive.character_device("dev/console", 5, 1);
    archive.character_device("dev/null", 1, 3);
    archive.character_device("dev/kmsg", 1, 11);
    archive.file(ORDER, 0o644, order)?;
    archive.file("init", 0o755, suite)?;
    Ok(archive.finish())
}

/// A file that QEMU can open.
#[derive(Debug)]
pub enum Stored {
    /// One with a name.
    Named(PathBuf),
    /// One in our memory, that vanishes with us however we end.
    Unnamed(File),
}

impl Stored {
    /// Stores bytes in the directory if there is one, else in memory.
    pub fn new(bytes: &[u8], keep: Option<&Path>, name: &str) -> anyhow::Result<Stored> {
        match keep {
            Some(directory) => {
                let path = directory.join(name);
                std::fs::write(&path, bytes)
                    .map_err(|error| Misuse(format!("cannot write {}: {error}", path.display())))?;
                Ok(Stored::Named(path))
            }
            None => Ok(Stored::Unnamed(in_memory(bytes).context("cannot keep the guest's files in memory")?)),
        }
    }

    /// The path by which QEMU, our child, opens it.
    pub fn path(&self) -> PathBuf {
        match self {
            Stored::Named(path) => path.clone(),
            Stored::Unnamed(file) => format!("/proc/{}/fd/{}", getpid(), file.as_raw_fd()).into(),
        }
    }
}

fn in_memory(bytes: &[u8]) -> io::Result<File> {
    let mut file = File::from(memfd_create("guest", MFdFlags::MFD_CLOEXEC)?);
    file.write_all(bytes)?;
    Ok(file)
}

/// Both files of a guest.
#[derive(Debug)]
pub struct Files {
    /// The kernel image.
    pub kernel: Stored,
    /// The initramfs.
    pub initramfs: Stored,
}

impl Files {
    /// Makes them, in the directory if there is one.
    pub fn new(kernel: &Content, initramfs: &[u8], keep: Option<&Path>) -> anyhow::Result<Files> {
        if let Some(directory) = keep {
            std::fs::create_dir_all(directory)
                .map_err(|error| Misuse(format!("cannot make {}: {error}", directory.display())))?;
        }
        let kernel = match kernel {
            Content::File(path) => Stored::Named(path.clone()),
            Content::Unpacked(bytes) => Stored::new(bytes, keep, "Image")?,
        };
        Ok(Files { kernel, initramfs: Stored::new(initramfs, keep, "initramfs.cpio")? })
    }
}

/// Keeps a text in the user's directory if there is one, else among the temporary files; says where.
pub fn keep_text(keep: Option<&Path>, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    if let Some(directory) = keep {
        let path = directory.join(name);
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        return Ok(path);
    }
    let (stem, suffix) = name.split_once('.').unwrap_or((name, "txt"));
    let mut file = tempfile::Builder::new()
        .prefix(&format!("ptrace-conformance-{stem}-"))
        .suffix(&format!(".{suffix}"))
        .tempfile()
        .context("cannot make a temporary file")?;
    file.write_all(text.as_bytes()).context("cannot write a temporary file")?;
    let (_, path) = file.keep().context("cannot keep a temporary file")?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_memory_can_be_opened_by_path() {
        let stored = Stored::new(b"hello", None, "name").unwrap();
        assert_eq!(std::fs::read(stored.path()).unwrap(), b"hello");
    }

    #[test]
    fn kept_files_have_names() {
        let folder = tempfile::tempdir().unwrap();
        let keep = folder.path().join("new");
        let files = Files::new(&Content::Unpacked(b"kernel".to_vec()), b"initramfs", Some(&keep)).unwrap();
        assert_eq!(files.kernel.path(), keep.join("Image"));
        assert_eq!(std::fs::read(keep.join("initramfs.cpio")).unwrap(), b"initramfs");
        assert_eq!(keep_text(Some(&keep), "console.log", "x").unwrap(), keep.join("console.log"));
    }

    #[test]
    fn a_directory_that_cannot_be_is_the_users() {
        let keep = Path::new("/dev/null/keep");
        let error = Files::new(&Content::Unpacked(vec![]), b"", Some(keep)).expect_err("no such place");
        assert!(error.is::<Misuse>());
    }
}
