//! Which folders lie on another computer: the system does not tell what others change there.

use std::path::Path;

/// Whether changes in a folder may go unnoticed, as it lies on a file server or behind a program.
pub(super) fn is_remote(path: &Path) -> bool {
    if cfg!(windows) {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let text = real.to_string_lossy();
        return text.starts_with(r"\\?\UNC\") || text.starts_with(r"\\") && !text.starts_with(r"\\?\");
    }
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    kind_of(&String::from_utf8_lossy(&mounts), &real).is_some_and(|kind| is_remote_kind(&kind))
}

fn is_remote_kind(kind: &str) -> bool {
    const REMOTE: [&str; 16] = [
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "gfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "vboxsf",
    ];
    // `fuseblk` is a disk of this computer.
    REMOTE.contains(&kind) || kind == "fuse" || kind.starts_with("fuse.") || kind == "virtiofs"
}

/// The kind of the file system that a path lies on, from the table that Linux keeps of them.
fn kind_of(table: &str, path: &Path) -> Option<String> {
    let mounted = table.lines().filter_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let point = unescaped(left.split(' ').nth(4)?);
        let kind = right.split(' ').next()?;
        path.starts_with(&point).then(|| (Path::new(&point).components().count(), kind.to_owned()))
    });
    // Of two at the same place the later one is seen.
    mounted.max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

/// `\040` is a space.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        out.extend(code.unwrap_or(b'\\').to_le_bytes());
        out.extend(part.as_bytes().get(if code.is_some() { 3.. } else { 0.. }).unwrap_or_default());
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Most folders that may be watched: half of what the system allows all programs of the user together.
pub(super) fn most_watches() -> usize {
    let allowed = std::fs::read_to_string("/proc/sys/fs/inotify/max_user_watches");
    allowed.ok().and_then(|text| text.trim().parse::<usize>().ok()).map_or(usize::MAX, |most| most / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:26 / /mnt/my\\040server rw shared:9 - nfs4 server:/talks rw
31 30 8:1 / /mnt/my\\040server/disk rw - fuseblk /dev/sda1 rw
32 22 0:40 / /home/a/remote rw - fuse.sshfs a@b: rw
33 22 0:41 / /home/a/remote rw - tmpfs tmpfs rw
damaged \\04 line - ext4
";

    #[test]
    fn the_innermost_and_latest_mount_counts() {
        let kind = |path: &str| kind_of(TABLE, Path::new(path));
        assert_eq!(kind("/home/a").as_deref(), Some("ext4"));
        assert_eq!(kind("/mnt/my server/talks").as_deref(), Some("nfs4"));
        assert_eq!(kind("/mnt/my server/disk/x").as_deref(), Some("fuseblk"));
        assert_eq!(kind("/mnt/my serverless").as_deref(), Some("ext4"));
        assert_eq!(kind("/home/a/remote").as_deref(), Some("tmpfs"));
        assert_eq!(kind_of("", Path::new("/")), None);
    }

    #[test]
    fn servers_are_told_from_disks() {
        for kind in ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"] {
            assert!(is_remote_kind(kind), "{kind}");
        }
        for kind in ["ext4", "btrfs", "fuseblk", "tmpfs", "overlay", "apfs"] {
            assert!(!is_remote_kind(kind), "{kind}");
        }
    }

    #[test]
    fn escapes_are_read_and_damage_is_kept() {
        assert_eq!(unescaped(r"a\040b\134c"), r"a b\c");
        assert_eq!(unescaped(r"a\9\04\"), r"a\9\04\");
    }
}
