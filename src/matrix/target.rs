//! The targets of a matrix: which there are, and which of them were chosen.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use ptrace_conformance_harness::case::Arch;

use super::args::Args;
use crate::exit::Misuse;
use crate::gvisor::Platform;
use crate::kernels::{Archive, Offer};
use crate::vm::image::Image;

/// One target to be.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name, and that of its report.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// Kinds of targets.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The running kernel.
    Host,
    /// A Debian kernel, on this processor model or the best one.
    Debian(Offer, Option<&'static str>),
    /// A kernel image of the user's, which tells its architecture.
    Image(PathBuf, Arch),
    /// gVisor on one of its platforms.
    Gvisor(Platform),
}

impl Kind {
    /// The architecture of the guest that it takes, if it takes one.
    pub const fn guest(&self) -> Option<Arch> {
        match self {
            Kind::Debian(Offer { arch, .. }, _) | Kind::Image(_, arch) => Some(*arch),
            Kind::Host | Kind::Gvisor(_) => None,
        }
    }
}

/// The word for the running kernel.
pub const HOST: &str = "host";
/// The word for gVisor.
pub const GVISOR: &str = "gvisor";

/// A processor model without what came in the last ten years, so that its absence is seen, too.
const fn plain(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "qemu64",
        Arch::Aarch64 => "cortex-a57",
    }
}

/// The targets that the arguments choose.
pub fn choose(args: &Args, archive: impl Fn() -> anyhow::Result<Archive>) -> anyhow::Result<Vec<Planned>> {
    let mut targets = match args.images.as_slice() {
        [] => lines(args, archive)?,
        images => own(images, args.arch)?,
    };
    if let Some(partition) = args.filters.partition {
        targets = partition.take(targets);
    }
    Ok(targets)
}

fn lines(args: &Args, archive: impl Fn() -> anyhow::Result<Archive>) -> anyhow::Result<Vec<Planned>> {
    let wanted = |word: &str| args.kernels.is_empty() || args.kernels.iter().any(|chosen| chosen == word);
    let here = args.arch.is_none_or(|arch| arch == Arch::HERE);
    let mut targets = Vec::new();
    if wanted(HOST) && here {
        targets.push(Planned { name: format!("{HOST}-{}", Arch::HERE.name()), kind: Kind::Host });
    }
    if args.kernels.is_empty() || args.kernels.iter().any(|word| !is_own(word)) {
        targets.extend(debian(args, &archive()?, wanted)?);
    }
    if here {
        let chosen = |platform: &Platform| wanted(GVISOR) || wanted(&gvisor_word(*platform));
        let gvisor = |platform: Platform| Planned { name: platform.target(), kind: Kind::Gvisor(platform) };
        targets.extend(Platform::ALL.into_iter().filter(chosen).map(gvisor));
    }
    Ok(targets)
}

/// The word for gVisor on one of its platforms.
fn gvisor_word(platform: Platform) -> String {
    format!("{GVISOR}-{}", platform.name())
}

/// Whether a word names a target that no archive has.
fn is_own(word: &str) -> bool {
    [HOST, GVISOR].contains(&word) || Platform::ALL.iter().any(|platform| gvisor_word(*platform) == word)
}

fn debian(args: &Args, archive: &Archive, wanted: impl Fn(&str) -> bool) -> anyhow::Result<Vec<Planned>> {
    let mut targets = Vec::new();
    archive.something_to_offer()?;
    let mut known = vec![HOST.to_owned(), GVISOR.to_owned()];
    for &arch in Arch::ALL.iter().filter(|&&arch| args.arch.is_none_or(|only| only == arch)) {
        let offers = archive.offers(arch)?;
        known.extend(offers.iter().map(|offer| offer.line.clone()));
        let newest = offers.iter().rev().find(|offer| !offer.line.ends_with("-rc")).cloned();
        targets
            .extend(offers.into_iter().filter(|offer| wanted(&offer.line)).map(|offer| named(offer, None)));
        if args.kernels.is_empty() {
            targets.extend(newest.map(|offer| named(offer, Some(plain(arch)))));
        }
    }
    let Some(unknown) = args.kernels.iter().find(|word| !is_own(word) && !known.contains(word)) else {
        return Ok(targets);
    };
    // Each architecture has nearly the same lines.
    let mut seen = BTreeSet::new();
    known.retain(|word| seen.insert(word.clone()));
    Err(Misuse(format!("there is no kernel line {unknown}; there are {}", known.join(", "))).into())
}

