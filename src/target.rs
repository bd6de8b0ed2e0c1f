//! The target of a run: which kernel answered, on which architecture and platform.

use std::ffi::OsStr;

use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::version::KernelVersion;
use serde::{Deserialize, Serialize};

/// Which kernel answered, and on what it ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Architecture the suite was built for.
    pub arch: String,
    /// Kernel release as uname(2) tells it, verbatim.
    pub kernel: String,
    /// Kernel version as uname(2) tells it: build number, options and date.
    pub kernel_version: String,
    /// Machine as uname(2) tells it.
    pub machine: String,
    /// Where the kernel runs: `host`, `qemu`, `gvisor`.
    pub platform: String,
    /// The name of the target in a matrix, such as `debian-6.1-x86_64`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The package that the kernel is from, with its version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub package: Option<String>,
    /// The processor model that a virtual machine was given, QEMU's `-cpu`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub model: Option<String>,
    /// The processor as the kernel names it; debug features and register sets follow it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpu: Option<String>,
    /// The program that is a virtual machine's hardware, with its version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub emulator: Option<String>,
    /// What ran a virtual machine's instructions: `kvm` or `tcg`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub accelerator: Option<String>,
}

impl Target {
    /// The running kernel.
    pub fn host() -> anyhow::Result<Target> {
        let name = nix::sys::utsname::uname()
            .map_err(|errno| anyhow::anyhow!("cannot ask the kernel for its version (uname: {errno})"))?;
        let text = |part: &OsStr| part.to_string_lossy().into_owned();
        Ok(Target {
            arch: Arch::HERE.name().to_owned(),
            kernel: text(name.release()),
            kernel_version: text(name.version()),
            machine: text(name.machine()),
            platform: "host".to_owned(),
            name: None,
            package: None,
            model: None,
            cpu: std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|info| cpu(&info)),
            emulator: None,
            accelerator: None,
        })
    }

    /// The kernel's version, as far as it tells it.
    pub fn version(&self) -> KernelVersion {
        KernelVersion::of(&self.kernel, &self.kernel_version)
    }

    /// The kernel's version in a table: `6.1.192`, `7.3-rc7`.
    pub fn label(&self) -> String {
        let candidate = self.candidate().map(|number| format!("-rc{number}"));
        self.version().to_string() + &candidate.unwrap_or_default()
    }

    /// Which release candidate it is: `7.3-rc7` in the release, or `7.3~rc7` in Debian's version.
    fn candidate(&self) -> Option<u32> {
        let said = [&self.kernel, &self.kernel_version];
        let mut rests =
            said.iter().filter_map(|text| text.split_once("-rc").or_else(|| text.split_once("~rc")));
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        rests.find_map(|(_, rest)| digits(rest).parse().ok())
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} Linux {} ({}", self.arch, self.kernel, self.platform)?;
        if let Some(accelerator) = &self.accelerator {
            write!(f, ", {accelerator}")?;
        }
        f.write_str(")")
    }
}

/// The first processor of /proc/cpuinfo: by name on x86, by implementer and part on Arm.
fn cpu(info: &str) -> Option<String> {
    let field = |wanted: &str| {
        let mut fields = info.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim().to_owned())
    };
    let arm = || Some(format!("implementer {} part {}", field("CPU implementer")?, field("CPU part")?));
    field("model name").or_else(arm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_has_a_name_on_both_architectures() {
        let x86 = "processor\t: 0\nmodel name\t: Some CPU @ 2GHz\n\nprocessor\t: 1\nmodel name\t: Other\n";
        let arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        assert_eq!(cpu(x86).as_deref(), Some("Some CPU @ 2GHz"));
        assert_eq!(cpu(arm).as_deref(), Some("implementer 0x41 part 0xd0c"));
        assert_eq!(cpu("Features : none"), None);
    }

    #[test]
    fn labels_tell_stable_releases_and_candidates() {
        let of = |kernel: &str, version: &str| {
            let (kernel, kernel_version) = (kernel.to_owned(), version.to_owned());
            Target { kernel, kernel_version, ..crate::report::sample::target() }.label()
        };
        assert_eq!(of("6.1.0-56-cloud-amd64", "#1 SMP Debian 6.1.192-2 (2026-11-16)"), "6.1.192");
        assert_eq!(of("7.3-cloud-amd64", "#1 SMP Debian 7.3~rc7-1~exp1 (2026-10-16)"), "7.3-rc7");
        assert_eq!(of("7.3.0-rc2-mine", "#1"), "7.3.0-rc2");
        assert_eq!(of("6.18.44", "#1 SMP"), "6.18.44");
    }

    #[test]
    fn the_host_is_this_kernel() {
        let target = Target::host().unwrap();
        assert_eq!(target.arch, std::env::consts::ARCH);
        assert!(!target.kernel.is_empty());
        assert_eq!(target.platform, "host");
    }
}
