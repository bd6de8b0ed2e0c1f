//! gVisor: the suite under `runsc do`, on a kernel that Linux people did not write.
//!
//! The suite runs in a sandbox as on any kernel, and its report comes back through a pipe. Some of its cases hang
//! there until their time limit, so that one is short.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::unistd::geteuid;
use ptrace_conformance_harness::case::Arch;
use ptrace_conformance_harness::pool::Settings;

use crate::cli::Filters;
use crate::report::Report;
use crate::target::Target;
use crate::vm::guest::{Guest, Said};

/// Cases at a time for each processor: hundreds hang until their time limit, and need no processor for that.
const AT_A_TIME: usize = 4;

/// How gVisor gets hold of a program's system calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// By SIGSYS, since 2023.
    Systrap,
    /// By ptrace(2).
    Ptrace,
}

impl Platform {
    /// All that the suite can run on.
    pub const ALL: [Platform; 2] = [Platform::Systrap, Platform::Ptrace];

    /// The name that runsc gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Platform::Systrap => "systrap",
            Platform::Ptrace => "ptrace",
        }
    }

    /// The name of the target.
    pub fn target(self) -> String {
        format!("gvisor-{}-{}", self.name(), Arch::HERE.name())
    }
}

/// A gVisor that has been seen to run a program.
#[derive(Clone, Debug)]
pub struct Sandbox {
    runsc: PathBuf,
    platform: Platform,
    version: String,
}

/// What the suite shall do in there.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Which cases.
    pub filters: &'a Filters,
    /// Time limit of each.
    pub time_limit: Duration,
    /// Time limit of all of them.
    pub whole: Duration,
}

impl Sandbox {
    /// A sandbox on this platform, or why there can be none here.
    pub fn find(runsc: &Path, platform: Platform) -> Result<Sandbox, String> {
        let version = version(runsc)?;
        let sandbox = Sandbox { runsc: runsc.to_owned(), platform, version };
        let mut trial = Command::new(runsc);
        trial.args(sandbox.options()).arg("do").arg("/bin/true").stdin(Stdio::null());
        let output = trial.output().map_err(|error| format!("cannot start {}: {error}", runsc.display()))?;
        match output.status.success() {
            true => Ok(sandbox),
            false => Err(format!(
                "{} cannot run a program on its platform {}: {}",
                sandbox.version,
                platform.name(),
                last_words(&output.stderr, output.status)
            )),
        }
    }

    fn options(&self) -> Vec<OsString> {
        let platform = format!("--platform={}", self.platform.name());
        let mut options: Vec<OsString> =
            vec![platform.into(), "--network=none".into(), "--ignore-cgroups".into()];
        if !geteuid().is_root() {
            options.push("--rootless".into());
        }
        options
    }

    fn arguments(&self, order: &Order<'_>) -> anyhow::Result<Vec<OsString>> {
        let suite = std::env::current_exe().context("cannot tell which file this program is")?;
        let mut arguments = self.options();
        arguments.extend(["do".into(), suite.into(), "run".into(), "--format".into(), "json".into()]);
        arguments.extend(["--timeout".into(), order.time_limit.as_secs_f64().to_string().into()]);
        arguments.extend(["--jobs".into(), (Settings::default().jobs * AT_A_TIME).to_string().into()]);
        arguments.extend(order.filters.exact.then(|| "--exact".into()));
        arguments.extend(order.filters.filters.iter().map(OsString::from));
        Ok(arguments)
    }