fn named(offer: Offer, model: Option<&'static str>) -> Planned {
    let suffix = model.map(|model| format!("-{model}")).unwrap_or_default();
    let name = format!("debian-{}-{}{suffix}", offer.line, offer.arch.name());
    Planned { name, kind: Kind::Debian(offer, model) }
}

/// The user's images of this architecture. One that cannot be booted is told before anything runs.
fn own(paths: &[PathBuf], only: Option<Arch>) -> anyhow::Result<Vec<Planned>> {
    let names = names(paths)?;
    let mut targets = Vec::new();
    for (path, name) in paths.iter().zip(names) {
        let arch = Image::open(path, None)?.arch;
        if only.is_none_or(|only| only == arch) {
            targets.push(Planned { name, kind: Kind::Image(path.clone(), arch) });
        }
    }
    Ok(targets)
}

/// A name for each image: its file's and its folder's. In build trees even these are the same: then with as many
/// folders above as it takes to tell them apart.
fn names(paths: &[PathBuf]) -> Result<Vec<String>, Misuse> {
    let deepest = paths.iter().map(|path| path.components().count()).max().unwrap_or(0);
    let at_depth = |depth| paths.iter().map(|path| name(path, depth)).collect::<Vec<_>>();
    let distinct = |names: &Vec<String>| names.iter().collect::<BTreeSet<_>>().len() == names.len();
    (2..=deepest.max(2)).map(at_depth).find(distinct).ok_or_else(|| {
        let twice = (1..paths.len()).find(|&at| paths[..at].contains(&paths[at]));
        let what = twice.map_or("an image".to_owned(), |at| paths[at].display().to_string());
        Misuse(format!("{what} is given twice; its reports would have the same name"))
    })
}

