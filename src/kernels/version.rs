//! Versions of Debian packages, ordered as dpkg orders them.

use std::cmp::Ordering;

/// Compares two versions by deb-version(7): epoch, upstream version, revision.
pub fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, rest_a), (epoch_b, rest_b)) = (epoch(a), epoch(b));
    let ((upstream_a, revision_a), (upstream_b, revision_b)) = (revision(rest_a), revision(rest_b));
    epoch_a
        .cmp(&epoch_b)
        .then_with(|| parts(upstream_a, upstream_b))
        .then_with(|| parts(revision_a, revision_b))
}

/// The kernel line of a version: `6.12` of `6.12.94-1`, `7.3-rc` of `7.3~rc7-1~exp1`.
pub fn line(version: &str) -> Option<String> {
    let (_, rest) = epoch(version);
    let (upstream, _) = revision(rest);
    let candidate = if upstream.contains("~rc") { "-rc" } else { "" };
    let mut numbers = upstream.split(|c: char| !c.is_ascii_digit());
    let (major, minor) = (numbers.next()?.parse::<u32>().ok()?, numbers.next()?.parse::<u32>().ok()?);
    Some(format!("{major}.{minor}{candidate}"))
}

/// Orders lines as kernels came out; a release candidate stands before its release.
pub fn compare_lines(a: &str, b: &str) -> Ordering {
    parts(&a.replace("-rc", "~rc"), &b.replace("-rc", "~rc"))
}

fn epoch(version: &str) -> (u64, &str) {
    let split = version.split_once(':');
    split.and_then(|(epoch, rest)| Some((epoch.parse().ok()?, rest))).unwrap_or((0, version))
}

fn revision(version: &str) -> (&str, &str) {
    version.rsplit_once('-').unwrap_or((version, ""))
}

/// Text and number take turns, text first; both may be empty.
fn parts(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (text_a, text_b);
        (text_a, a) = a.split_at(a.find(|c: char| c.is_ascii_digit()).unwrap_or(a.len()));
        (text_b, b) = b.split_at(b.find(|c: char| c.is_ascii_digit()).unwrap_or(b.len()));
        let (number_a, number_b);
        (number_a, a) = a.split_at(a.find(|c: char| !c.is_ascii_digit()).unwrap_or(a.len()));
        (number_b, b) = b.split_at(b.find(|c: char| !c.is_ascii_digit()).unwrap_or(b.len()));
        let order = text(text_a, text_b).then_with(|| number(number_a, number_b));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// A tilde stands before the end, letters before all other characters.
fn text(a: &str, b: &str) -> Ordering {
    let weight = |c: char| match c {
        '~' => 0,
        c if c.is_ascii_alphabetic() => 2 + u32::from(c),
        c => 0x200 + u32::from(c),
    };
    let weights = |text: &str| text.chars().map(weight).chain([1]).collect::<Vec<_>>();
    weights(a).cmp(&weights(b))
}

fn number(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_order_is_dpkgs() {
        let versions = [
            "1",
            "1-1",
            "1.0",
            "1.0-1",
            "1.0~rc1",
            "1.0~rc1-1~exp1",
            "1.0+b1",
            "1.0a",
            "1:0.1",
            "0:1.0",
            "1.10",
            "1.9",
            "6.1.99-1",
            "6.1.100-1",
            "7.3~rc7-1~exp1",
            "7.3-1",
            "7.3-1~bpo13+1",
            "1.a",
            "1.01",
            "1~~",
            "1~",
        ];
        if Command::new("dpkg").arg("--version").output().is_err() {
            return assert_eq!(compare("7.3~rc7-1", "7.3-1"), Ordering::Less);
        }
        for (a, b) in versions.iter().flat_map(|a| versions.iter().map(move |b| (a, b))) {
            let says = |relation| {
                let status = Command::new("dpkg").args(["--compare-versions", a, relation, b]).status();
                status.unwrap().success()
            };
            let dpkg = match (says("lt"), says("gt")) {
                (true, _) => Ordering::Less,
                (_, true) => Ordering::Greater,
                _ => Ordering::Equal,
            };
            assert_eq!(compare(a, b), dpkg, "{a} {b}");
        }
    }

    #[test]
    fn versions_have_lines() {
        assert_eq!(line("6.12.94-1~bpo12+1").as_deref(), Some("6.12"));
        assert_eq!(line("7.3~rc7-1~exp1").as_deref(), Some("7.3-rc"));
        assert_eq!(line("7.3-1").as_deref(), Some("7.3"));
        assert_eq!(line("snapshot"), None);
    }

    #[test]
    fn lines_stand_as_kernels_came_out() {
        let mut lines = ["7.3", "6.12", "7.3-rc", "5.10", "6.1"];
        lines.sort_by(|a, b| compare_lines(a, b));
        assert_eq!(lines, ["5.10", "6.1", "6.12", "7.3-rc", "7.3"]);
    }
}
