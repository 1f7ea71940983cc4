//! How memory is had from the system.

/// Blocks of this many bytes and more go back to the system as soon as they are free. A slide of 1920x1080 takes 8 MiB.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 4 << 20;

/// Bytes that stay with the program at the end of each share of the heap: what decoding a slide needs meanwhile. With
/// fewer each decoder has the system clear its memory anew.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: libc::c_int = 64 << 20;

/// Has pictures in blocks of their own, given back when they are free. glibc by itself raises the size from which it does
/// so to that of the largest block freed: then slides of 8 MiB lie among small things, and free ones cannot be given back.
///
/// Before any thread begins, because each has its share of the heap from then on.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a setting of the C library")]
pub fn give_back_pictures() {
    for (setting, bytes) in [(libc::M_MMAP_THRESHOLD, LARGE), (libc::M_TRIM_THRESHOLD, KEPT)] {
        // Sound: sets a number, under glibc's own lock.
        let taken = unsafe { libc::mallopt(setting, bytes) };
        debug_assert_eq!(taken, 1, "the C library knows the setting");
    }
}

/// Nothing is set on other systems.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub const fn give_back_pictures() {}
