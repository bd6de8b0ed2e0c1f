//! The running kernel's version, as far as expectations depend on it.

use std::sync::OnceLock;

/// Major and minor number; distributions append all sorts of things, which we ignore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KernelVersion(pub u32, pub u32);

impl KernelVersion {
    /// The kernel this process runs on; 0.0 if it does not say.
    pub fn running() -> KernelVersion {
        static RUNNING: OnceLock<KernelVersion> = OnceLock::new();
        *RUNNING.get_or_init(|| {
            let name = nix::sys::utsname::uname();
            let release = name.as_ref().ok().and_then(|name| name.release().to_str());
            release.and_then(KernelVersion::parse).unwrap_or(KernelVersion(0, 0))
        })
    }

    /// Reads the start of a release string such as `6.1.0-40-cloud-amd64`.
    pub fn parse(release: &str) -> Option<KernelVersion> {
        let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        Some(KernelVersion(numbers.next()?.ok()?, numbers.next()?.ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::KernelVersion;

    #[test]
    fn releases_of_all_sorts_are_read() {
        assert_eq!(KernelVersion::parse("6.1.0-40-cloud-amd64"), Some(KernelVersion(6, 1)));
        assert_eq!(KernelVersion::parse("7.3-rc1"), Some(KernelVersion(7, 3)));
        assert_eq!(KernelVersion::parse("5.10.218+deb11"), Some(KernelVersion(5, 10)));
        assert_eq!(KernelVersion::parse("linux"), None);
    }

    #[test]
    fn later_kernels_are_greater() {
        assert!(KernelVersion(5, 10) < KernelVersion(6, 1));
        assert!(KernelVersion(6, 2) < KernelVersion(6, 16));
    }
}
