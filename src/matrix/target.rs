//! The targets of a matrix: which there are, and which of them were chosen.

use std::path::{Path, PathBuf};

use ptrace_conformance_harness::case::Arch;

use super::args::Args;
use crate::exit::Misuse;
use crate::gvisor::Platform;
use crate::kernels::{Archive, Offer};

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
    /// A kernel image of the user's.
    Image(PathBuf),
    /// gVisor on one of its platforms.
    Gvisor(Platform),
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
        images => images.iter().map(|path| image(path)).collect::<Result<_, _>>()?,
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
    let own = [HOST, GVISOR];
    if args.kernels.is_empty() || args.kernels.iter().any(|word| !own.contains(&word.as_str())) {
        targets.extend(debian(args, &archive()?, wanted)?);
    }
    if wanted(GVISOR) && here {
        let gvisor = |platform: Platform| Planned { name: platform.target(), kind: Kind::Gvisor(platform) };
        targets.extend(Platform::ALL.map(gvisor));
    }
    Ok(targets)
}

fn debian(args: &Args, archive: &Archive, wanted: impl Fn(&str) -> bool) -> anyhow::Result<Vec<Planned>> {
    let mut targets = Vec::new();
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
    match args.kernels.iter().find(|word| !known.contains(word)) {
        Some(unknown) => {
            known.dedup();
            Err(Misuse(format!("there is no kernel line {unknown}; there are {}", known.join(", "))).into())
        }
        None => Ok(targets),
    }
}

fn named(offer: Offer, model: Option<&'static str>) -> Planned {
    let suffix = model.map(|model| format!("-{model}")).unwrap_or_default();
    let name = format!("debian-{}-{}{suffix}", offer.line, offer.arch.name());
    Planned { name, kind: Kind::Debian(offer, model) }
}

/// A user's image, by the name of its file.
fn image(path: &Path) -> Result<Planned, Misuse> {
    let stem = path.file_name().and_then(|name| name.to_str());
    let stem = stem.ok_or_else(|| Misuse(format!("{} names no file", path.display())))?;
    // In a build tree every image has the same name: the folders above tell them apart.
    let above = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let name = above.map_or_else(|| stem.to_owned(), |above| format!("{above}-{stem}"));
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    Ok(Planned { name: name.chars().map(plain).collect(), kind: Kind::Image(path.to_owned()) })
}
