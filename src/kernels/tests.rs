//! Fetching kernels, from a made-up archive on this machine.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::vm::image::sample;

/// Where the package list stands in an archive.
const LISTS: &str = "dists/sid/main/binary-amd64";

/// A made-up archive, and a cache.
struct Place {
    folder: TempDir,
}

impl Place {
    /// None where the machine cannot make packages; apt is then not there either.
    fn new(versions: &[&str]) -> Option<Place> {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(place.folder.path().join("archive").join(LISTS)).unwrap();
        let foreign = place.folder.path().join("archive").join(LISTS.replace("amd64", "arm64"));
        fs::create_dir_all(&foreign).unwrap();
        fs::write(foreign.join("Packages"), "").unwrap();
        Command::new("apt-get").arg("--version").output().ok()?;
        versions.iter().for_each(|version| place.package(version));
        Some(place)
    }

    fn package(&self, version: &str) {
        let (archive, tree) = (self.folder.path().join("archive"), self.folder.path().join("tree"));
        fs::create_dir_all(tree.join("DEBIAN")).unwrap();
        fs::create_dir_all(tree.join("usr/lib/modules/x")).unwrap();
        fs::write(tree.join("usr/lib/modules/x/vmlinuz"), sample::bzimage()).unwrap();
        let name = format!("linux-image-{}-cloud-amd64", version.split('-').next().unwrap());
        let file = format!("{name}_{version}_amd64.deb");
        let control = format!(
            "Package: {name}\nVersion: {version}\nArchitecture: amd64\nMaintainer: M <m@m.example>\n"
        );
        fs::write(tree.join("DEBIAN/control"), format!("{control}Description: sample\n")).unwrap();
        let deb = archive.join(&file);
        assert!(Command::new("dpkg-deb").arg("-b").args([&tree, &deb]).output().unwrap().status.success());
        let bytes = fs::read(&deb).unwrap();
        let hash: String = sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(&bytes))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let list = fs::read_to_string(archive.join(LISTS).join("Packages")).unwrap_or_default();
        let entry = format!(
            "{control}Filename: ./{file}\nSize: {}\nSHA256: {hash}\nDescription: sample\n\n",
            bytes.len()
        );
        fs::write(archive.join(LISTS).join("Packages"), list + &entry).unwrap();
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn open(&self) -> anyhow::Result<Archive> {
        let archive = self.folder.path().join("archive");
        // A copy, not the list in place, as with archives behind a network.
        let sources = format!(
            "Types: deb\nURIs: copy:{}\nSuites: sid\nComponents: main\nTrusted: yes\n",
            archive.display()
        );
        Archive::at(&self.cache(), &sources)
    }

    fn offline(&self) -> Archive {
        Archive { store: Store::open(&self.cache()).unwrap(), apt: None }
    }

    fn cached(&self) -> Vec<String> {
        let entries = fs::read_dir(self.cache().join("kernels")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A cache of which the notes name kernels of these lines, opened without the archive.
pub fn cached(folder: &Path, lines: &[(&str, Arch)]) -> Archive {
    let store = Store::open(folder).unwrap();
    for &(line, arch) in lines {
        let release = line.strip_suffix("-rc");
        let version = release.map_or(format!("{line}.1-1"), |line| format!("{line}~rc1-1~exp1"));
        let package = format!("linux-image-{line}.1-cloud-{}", apt::debian(arch));
        let kernel = Offer { line: line.to_owned(), arch, package, version };
        let note = serde_json::json!({ "kernel": kernel, "sha256": "" });
        let mut path = store.image(&kernel).into_os_string();
        path.push(".json");
        fs::write(path, note.to_string()).unwrap();
    }
    Archive { store, apt: None }
}

const IMAGE: &str = "linux-image-6.1.2-cloud-amd64_6.1.2-1_x86_64";

fn offered(archive: &Archive) -> Vec<String> {
    let offers = archive.offers(Arch::X86_64).unwrap();
    offers.into_iter().map(|offer| format!("{} {}", offer.line, offer.version)).collect()
}

#[test]
fn the_image_is_kept_and_found_without_the_archive() {
    let Some(place) = Place::new(&["6.1.1-1", "6.1.2-1", "5.10.9-1"]) else { return };
    let archive = place.open().unwrap();
    assert_eq!(offered(&archive), ["5.10 5.10.9-1", "6.1 6.1.2-1"]);
    let offer = archive.offers(Arch::X86_64).unwrap().pop().unwrap();
    assert!(!archive.has(&offer));
    let kernel = archive.fetch(&offer).unwrap();
    assert_eq!(fs::read(&kernel.image).unwrap(), sample::bzimage());
    assert_eq!(place.cached(), [IMAGE.to_owned(), format!("{IMAGE}.json"), "lock".to_owned()]);
    let offline = place.offline();
    assert_eq!(offered(&offline), ["6.1 6.1.2-1"]);
    assert_eq!(offline.fetch(&offer).unwrap(), kernel);
}

#[test]
fn a_spoilt_image_is_fetched_again_and_leftovers_go() {
    let Some(place) = Place::new(&["6.1.2-1"]) else { return };
    let archive = place.open().unwrap();
    let offer = archive.offers(Arch::X86_64).unwrap().pop().unwrap();
    let kernel = archive.fetch(&offer).unwrap();
    fs::write(&kernel.image, "spoilt").unwrap();
    fs::create_dir(place.cache().join("kernels/.fetch-left")).unwrap();
    let error = place.offline().fetch(&offer).expect_err("it is spoilt");
    assert!(error.to_string().contains("is not whole in the cache"), "{error}");
    archive.fetch(&offer).unwrap();
    assert_eq!(fs::read(&kernel.image).unwrap(), sample::bzimage());
    assert!(!place.cached().contains(&".fetch-left".to_owned()));
}

#[test]
fn a_package_that_is_not_what_the_list_says_is_refused_by_apt() {
    let Some(place) = Place::new(&["6.1.2-1"]) else { return };
    let archive = place.open().unwrap();
    let offer = archive.offers(Arch::X86_64).unwrap().pop().unwrap();
    let deb = place.folder.path().join("archive/linux-image-6.1.2-cloud-amd64_6.1.2-1_amd64.deb");
    let mut bytes = fs::read(&deb).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&deb, bytes).unwrap();
    let error = format!("{:#}", archive.fetch(&offer).expect_err("it is corrupt"));
    assert!(error.contains("Hash Sum mismatch"), "{error}");
    assert_eq!(place.cached(), ["lock"]);
}

#[test]
fn an_archive_out_of_reach_is_made_up_for_by_the_cache() {
    let Some(place) = Place::new(&["6.1.2-1"]) else { return };
    let unreachable = "Types: deb\nURIs: copy:/nonexistent\nSuites: sid\nComponents: main\nTrusted: yes\n";
    let error = format!("{:#}", Archive::at(&place.cache(), unreachable).expect_err("nothing is there"));
    assert!(error.contains("no kernel is cached and the Debian archive cannot be read"), "{error}");
    let archive = place.open().unwrap();
    archive.fetch(&archive.offers(Arch::X86_64).unwrap()[0]).unwrap();
    fs::remove_dir_all(place.cache().join("apt")).unwrap();
    assert_eq!(offered(&Archive::at(&place.cache(), unreachable).unwrap()), ["6.1 6.1.2-1"]);
}