/// The last parts of a path, as the name of a file.
fn name(path: &Path, depth: usize) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy()),
        _ => None,
    });
    let parts: Vec<_> = parts.collect();
    let last = parts[parts.len().saturating_sub(depth)..].join("-");
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    last.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::kernels::tests::cached;
    use crate::vm::image::sample;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    /// The names of what these words choose, where the cache holds these lines.
    fn chosen(words: &str) -> anyhow::Result<Vec<String>> {
        let lines = [
            ("6.1", Arch::X86_64),
            ("7.3", Arch::X86_64),
            ("7.4-rc", Arch::X86_64),
            ("6.1", Arch::Aarch64),
            ("7.3", Arch::Aarch64),
        ];
        from(&lines, words)
    }

    fn from(lines: &[(&str, Arch)], words: &str) -> anyhow::Result<Vec<String>> {
        let cache = tempfile::tempdir().unwrap();
        let args = Command::parse_from(std::iter::once("matrix").chain(words.split_whitespace())).args;
        let targets = choose(&args, || Ok(cached(cache.path(), lines)))?;
        Ok(targets.into_iter().map(|target| target.name).collect())
    }

    fn host() -> String {
        format!("host-{}", Arch::HERE.name())
    }

    #[test]
    fn without_a_choice_there_is_everything() {
        let mut names = chosen("").unwrap();
        assert_eq!(names.remove(0), host());
        assert_eq!(names.split_off(names.len() - 2), Platform::ALL.map(Platform::target));
        // A release candidate is no kernel to try plain processors on.
        assert_eq!(
            names,
            [
                "debian-6.1-x86_64",
                "debian-7.3-x86_64",
                "debian-7.4-rc-x86_64",
                "debian-7.3-x86_64-qemu64",
                "debian-6.1-aarch64",
                "debian-7.3-aarch64",
                "debian-7.3-aarch64-cortex-a57",
            ]
        );
    }

    #[test]
    fn lines_are_chosen_by_name_and_architecture() {
        assert_eq!(chosen("--kernels 6.1").unwrap(), ["debian-6.1-x86_64", "debian-6.1-aarch64"]);
        assert_eq!(chosen("--kernels 6.1 --arch aarch64").unwrap(), ["debian-6.1-aarch64"]);
        assert_eq!(chosen("--kernels 7.4-rc,host").unwrap(), [host(), "debian-7.4-rc-x86_64".to_owned()]);
        assert_eq!(chosen("--kernels gvisor").unwrap(), Platform::ALL.map(Platform::target));
        let foreign = Arch::ALL.iter().find(|&&arch| arch != Arch::HERE).unwrap();
        let none: [&str; 0] = [];
        assert_eq!(chosen(&format!("--kernels host,gvisor --arch {}", foreign.name())).unwrap(), none);
    }

    #[test]
    fn what_needs_no_archive_opens_none() {
        let args = Command::parse_from(["matrix", "--kernels", "host,gvisor"]).args;
        let targets = choose(&args, || anyhow::bail!("it was opened")).unwrap();
        assert_eq!(targets.len(), 1 + Platform::ALL.len());
    }

    #[test]
    fn shares_are_of_targets() {
        let (whole, first, second) =
            (chosen("").unwrap(), chosen("--partition 1/2").unwrap(), chosen("--partition 2/2").unwrap());
        let every_second = |from| whole.iter().skip(from).step_by(2).cloned().collect::<Vec<_>>();
        assert_eq!((first, second), (every_second(0), every_second(1)));
    }

    #[test]
    fn an_unknown_line_names_those_there_are() {
        let error = chosen("--kernels 9.9").expect_err("there is no such line");
        assert!(error.is::<Misuse>());
        insta::assert_snapshot!(error, @"there is no kernel line 9.9; there are host, gvisor, 6.1, 7.3, 7.4-rc");
    }

    #[test]
    fn an_empty_cache_is_told() {
        for words in ["", "--kernels 6.1"] {
            let error = from(&[], words).expect_err("there is no kernel");
            assert!(error.is::<Misuse>());
            let text = error.to_string();
            assert!(text.starts_with("no kernel is in the cache"), "{text}");
        }
        assert_eq!(from(&[], "--kernels host").unwrap(), [host()]);
    }

    #[test]
    fn images_are_named_so_that_they_differ() {
        let named = |paths: &[&str]| names(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(named(&["bzImage"]).unwrap(), ["bzImage"]);
        assert_eq!(named(&["/k/old/bzImage", "/k/new/bzImage"]).unwrap(), ["old-bzImage", "new-bzImage"]);
        assert_eq!(
            named(&["../a/arch/x86/boot/bzImage", "../b/arch/x86/boot/bzImage"]).unwrap(),
            ["a-arch-x86-boot-bzImage", "b-arch-x86-boot-bzImage"]
        );
        assert_eq!(named(&["/k/my kernel/Image:1"]).unwrap(), ["my_kernel-Image_1"]);
        insta::assert_snapshot!(named(&["/k/bzImage", "/k/bzImage"]).expect_err("twice"), @"/k/bzImage is given twice; its reports would have the same name");
    }

    #[test]
    fn images_tell_their_architecture() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: Vec<u8>| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let paths = [put("x86", sample::bzimage()), put("arm", sample::arm64())];
        let archs = |only| {
            let targets = own(&paths, only).unwrap();
            targets
                .into_iter()
                .map(|target| match target.kind {
                    Kind::Image(_, arch) => arch,
                    kind => panic!("{kind:?}"),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(archs(None), [Arch::X86_64, Arch::Aarch64]);
        assert_eq!(archs(Some(Arch::Aarch64)), [Arch::Aarch64]);
        let error = own(&[put("text", b"text".to_vec())], None).expect_err("no kernel");
        assert!(error.chain().any(|cause| cause.is::<Misuse>()));
    }
}
