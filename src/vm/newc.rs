//! The initramfs: a cpio archive in the kernel's newc format
//! (Documentation/driver-api/early-userspace/buffer-format.rst).

use crate::exit::Misuse;

/// File type bits of a mode, as in stat(2).
const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;
const CHARACTER_DEVICE: u32 = 0o020_000;

/// An archive being written.
#[derive(Debug, Default)]
pub struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

/// What one entry is, besides its name and content.
#[derive(Clone, Copy, Default)]
struct Node {
    mode: u32,
    links: u32,
    device: (u32, u32),
}

impl Archive {
    /// An archive without entries.
    pub fn new() -> Archive {
        Archive::default()
    }

    /// Adds a directory that everybody may read; its parent must have been added before.
    pub fn directory(&mut self, name: &str) {
        self.entry(name, Node { mode: DIRECTORY | 0o755, links: 2, device: (0, 0) }, &[], 0);
    }

    /// Adds a file with these permissions.
    pub fn file(&mut self, name: &str, permissions: u32, content: &[u8]) -> Result<(), Misuse> {
        let size = u32::try_from(content.len())
            .map_err(|_| Misuse(format!("{name} is too big for an initramfs: {} bytes", content.len())))?;
        let node = Node { mode: REGULAR | permissions, links: 1, device: (0, 0) };
        self.entry(name, node, content, size);
        Ok(())
    }

    /// Adds a character device for root alone.
    pub fn character_device(&mut self, name: &str, major: u32, minor: u32) {
        let node = Node { mode: CHARACTER_DEVICE | 0o600, links: 1, device: (major, minor) };
        self.entry(name, node, &[], 0);
    }

    /// Ends the archive.
    pub fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", Node { links: 1, ..Node::default() }, &[], 0);
        self.bytes
    }

    fn entry(&mut self, name: &str, node: Node, content: &[u8], size: u32) {
        self.entries += 1;
        // ino, mode, uid, gid, nlink, mtime, filesize, device of the file (2), device it stands for (2),
        // namesize with its NUL, and a checksum that this variant of the format leaves at 0.
        let (major, minor) = node.device;
        let named = name.len() as u32 + 1;
        let fields = [self.entries, node.mode, 0, 0, node.links, 0, size, 0, 0, major, minor, named, 0];
        self.bytes.extend_from_slice(b"070701");
        for field in fields {
            self.bytes.extend_from_slice(format!("{field:08x}").as_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend_from_slice(content);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An entry as a reader of the format sees it: name, mode, links, device and content.
    #[derive(Debug, PartialEq, Eq)]
    struct Entry(String, u32, u32, (u32, u32), Vec<u8>);

    /// Reads an archive as the kernel does (init/initramfs.c), refusing anything it would not take.
    fn read(mut bytes: &[u8]) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut at = 0;
        loop {
            let head = std::str::from_utf8(&bytes[..110]).unwrap();
            assert_eq!(&head[..6], "070701");
            let field = |n: usize| u32::from_str_radix(&head[6 + 8 * n..14 + 8 * n], 16).unwrap();
            let (size, named) = (field(6) as usize, field(11) as usize);
            let name = &bytes[110..110 + named];
            assert_eq!(name.last(), Some(&0));
            let data = (at + 110 + named).next_multiple_of(4) - at;
            let end = (at + data + size).next_multiple_of(4) - at;
            assert!(bytes[110 + named..data].iter().chain(&bytes[data + size..end]).all(|&pad| pad == 0));
            let name = String::from_utf8(name[..named - 1].to_vec()).unwrap();
            let entry =
                Entry(name, field(1), field(4), (field(9), field(10)), bytes[data..data + size].to_vec());
            assert_eq!([field(2), field(3), field(5), field(7), field(8), field(12)], [0; 6]);
            bytes = &bytes[end..];
            at += end;
            if entry.0 == "TRAILER!!!" {
                assert!(bytes.is_empty());
                return entries;
            }
            assert_eq!(field(0) as usize, entries.len() + 1, "each entry has an inode of its own");
            entries.push(entry);
        }
    }

    fn small() -> Vec<u8> {
        let mut archive = Archive::new();
        archive.directory("dev");
        archive.character_device("dev/console", 5, 1);
        archive.file("init", 0o755, b"hello").unwrap();
        archive.finish()
    }

    #[test]
    fn entries_are_as_the_kernel_reads_them() {
        let expected = [
            Entry("dev".into(), 0o040_755, 2, (0, 0), vec![]),
            Entry("dev/console".into(), 0o020_600, 1, (5, 1), vec![]),
            Entry("init".into(), 0o100_755, 1, (0, 0), b"hello".to_vec()),
        ];
        assert_eq!(read(&small()), expected);
    }

    #[test]
    fn a_header_is_these_bytes() {
        let mut archive = Archive::new();
        archive.file("init", 0o755, b"hello").unwrap();
        let expected = "070701\
            00000001000081ed00000000000000000000000100000000\
            0000000500000000000000000000000000000000\
            0000000500000000init\0\0hello\0\0\0";
        assert_eq!(std::str::from_utf8(&archive.bytes), Ok(expected));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_file_comes_back(
            files in proptest::collection::vec(
                ("[a-z]{1,20}", proptest::collection::vec(any::<u8>(), 0..50)), 0..6),
        ) {
            let mut archive = Archive::new();
            for (name, content) in &files {
                archive.file(name, 0o644, content).unwrap();
            }
            let names: Vec<_> = read(&archive.finish()).into_iter().map(|entry| (entry.0, entry.4)).collect();
            prop_assert_eq!(names, files);
        }
    }
}
