//! What a matrix needs beside virtual machines: the cache of kernels, and gVisor.

use std::path::Path;

use ptrace_conformance_harness::case::Arch;

use super::Finding;
use crate::gvisor::{self, Platform, Sandbox};
use crate::kernels::{self, Store};

/// Looks at the cache and at gVisor, without the network and without waiting for anyone.
pub fn look() -> Vec<Finding> {
    let folder = kernels::cache_folder();
    // As `matrix` does: its own, else the machine's.
    let runsc = folder.as_ref().ok().and_then(|folder| kernels::cached_runsc(folder));
    let cache = match folder {
        Ok(folder) => cache(&folder),
        Err(error) => Finding::note(CACHE, format!("{error:#}"), "`matrix` has no place to keep kernels"),
    };
    let gvisor = gvisor(runsc.as_deref().unwrap_or(Path::new("runsc")));
    std::iter::once(cache).chain(gvisor).collect()
}

const CACHE: &str = "kernel cache";

fn cache(folder: &Path) -> Finding {
    let store = Store::existing(folder);
    let place = store.as_ref().map_or(folder, Store::folder).display().to_string();
    let offers = match store.as_ref().map_or(Ok(Vec::new()), Store::offers) {
        Ok(offers) => offers,
        Err(error) => {
            return Finding::note(
                CACHE,
                format!("{place}: {error:#}"),
                "remove it, and `matrix` makes it anew",
            );
        }
    };
    let there = |arch| {
        let is_there = |offer: &&kernels::Offer| {
            offer.arch == arch && store.as_ref().is_some_and(|store| store.image(offer).exists())
        };
        offers.iter().filter(is_there).count()
    };
    let counts: Vec<_> = Arch::ALL.iter().map(|&arch| (there(arch), arch.name())).collect();
    if counts.iter().all(|(count, _)| *count == 0) {
        let advice = "`matrix` fills it with Debian's kernels; `matrix --lines` says which there are";
        return Finding::note(CACHE, format!("empty, {place}"), advice);
    }
    let counts: Vec<_> = counts.into_iter().map(|(count, arch)| format!("{count} for {arch}")).collect();
    Finding::fine(CACHE, format!("{}, {place}", counts.join(", ")))
}

fn gvisor(runsc: &Path) -> Vec<Finding> {
    match gvisor::version(runsc) {
        Ok(version) => Platform::ALL.map(|platform| on(runsc, platform, &version)).to_vec(),
        Err(why) => vec![Finding::note(
            "gVisor",
            why,
            "`matrix` fetches Debian's; elsewhere install runsc (gvisor.dev/docs says how)",
        )],
    }
}

fn on(runsc: &Path, platform: Platform, version: &str) -> Finding {
    let topic = match platform {
        Platform::Systrap => "gVisor on systrap",
        Platform::Ptrace => "gVisor on ptrace",
    };
    match Sandbox::find(runsc, platform) {
        Ok(_) => Finding::fine(topic, format!("{version} ran a program just now")),
        Err(why) => Finding::note(topic, why, "`matrix` skips this target"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::cached;
    use crate::vm::tests::executable;

    #[test]
    fn a_cache_that_is_not_there_is_empty_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("cache");
        let advice = "`matrix` fills it with Debian's kernels; `matrix --lines` says which there are";
        assert_eq!(cache(&place), Finding::note(CACHE, format!("empty, {}", place.display()), advice));
        assert!(!place.exists());
    }

    #[test]
    fn kernels_count_where_their_images_are() {
        let folder = tempfile::tempdir().unwrap();
        let archive =
            cached(folder.path(), &[("6.1", Arch::X86_64), ("7.3", Arch::X86_64), ("7.3", Arch::Aarch64)]);
        assert!(cache(folder.path()).state.starts_with("empty, "), "notes alone are no kernels");
        let offer = archive.offers(Arch::X86_64).unwrap().remove(0);
        let store = Store::existing(folder.path()).unwrap();
        std::fs::write(store.image(&offer), "").unwrap();
        let state = format!("1 for x86_64, 0 for aarch64, {}", store.folder().display());
        assert_eq!(cache(folder.path()), Finding::fine(CACHE, state));
    }

    #[test]
    fn each_platform_of_gvisor_is_tried() {
        let folder = tempfile::tempdir().unwrap();
        let runsc = folder.path().join("runsc");
        executable(
            &runsc,
            "case \"$*\" in --version) echo 'runsc version 1.2';; *=systrap*) ;; *) echo 'no such platform' >&2; exit 1;; esac",
        );
        assert_eq!(
            gvisor(&runsc),
            [
                Finding::fine("gVisor on systrap", "runsc 1.2 ran a program just now"),
                Finding::note(
                    "gVisor on ptrace",
                    "runsc 1.2 cannot run a program on its platform ptrace: no such platform",
                    "`matrix` skips this target",
                ),
            ]
        );
        let missing = gvisor(Path::new("/nonexistent/runsc"));
        assert_eq!(missing.len(), 1);
        assert!(missing[0].state.starts_with("cannot start /nonexistent/runsc"), "{missing:?}");
        assert!(missing[0].advice.contains("fetches Debian's"));
    }
}
