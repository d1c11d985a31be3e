//! The program under measurement: started on free loopback ports with a data folder of its own, on
//! one core where the system can say so, ended by its number, its folder removed.

use super::{Place, http};
use crate::child;
use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    path::PathBuf,
    process::{self, Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const READY_MAX: Duration = Duration::from_secs(60);
const ENDING_MAX: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Calls a second and at once that a wide gate lets in.
const WIDE: u32 = 20_000;

pub struct Server {
    child: Child,
    data: PathBuf,
    pub sip: SocketAddr,
    /// From start to the first healthy answer.
    pub ready_after: Duration,
}

impl Server {
    /// Starts `svar demo` without invented people and waits until it is healthy. Its gate is the demo's.
    pub fn start(place: &Place) -> Result<Self> {
        let (http, sip) = (free_port()?, free_port()?);
        let (http_text, sip_text) = (http.to_string(), sip.to_string());
        Self::run(place, http, sip, &["demo", "--callers", "0", "--no-operators", "--http", &http_text, "--sip", &sip_text, "--data"])
    }

    /// Starts `svar serve` with a gate so wide that the program itself is the limit.
    pub fn start_wide(place: &Place) -> Result<Self> {
        let (http, sip) = (free_port()?, free_port()?);
        let data = data_folder();
        fs::create_dir_all(&data)?;
        let file = data.join("bench.toml");
        let text = format!(
            "deployment = \"sweden\"\n[storage]\ndata = \"{}\"\n[web]\nlisten = \"{http}\"\n[sip]\nlisten = \"{sip}\"\ntrunk = \"127.0.0.1:9\"\n\
             new_calls_per_second = {WIDE}\nburst = {WIDE}\nconcurrent_calls_max = {WIDE}\n",
            data.display()
        );
        fs::write(&file, text)?;
        let mut command = on_one_core(place);
        command.arg("serve").arg("--config").arg(&file);
        Self::wait_for(place, command, data, http, sip)
    }

    fn run(place: &Place, http: SocketAddr, sip: SocketAddr, arguments: &[&str]) -> Result<Self> {
        let data = data_folder();
        let mut command = on_one_core(place);
        command.args(arguments).arg(&data);
        Self::wait_for(place, command, data, http, sip)
    }

    fn wait_for(place: &Place, mut command: Command, data: PathBuf, http: SocketAddr, sip: SocketAddr) -> Result<Self> {
        command.env("SVAR_LOG", "error");
        command.current_dir(&place.root).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        let begun = Instant::now();
        let child = command.spawn().with_context(|| format!("{} could not be started", place.program.display()))?;
        let mut server = Self { child, data, sip, ready_after: Duration::ZERO };
        while !http::get(http, "/api/v1/health").is_ok_and(|(status, _)| status == 200) {
            if let Some(status) = server.child.try_wait()? {
                bail!("the program ended before it was ready ({status})");
            }
            if begun.elapsed() > READY_MAX {
                bail!("the program was not ready after {} s", READY_MAX.as_secs());
            }
            thread::sleep(LOOK_EVERY);
        }
        server.ready_after = begun.elapsed();
        Ok(server)
    }

    /// Memory held now, in KiB; `None` where the system does not say.
    pub fn memory_kib(&self) -> Option<u64> {
        resident_kib(&fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?)
    }

    /// Processor time used so far; `None` where the system does not say.
    pub fn processor(&self) -> Option<Duration> {
        let ticks_per_second: u64 = child::answer("getconf", &["CLK_TCK"])?.parse().ok()?;
        let ticks = processor_ticks(&fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?)?;
        Some(Duration::from_millis(ticks * 1000 / ticks_per_second.max(1)))
    }

    /// Asks it to end as Ctrl-C does and waits; how long it took.
    pub fn stop(mut self) -> Result<Duration> {
        let begun = Instant::now();
        let told = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().context("kill could not be started")?;
        if !told.success() {
            bail!("the program had ended by itself");
        }
        while begun.elapsed() < ENDING_MAX {
            if let Some(status) = self.child.try_wait()? {
                return if status.success() { Ok(begun.elapsed()) } else { bail!("the program did not end cleanly ({status})") };
            }
            thread::sleep(LOOK_EVERY);
        }
        bail!("the program had not ended after {} s", ENDING_MAX.as_secs())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` it has ended already and there is nothing to do.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let _ = fs::remove_dir_all(&self.data);
    }
}

/// The program on the first core alone, so that figures per core mean something; whoever measures
/// has the others.
fn on_one_core(place: &Place) -> Command {
    if child::answer("taskset", &["--version"]).is_none() {
        return Command::new(&place.program);
    }
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "0"]).arg(&place.program);
    command
}

fn data_folder() -> PathBuf {
    env::temp_dir().join(format!("svar-bench-data-{}", process::id()))
}

fn resident_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// User and system time, the 14th and 15th words; the second word may hold spaces and brackets.
fn processor_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let words: Vec<&str> = after_name.split_whitespace().collect();
    Some(words.get(11)?.parse::<u64>().ok()? + words.get(12)?.parse::<u64>().ok()?)
}

/// A loopback port that is free for both UDP and TCP.
fn free_port() -> Result<SocketAddr> {
    const TRIES_MAX: usize = 100;
    for _ in 0..TRIES_MAX {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        if UdpSocket::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no port is free for both UDP and TCP")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_account_is_read() {
        assert_eq!(resident_kib("Name:\tsvar\nVmRSS:\t   41234 kB\n"), Some(41_234));
        assert_eq!(resident_kib("Name:\tsvar\n"), None);
        let stat = "7 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20";
        assert_eq!(processor_ticks(stat), Some(300));
        assert_eq!(processor_ticks("7 (a) S"), None);
    }
}
