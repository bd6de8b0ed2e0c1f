//! QEMU's command line: the smallest machine that boots a kernel with one serial line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ptrace_conformance_harness::case::Arch;

use super::accel::Accelerator;

/// A virtual machine to be.
#[derive(Clone, Debug)]
pub struct Machine {
    /// QEMU itself.
    pub program: PathBuf,
    /// Of the guest.
    pub arch: Arch,
    /// What runs its instructions.
    pub accelerator: Accelerator,
    /// Processor model; the best one if none was asked for.
    pub cpu: Option<String>,
    /// In MiB.
    pub memory: u32,
    /// Words added to the kernel's command line.
    pub append: Option<String>,
}

/// Words that make an emulated kernel a third faster and change nothing that a tracer sees: no accounts that
/// nobody reads, no timer that is set anew at every turn.
const LEAN: &str =
    " psi=0 audit=0 init_on_alloc=0 cgroup_disable=memory,cpu,cpuacct,io,pids nohz=off highres=off";

/// The word on the kernel's command line that makes our binary act as init.
pub const INIT_WORD: &str = ptrace_conformance_harness::machine::GUEST;

impl Machine {
    /// The processor model.
    pub fn cpu(&self) -> &str {
        match (&self.cpu, self.arch, self.accelerator) {
            (Some(model), _, _) => model,
            // Emulating the architected pointer authentication costs seconds per boot; KVM does not know
            // this property.
            (None, Arch::Aarch64, Accelerator::Tcg) => "max,pauth-impdef=on",
            (None, _, _) => "max",
        }
    }

    /// QEMU's arguments for this kernel and initramfs.
    pub fn arguments(&self, kernel: &Path, initramfs: &Path) -> Vec<OsString> {
        let machine = match self.arch {
            Arch::X86_64 => "q35",
            // Memory has tags only where the machine says so, and only the model that has everything uses them.
            Arch::Aarch64 if self.accelerator == Accelerator::Tcg && self.cpu.is_none() => "virt,mte=on",
            Arch::Aarch64 => "virt",
        };
        let memory = self.memory.to_string();
        // One processor: one case runs at a time, its tasks take turns anyway, and waking each other across
        // emulated processors costs half as much again. A panic reboots, and a reboot ends QEMU.
        let fixed = [
            "-nodefaults -no-reboot -display none -monitor none -serial stdio -smp 1",
            "-machine",
            machine,
            "-accel",
            self.accelerator.name(),
            "-cpu",
            self.cpu(),
            "-m",
            &memory,
        ];
        let (first, rest) = (fixed[0].split(' '), &fixed[1..]);
        let mut arguments: Vec<OsString> = first.chain(rest.iter().copied()).map(OsString::from).collect();
        arguments.extend(["-kernel".into(), kernel.into(), "-initrd".into(), initramfs.into()]);
        arguments.extend(["-append".into(), self.kernel_line().into()]);
        arguments
    }

    /// The kernel's command line.
    fn kernel_line(&self) -> String {
        let console = match self.arch {
            // The check for a working timer interrupt is too impatient for an emulated processor that
            // shares its core, and panics; every virtual machine under KVM goes without it, too.
            Arch::X86_64 => "console=ttyS0,115200 no_timer_check",
            Arch::Aarch64 => "console=ttyAMA0,115200",
        };
        let lean = match (self.accelerator, self.arch) {
            // No page tables that are changed at every system call either: a translator does not speculate.
            (Accelerator::Tcg, Arch::X86_64) => " nopti".to_owned() + LEAN,
            (Accelerator::Tcg, Arch::Aarch64) => LEAN.to_owned(),
            _ => String::new(),
        };
        // Errors are shown, chatter is not, and what init writes to /dev/kmsg is never held back.
        let mut line = format!("{console}{lean} panic=-1 quiet loglevel=4 printk.devkmsg=on");
        if let Some(words) = &self.append {
            line += &format!(" {words}");
        }
        format!("{line} -- {INIT_WORD}")
    }
}

