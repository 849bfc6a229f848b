//! What the machine gives this process: open files and memory. The bounds of the budget follow them.

use std::{fs, path::Path};

use rlimit::Resource;

/// More open files are not needed: the most connections, and the files for stores, provider and APIs.
const WANTED_FILES: u64 = 65_536;
/// If nothing is known about the memory.
const USUAL_MEMORY: u64 = 1 << 30;
const CGROUPS: &str = "/sys/fs/cgroup";

/// The resources of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// How many files the process may open at a time. Each connection is one.
    pub open_files: usize,
    /// Bytes of memory: of the control group, the process or the machine, whichever is least.
    pub memory: u64,
}

impl Machine {
    /// Reads the limits of this process.
    pub fn read() -> Self {
        let files = Resource::NOFILE.get().map_or(1024, |(soft, _)| soft).min(WANTED_FILES);
        Self { open_files: usize::try_from(files).unwrap_or(usize::MAX), memory: memory() }
    }

    /// Raises the limit of open files as far as the system allows, up to 65 536, and then reads the limits. This is
    /// sound because nothing in this program uses `select`, for which systems keep the soft limit low.
    pub fn raise_and_read() -> Self {
        let before = Self::read().open_files;
        match rlimit::increase_nofile_limit(WANTED_FILES) {
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
        }
        let machine = Self::read();
        if machine.open_files > before {
            tracing::info!(before, now = machine.open_files, "raised the limit of open files");
        }
        machine
    }
}

/// Bytes of memory that this process can use.
fn memory() -> u64 {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let of_groups =
        limit_files(&groups).into_iter().filter_map(|file| bytes(&fs::read_to_string(file).ok()?));
    let of_machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let of_process = Resource::AS.get().map(|(soft, _)| soft).ok();
    of_groups.chain(of_machine).chain(of_process).min().unwrap_or(USUAL_MEMORY).min(1 << 50)
}

/// The files with the limits of these control groups (cgroups(7)): of the group itself and of each above it. Inside a
/// container its own group is often shown as the root.
fn limit_files(groups: &str) -> Vec<String> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let fields = line.split_once(':').and_then(|(_, rest)| rest.split_once(':'));
        let Some((controllers, path)) = fields else { continue };
        let (folder, file) = match controllers {
            "" => (CGROUPS.to_owned(), "memory.max"),
            _ if controllers.split(',').any(|name| name == "memory") => {
                (format!("{CGROUPS}/memory"), "memory.limit_in_bytes")
            }
            _ => continue,
        };
        for group in Path::new(path.trim_start_matches('/')).ancestors() {
            files.push(Path::new(&folder).join(group).join(file).display().to_string());
        }
    }
    files
}

/// A limit in bytes; `max` is none.
fn bytes(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|bytes| *bytes > 0)
}

/// The memory of the machine, in the format of `/proc/meminfo`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::{Machine, bytes, limit_files, total};

    #[test]
    fn f02_the_machine_is_read_and_files_are_raised_as_far_as_allowed() {
        let before = Machine::read();
        assert!(before.open_files > 16 && before.memory > 1 << 20, "{before:?}");
        let raised = Machine::raise_and_read();
        let (soft, hard) = rlimit::Resource::NOFILE.get().unwrap();
        assert!(raised.open_files >= before.open_files);
        assert!(soft == hard || soft >= 65_536);
    }

    #[test]
    fn f02_a_limit_of_memory_is_found_in_both_versions_of_control_groups() {
        assert_eq!(
            limit_files("0::/system.slice/claimcheck.service\n"),
            [
                "/sys/fs/cgroup/system.slice/claimcheck.service/memory.max",
                "/sys/fs/cgroup/system.slice/memory.max",
                "/sys/fs/cgroup/memory.max"
            ]
        );
        assert_eq!(limit_files("0::/\n"), ["/sys/fs/cgroup/memory.max"]);
        assert_eq!(
            limit_files("5:cpu,cpuacct:/a\n4:memory:/docker/b\nnonsense\n"),
            [
                "/sys/fs/cgroup/memory/docker/b/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes"
            ]
        );
        assert_eq!(bytes("268435456\n"), Some(268_435_456));
        assert_eq!((bytes("max\n"), bytes(""), bytes("0")), (None, None, None));
        assert_eq!(total("MemTotal:        4028180 kB\nMemFree: 1 kB\n"), Some(4028180 * 1024));
        assert_eq!(total("MemFree: 1 kB\n"), None);
    }
}
