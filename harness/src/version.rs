//! Versions of kernels, as far as expectations depend on them: lines, stable releases, and changes between.

use std::sync::OnceLock;

/// A release of the kernel: its line, and how far along that line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KernelVersion {
    /// Major and minor number, `(6, 1)`; (0, 0) if the kernel does not say.
    pub line: (u32, u32),
    /// Number of the stable release, if the kernel tells it: distributions often keep it to themselves.
    pub patch: Option<u32>,
}

impl KernelVersion {
    /// The kernel this process runs on.
    pub fn running() -> KernelVersion {
        static RUNNING: OnceLock<KernelVersion> = OnceLock::new();
        *RUNNING.get_or_init(|| match nix::sys::utsname::uname() {
            Ok(name) => {
                let text = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
                KernelVersion::of(&text(name.release()), &text(name.version()))
            }
            Err(_) => KernelVersion { line: (0, 0), patch: None },
        })
    }

    /// The kernel that gives itself this release and version with uname(2).
    ///
    /// Debian's release names the ABI (`6.1.0-40-cloud-amd64`), its version the stable release that it was made
    /// from (`#1 SMP Debian 6.1.170-3 (2026-05-01)`), so that one counts where it belongs to the same line.
    pub fn of(release: &str, version: &str) -> KernelVersion {
        let here = KernelVersion::parse(release).unwrap_or(KernelVersion { line: (0, 0), patch: None });
        let words = version.split_whitespace();
        let made_from = words.skip_while(|word| *word != "Debian").nth(1).and_then(KernelVersion::parse);
        made_from.filter(|made_from| made_from.line == here.line).unwrap_or(here)
    }

    /// Reads the start of a version such as `6.12.94+deb13` or `7.3~rc7-1`.
    pub fn parse(text: &str) -> Option<KernelVersion> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let mut numbers = text[..end].split('.').map(str::parse);
        let line = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        Some(KernelVersion { line, patch: numbers.next().and_then(Result::ok) })
    }
}

impl std::fmt::Display for KernelVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (major, minor) = self.line;
        match self.patch {
            Some(patch) => write!(f, "{major}.{minor}.{patch}"),
            None => write!(f, "{major}.{minor}"),
        }
    }
}

/// A point in the kernel's history: the mainline release that brought a change, and the stable releases of
/// older lines that took it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Major and minor number of the release.
    pub mainline: (u32, u32),
    /// Of each older line that has it, the first release that does.
    pub stable: &'static [(u32, u32, u32)],
}

impl Change {
    /// One that came with this mainline release and was not taken over by any stable line.
    pub const fn at(major: u32, minor: u32) -> Change {
        Change { mainline: (major, minor), stable: &[] }
    }

    /// The same, taken over by these stable releases.
    pub const fn and_stable(self, stable: &'static [(u32, u32, u32)]) -> Change {
        Change { stable, ..self }
    }

    /// Whether this kernel has it. One that does not tell its stable release is taken for the line's newest.
    pub fn is_in(&self, kernel: KernelVersion) -> bool {
        let taken_over = |&(major, minor, patch): &(u32, u32, u32)| {
            (major, minor) == kernel.line && kernel.patch.is_none_or(|at| at >= patch)
        };
        kernel.line >= self.mainline || self.stable.iter().any(taken_over)
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (major, minor) = self.mainline;
        write!(f, "{major}.{minor}")?;
        self.stable.iter().try_for_each(|(major, minor, patch)| write!(f, ", {major}.{minor}.{patch}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(line: (u32, u32), patch: Option<u32>) -> KernelVersion {
        KernelVersion { line, patch }
    }

    #[test]
    fn releases_of_all_sorts_are_read() {
        let read = |text| KernelVersion::parse(text);
        assert_eq!(read("6.1.0-40-cloud-amd64"), Some(version((6, 1), Some(0))));
        assert_eq!(read("7.3-rc1"), Some(version((7, 3), None)));
        assert_eq!(read("7.3~rc7-1~exp1"), Some(version((7, 3), None)));
        assert_eq!(read("5.10.218+deb11"), Some(version((5, 10), Some(218))));
        assert_eq!(read("4.4.0"), Some(version((4, 4), Some(0))));
        assert_eq!(read("linux"), None);
        assert_eq!(read("6"), None);
        assert_eq!(read("6."), None);
    }

    #[test]
    fn debian_hides_the_stable_release_in_the_version() {
        let of = KernelVersion::of;
        let debian = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.170-3 (2026-05-01)";
        assert_eq!(of("6.1.0-47-cloud-amd64", debian), version((6, 1), Some(170)));
        assert_eq!(of("6.18.44", "#1 SMP PREEMPT_DYNAMIC Tue"), version((6, 18), Some(44)));
        assert_eq!(of("7.3-cloud-arm64", "#1 SMP Debian 7.3~rc7-1~exp1 (x)"), version((7, 3), None));
        assert_eq!(of("6.12.1-mine", debian), version((6, 12), Some(1)), "somebody else's Debian");
        assert_eq!(of("nonsense", ""), version((0, 0), None));
    }

    #[test]
    fn a_change_reaches_stable_lines_at_their_own_release() {
        let change = Change::at(6, 0).and_stable(&[(5, 10, 121), (5, 15, 40)]);
        for (kernel, has) in [
            (version((5, 10), Some(120)), false),
            (version((5, 10), Some(121)), true),
            (version((5, 10), None), true),
            (version((5, 4), Some(300)), false),
            (version((5, 16), Some(90)), false),
            (version((6, 0), Some(0)), true),
            (version((6, 0), None), true),
            (version((7, 3), Some(4)), true),
        ] {
            assert_eq!(change.is_in(kernel), has, "{kernel}");
        }
        assert_eq!(change.to_string(), "6.0, 5.10.121, 5.15.40");
    }

    #[test]
    fn later_kernels_are_greater() {
        assert!(version((5, 10), Some(300)) < version((6, 1), Some(0)));
        assert!(version((6, 2), None) < version((6, 16), Some(3)));
    }
}
