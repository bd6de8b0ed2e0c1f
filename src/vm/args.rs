//! Arguments of the verb `vm`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ptrace_conformance_harness::case::Arch;

use super::accel::Choice;
use crate::audit::guest::Telling;
use crate::cli::{Filters, OutputArgs, at_least_one, seconds};
use crate::compare::BaselineArgs;

/// What to boot, on what, and what to run there.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Kernel to boot: a bzImage or vmlinuz (x86_64), an Image (aarch64; also packed with gzip)
    #[arg(long, value_name = "IMAGE")]
    pub kernel: PathBuf,
    #[command(flatten)]
    pub filters: Filters,
    /// Architecture that the image must have; it is told by the image itself
    #[arg(long, value_name = "ARCH", value_parser = arch)]
    pub arch: Option<Arch>,
    /// What runs the guest's instructions; auto takes kvm where a guest really starts with it
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub accel: Choice,
    /// QEMU's processor model [default: max; for aarch64 under tcg max,pauth-impdef=on]
    #[arg(long, value_name = "MODEL")]
    pub cpu: Option<String>,
    /// Memory of the guest, in MiB
    #[arg(long, value_name = "MIB", default_value = "512", value_parser = clap::value_parser!(u32).range(64..))]
    pub memory: u32,
    /// Words to add to the kernel's command line
    #[arg(long, value_name = "WORDS", allow_hyphen_values = true)]
    pub append: Option<String>,
    /// Time limit for each case, in seconds; a case beyond it is `broken`
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub timeout: Duration,
    /// Multiply the limits on booting and reporting, for debug kernels and busy machines
    #[arg(long, value_name = "N", default_value = "1", value_parser = at_least_one)]
    pub patience: usize,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub against: BaselineArgs,
    /// Keep console log, initramfs and QEMU command in this directory, also after success
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Print the QEMU command instead of running it; the files it names are in the --keep directory
    #[arg(long, requires = "keep")]
    pub show_command: bool,
    /// Static binary of this suite for the guest's architecture [default: found or built]
    #[arg(long, value_name = "FILE")]
    pub suite: Option<PathBuf>,
    /// QEMU to use [default: qemu-system-ARCH on the search path]
    #[arg(long, value_name = "FILE")]
    pub qemu: Option<PathBuf>,
    /// Audit the cases instead of running them: what `audit --kernel` does
    #[arg(skip)]
    pub lies: Option<Telling>,
}

impl Args {
    /// What the command line makes of nothing but a kernel.
    pub fn new(kernel: &Path) -> Args {
        Args {
            kernel: kernel.to_owned(),
            filters: Filters::default(),
            arch: None,
            accel: Choice::default(),
            cpu: None,
            memory: 512,
            append: None,
            timeout: Duration::from_secs(30),
            patience: 1,
            output: OutputArgs::default(),
            against: BaselineArgs::default(),
            keep: None,
            show_command: false,
            suite: None,
            qemu: None,
            lies: None,
        }
    }
}

/// An architecture by any of its names.
pub fn arch(name: &str) -> Result<Arch, String> {
    let known: Vec<_> = Arch::ALL.iter().map(|arch| arch.name()).collect();
    // What Debian and Go call them, for everyone who does.
    let name = match name {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    };
    Arch::from_name(name).ok_or_else(|| format!("must be one of {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architectures_have_the_names_people_use() {
        assert_eq!(arch("x86_64"), Ok(Arch::X86_64));
        assert_eq!(arch("amd64"), Ok(Arch::X86_64));
        assert_eq!(arch("aarch64"), Ok(Arch::Aarch64));
        assert_eq!(arch("arm64"), Ok(Arch::Aarch64));
        assert_eq!(arch("riscv64"), Err("must be one of x86_64, aarch64".to_owned()));
    }
}
