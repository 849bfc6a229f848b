//! The process as its operating system sees it, with the names that Prometheus gives these metrics. Linux only; elsewhere
//! they are missing.

use std::{fs, sync::LazyLock};

/// What `/proc` says about this process.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Process {
    pub cpu_secs: f64,
    pub resident_bytes: u64,
    pub virtual_bytes: u64,
    pub threads: u64,
    pub open_files: u64,
    pub start_secs: f64,
}

/// The unit of times in `/proc`, per second: the same on every architecture that this program is built for.
const TICKS: f64 = 100.0;

/// When the machine was started, in Unix seconds.
static BOOTED: LazyLock<Option<f64>> =
    LazyLock::new(|| fs::read_to_string("/proc/stat").ok().and_then(|text| value(&text, "btime ")));

impl Process {
    /// Reads it now; `None` if there is no `/proc`.
    pub(super) fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let status = fs::read_to_string("/proc/self/status").ok()?;
        // One of them is that of the folder itself.
        let open_files = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1) as u64;
        Self::parse(&stat, &status, (*BOOTED)?, open_files)
    }

    fn parse(stat: &str, status: &str, booted: f64, open_files: u64) -> Option<Self> {
        // The name of the program comes first, in brackets, and may contain anything.
        let (_, stat) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = stat.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
        Some(Self {
            cpu_secs: (field(14)? + field(15)?) / TICKS,
            resident_bytes: value::<u64>(status, "VmRSS:")?.saturating_mul(1024),
            virtual_bytes: value::<u64>(status, "VmSize:")?.saturating_mul(1024),
            threads: value(status, "Threads:")?,
            open_files,
            start_secs: booted + field(22)? / TICKS,
        })
    }
}

/// The number after this name, at the beginning of a line.
fn value<T: std::str::FromStr>(text: &str, name: &str) -> Option<T> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mt_08_times_and_memory_are_in_seconds_and_bytes_whatever_the_program_is_called() {
        let stat = "7 (claim) check (x)) S 1 7 7 0 -1 4194560 9 0 0 0 250 150 0 0 20 0 12 0 6000 1 1 1 0 0";
        let status = "Name:\tclaimcheck\nVmSize:\t  2048 kB\nVmRSS:\t    1024 kB\nThreads:\t12\n";
        let expected = Process {
            cpu_secs: 4.0,
            resident_bytes: 1 << 20,
            virtual_bytes: 2 << 20,
            threads: 12,
            open_files: 9,
            start_secs: 1060.0,
        };
        assert_eq!(Process::parse(stat, status, 1000.0, 9), Some(expected));
        assert_eq!(Process::parse("7 (x) S", status, 1000.0, 9), None, "cut off");
        assert_eq!(Process::parse(stat, "", 1000.0, 9), None);
    }
}
