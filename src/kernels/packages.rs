//! Packages: which of those in apt's lists hold the newest kernel of each line.

use std::collections::BTreeMap;
use std::io::BufRead;

use ptrace_conformance_harness::case::Arch;

use super::Offer;
use super::apt::debian;
use super::version;

/// A package as a list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Reads a list, keeping the packages that may hold a cloud kernel.
pub fn kernels(list: impl BufRead, arch: Arch) -> std::io::Result<Vec<Package>> {
    named(list, |name| is_kernel(name, arch))
}

/// Reads a list for the versions of one package.
pub fn versions(list: impl BufRead, package: &str) -> std::io::Result<Vec<String>> {
    Ok(named(list, |name| name == package)?.into_iter().map(|package| package.version).collect())
}

fn named(mut list: impl BufRead, wanted: impl Fn(&str) -> bool) -> std::io::Result<Vec<Package>> {
    let (mut found, mut name, mut line) = (Vec::new(), String::new(), String::new());
    // One buffer for all lines: the lists have millions.
    while list.read_line(&mut line)? > 0 {
        if let Some(value) = line.strip_prefix("Package: ") {
            value.trim_end().clone_into(&mut name);
        } else if let Some(version) = line.strip_prefix("Version: ").filter(|_| wanted(&name)) {
            found.push(Package { name: name.clone(), version: version.trim_end().to_owned() });
        }
        line.clear();
    }
    Ok(found)
}

/// The meta packages have no version in their name, the debug symbols and builds for real time no place here.
fn is_kernel(name: &str, arch: Arch) -> bool {
    let rest = name.strip_prefix("linux-image-").or_else(|| name.strip_prefix("linux-binary-"));
    let rest = rest.map(|rest| rest.strip_suffix("-unsigned").unwrap_or(rest));
    rest.and_then(|rest| rest.strip_suffix(&format!("-cloud-{}", debian(arch))))
        .is_some_and(|release| release.starts_with(|c: char| c.is_ascii_digit()) && !release.ends_with("-rt"))
}

/// The newest kernel of each line, oldest line first.
pub fn newest(packages: &[Package], arch: Arch) -> Vec<Offer> {
    let mut lines: BTreeMap<String, &Package> = BTreeMap::new();
    for package in packages {
        let Some(line) = version::line(&package.version) else { continue };
        let best = lines.entry(line).or_insert(package);
        if better(package, best) {
            *best = package;
        }
    }
    let offer = |(line, package): (String, &Package)| Offer {
        line,
        arch,
        package: package.name.clone(),
        version: package.version.clone(),
    };
    let mut offers: Vec<_> = lines.into_iter().map(offer).collect();
    offers.sort_by(|a, b| version::compare_lines(&a.line, &b.line));
    offers
}

/// The newer one; of one version that which holds the image (since 6.19 linux-binary), signed if it can be.
fn better(a: &Package, b: &Package) -> bool {
    let rank =
        |package: &Package| (package.name.starts_with("linux-binary-"), !package.name.ends_with("-unsigned"));
    let order = version::compare(&a.version, &b.version)
        .then_with(|| rank(a).cmp(&rank(b)))
        .then_with(|| version::compare(&a.name, &b.name));
    order.is_gt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "\
Package: linux-image-cloud-amd64
Version: 7.3-1

Package: linux-image-6.12.9+deb13-cloud-amd64
Version: 6.12.9-1

Package: linux-image-6.12.10+deb13-cloud-amd64-unsigned
Version: 6.12.10-1

Package: linux-image-6.12.10+deb13-cloud-amd64
Version: 6.12.10-1

Package: linux-image-6.12.10+deb13-cloud-amd64-dbg
Version: 6.12.10-1

Package: linux-image-6.12.99-amd64
Version: 6.12.99-1

Package: linux-image-7.3-cloud-amd64
Version: 7.3-1

Package: linux-binary-7.3-cloud-amd64
Version: 7.3-1

Package: linux-binary-7.3-rc7-cloud-amd64
Version: 7.3~rc7-1~exp1

Package: linux-image-6.12.98-cloud-arm64
Version: 6.12.98-1
";

    #[test]
    fn the_newest_of_each_line_is_offered() {
        let mut packages = kernels(LIST.as_bytes(), Arch::X86_64).unwrap();
        let told = |packages: &[Package]| {
            let tell = |offer: Offer| format!("{} {} {}", offer.line, offer.package, offer.version);
            newest(packages, Arch::X86_64).into_iter().map(tell).collect::<Vec<_>>()
        };
        let expected = [
            "6.12 linux-image-6.12.10+deb13-cloud-amd64 6.12.10-1",
            "7.3-rc linux-binary-7.3-rc7-cloud-amd64 7.3~rc7-1~exp1",
            "7.3 linux-binary-7.3-cloud-amd64 7.3-1",
        ];
        assert_eq!(told(&packages), expected);
        packages.reverse();
        assert_eq!(told(&packages), expected);
    }
}