    /// Runs the suite there; `go_on` is asked now and then, and ends it.
    pub fn run(&self, order: &Order<'_>, go_on: impl Fn() -> bool) -> anyhow::Result<Report> {
        let guest = Guest::start(&self.runsc, &self.arguments(order)?)
            .with_context(|| format!("cannot start {}", self.runsc.display()))?;
        let begun = Instant::now();
        let (mut report, mut complaints) = (String::new(), Vec::new());
        let mut take = |said| match said {
            Said::Console(line) => report += &(line + "\n"),
            Said::Qemu(line) => complaints.push(line),
        };
        loop {
            match guest.listen(Duration::from_millis(100)) {
                Ok(said) => take(said),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) if !go_on() => bail!("ended early"),
                Err(RecvTimeoutError::Timeout) if begun.elapsed() > order.whole => {
                    bail!("time limit: no report from gVisor within {} s", order.whole.as_secs())
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        let (status, rest) = guest.end();
        rest.into_iter().for_each(take);
        let ended = status.context("cannot tell how runsc ended")?;
        let report = Report::parse(&report).with_context(|| {
            format!("no report from gVisor: {}", last_words(complaints.join("\n").as_bytes(), ended))
        })?;
        Ok(self.as_seen_from_here(report))
    }

    /// The suite in there takes itself for one on a host.
    fn as_seen_from_here(&self, report: Report) -> Report {
        let target = Target {
            platform: "gvisor".to_owned(),
            name: Some(self.platform.target()),
            package: Some(self.version.clone()),
            accelerator: Some(self.platform.name().to_owned()),
            // The machine's own, which matters to nobody here.
            cpu: None,
            ..report.target
        };
        Report { target, ..report }
    }
}

/// What the program calls itself, such as `runsc 0.0~20240729.0`.
pub fn version(runsc: &Path) -> Result<String, String> {
    let output = Command::new(runsc).arg("--version").stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("cannot start {}: {error}", runsc.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.lines().find_map(|line| line.strip_prefix("runsc version "));
    version
        .map(|version| format!("runsc {version}"))
        .ok_or_else(|| format!("{} is no runsc", runsc.display()))
}

/// The last thing that was said before it ended so.
fn last_words(said: &[u8], status: std::process::ExitStatus) -> String {
    let said = String::from_utf8_lossy(said);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    last.map_or_else(|| format!("it ended with {status}"), |last| last.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::vm::tests::executable;

    /// A runsc that says its version, passes the trial, and does this when it shall run the suite.
    fn runsc(folder: &Path, suite: &str) -> PathBuf {
        let path = folder.join("runsc");
        let script = format!(
            "case \"$*\" in\n--version) echo 'runsc version 1.2'; echo 'spec: 1';;\n*' do /bin/true') exit 0;;\n*) \
             {suite};;\nesac"
        );
        executable(&path, &script);
        path
    }

    fn run(suite: &str, go_on: bool) -> anyhow::Result<Report> {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::find(&runsc(folder.path(), suite), Platform::Systrap).unwrap();
        let (time_limit, whole) = (Duration::from_secs(1), Duration::from_millis(500));
        sandbox.run(&Order { filters: &Filters::default(), time_limit, whole }, || go_on)
    }

    fn complaint(suite: &str, go_on: bool) -> String {
        format!("{:#}", run(suite, go_on).expect_err("there is no report"))
    }

    #[test]
    fn the_report_says_where_it_is_from() {
        let folder = tempfile::tempdir().unwrap();
        let sent = sample::report(&ptrace_conformance_harness::record::Verdict::ALL);
        let file = folder.path().join("report");
        std::fs::write(&file, sent.to_json().unwrap()).unwrap();
        let received = run(&format!("cat {}", file.display()), true).unwrap();
        assert_eq!(received.cases, sent.cases);
        assert_eq!(received.target.name, Some(Platform::Systrap.target()));
        assert_eq!(
            (&*received.target.platform, received.target.package.as_deref()),
            ("gvisor", Some("runsc 1.2"))
        );
    }

    #[test]
    fn a_sandbox_that_dies_hangs_or_is_not_wanted_any_more_says_so() {
        insta::assert_snapshot!(complaint("echo 'panic: something' >&2; exit 2", true), @"no report from gVisor: panic: something: it is empty; was the run that should have written it ended early?");
        insta::assert_snapshot!(complaint("exec sleep 1000", true), @"time limit: no report from gVisor within 0 s");
        insta::assert_snapshot!(complaint("exec sleep 1000", false), @"ended early");
    }

    #[test]
    fn a_platform_that_cannot_run_is_found_out_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("runsc");
        executable(
            &path,
            "case \"$*\" in --version) echo 'runsc version 1.2';; *) echo 'unknown platform' >&2; exit 128;; esac",
        );
        let why = Sandbox::find(&path, Platform::Ptrace).expect_err("it cannot run");
        assert_eq!(why, "runsc 1.2 cannot run a program on its platform ptrace: unknown platform");
        let why =
            Sandbox::find(Path::new("/nonexistent/runsc"), Platform::Ptrace).expect_err("it is not there");
        assert!(why.starts_with("cannot start /nonexistent/runsc"), "{why}");
        let why = Sandbox::find(Path::new("/bin/true"), Platform::Ptrace).expect_err("it is something else");
        assert_eq!(why, "/bin/true is no runsc");
    }
}