/// The name of QEMU's program for an architecture.
pub fn program(arch: Arch) -> PathBuf {
    format!("qemu-system-{}", arch.name()).into()
}

/// What to do when it is not there.
pub fn install_hint(arch: Arch) -> String {
    let debian = match arch {
        Arch::X86_64 => "qemu-system-x86",
        Arch::Aarch64 => "qemu-system-arm",
    };
    let arch = arch.name();
    format!(
        "install it (Debian, Ubuntu: apt install {debian}; Fedora: dnf install qemu-system-{arch}-core) \
         or name one with `vm --qemu FILE`"
    )
}

/// What the program calls itself, such as `QEMU 10.2.1 (Debian 1:10.2.1+ds-1)`; nothing if it is no QEMU.
pub fn version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    let version = text.lines().next()?.strip_prefix("QEMU emulator version ")?;
    Some(format!("QEMU {version}"))
}

/// The command as a line that a shell understands.
pub fn shell_line(program: &Path, arguments: &[OsString]) -> String {
    let words = std::iter::once(program.as_os_str()).chain(arguments.iter().map(OsString::as_os_str));
    words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=+:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(arch: Arch, accelerator: Accelerator) -> Machine {
        Machine { program: program(arch), arch, accelerator, cpu: None, memory: 512, append: None }
    }

    fn line(machine: &Machine) -> String {
        let arguments = machine.arguments(Path::new("/k/vmlinuz"), Path::new("/k/initramfs"));
        shell_line(&machine.program, &arguments)
    }

    #[test]
    fn the_commands_are_these() {
        insta::assert_snapshot!(line(&machine(Arch::X86_64, Accelerator::Tcg)), @"qemu-system-x86_64 -nodefaults -no-reboot -display none -monitor none -serial stdio -smp 1 -machine q35 -accel tcg -cpu max -m 512 -kernel /k/vmlinuz -initrd /k/initramfs -append 'console=ttyS0,115200 no_timer_check nopti psi=0 audit=0 init_on_alloc=0 cgroup_disable=memory,cpu,cpuacct,io,pids nohz=off highres=off panic=-1 quiet loglevel=4 printk.devkmsg=on -- ptrace-conformance-guest'");
        insta::assert_snapshot!(line(&machine(Arch::Aarch64, Accelerator::Tcg)), @"qemu-system-aarch64 -nodefaults -no-reboot -display none -monitor none -serial stdio -smp 1 -machine virt,mte=on -accel tcg -cpu max,pauth-impdef=on -m 512 -kernel /k/vmlinuz -initrd /k/initramfs -append 'console=ttyAMA0,115200 psi=0 audit=0 init_on_alloc=0 cgroup_disable=memory,cpu,cpuacct,io,pids nohz=off highres=off panic=-1 quiet loglevel=4 printk.devkmsg=on -- ptrace-conformance-guest'");
    }

    #[test]
    fn processor_models_follow_the_accelerator() {
        assert_eq!(machine(Arch::Aarch64, Accelerator::Kvm).cpu(), "max");
        let mut chosen = machine(Arch::Aarch64, Accelerator::Tcg);
        chosen.cpu = Some("cortex-a57".to_owned());
        assert_eq!(chosen.cpu(), "cortex-a57");
    }

    #[test]
    fn added_words_stand_before_those_for_init() {
        let mut machine = machine(Arch::Aarch64, Accelerator::Tcg);
        machine.append = Some("nokaslr slub_debug=FZ".to_owned());
        assert!(
            machine
                .kernel_line()
                .ends_with("printk.devkmsg=on nokaslr slub_debug=FZ -- ptrace-conformance-guest")
        );
    }

    #[test]
    fn a_shell_reads_what_was_meant() {
        for word in ["plain", "two words", "it's", "", "a$b", "päth"] {
            let output =
                Command::new("sh").arg("-c").arg(format!("printf %s {}", quoted(word))).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
