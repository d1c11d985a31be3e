//! The program under measurement: started on free loopback ports with a data folder of its own, on
//! one core where the system can say so, ended by its number, its folder removed.

use super::{Place, caretaker::Caretaker, http};
use crate::child;
use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    path::{Path, PathBuf},
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
    metrics: Option<SocketAddr>,
    /// Where its pages are; the one that records has none, and nothing is there.
    pub http: SocketAddr,
    pub sip: SocketAddr,
    /// From start to the first healthy answer.
    pub ready_after: Duration,
    caretaker: Option<Caretaker>,
}

impl Server {
    /// Starts `svar demo` without invented people and waits until it is healthy. Its gate is the demo's.
    pub fn start(place: &Place) -> Result<Self> {
        let (http, sip, data) = (free_port()?, free_port()?, data_folder());
        fs::create_dir_all(&data)?;
        let mut command = on_one_core(&place.program);
        command.args(["demo", "--callers", "0", "--no-operators", "--http", &http.to_string(), "--sip", &sip.to_string()]);
        command.arg("--data").arg(&data);
        let mut server = Self::begin(place, command, data, sip, || is_healthy(http))?;
        server.http = http;
        Ok(server)
    }

    /// Starts `svar serve` with a gate so wide that the program itself is the limit.
    pub fn start_wide(place: &Place) -> Result<Self> {
        Self::serve(place, None, None)
    }

    /// The same on what is kept already: in a folder, which stays, or in a database of PostgreSQL beside it.
    pub fn start_on(place: &Place, folder: &Path, database: Option<&str>) -> Result<Self> {
        Self::serve(place, Some(folder), database)
    }

    /// Whoever asks its pages says where they come from, as a proxy would: every citizen has an address.
    fn serve(place: &Place, folder: Option<&Path>, database: Option<&str>) -> Result<Self> {
        let (http, sip, metrics) = (free_port()?, free_port()?, free_port()?);
        let data = data_folder();
        fs::create_dir_all(&data)?;
        let file = data.join("bench.toml");
        let database = database.map(|address| format!("database = \"{address}\"\n")).unwrap_or_default();
        let text = format!(
            "deployment = \"sweden\"\n[storage]\ndata = \"{}\"\n{database}[web]\nlisten = \"{http}\"\nbehind_proxy = true\n\
             [sip]\nlisten = \"{sip}\"\ntrunk = \"127.0.0.1:9\"\n\
             new_calls_per_second = {WIDE}\nburst = {WIDE}\nconcurrent_calls_max = {WIDE}\n\
             [metrics]\nlisten = \"{metrics}\"\n",
            folder.unwrap_or(&data).display()
        );
        fs::write(&file, text)?;
        let mut command = on_one_core(&place.program);
        command.arg("serve").arg("--config").arg(&file);
        let mut server = Self::begin(place, command, data, sip, || is_healthy(http))?;
        (server.http, server.metrics) = (http, Some(metrics));
        Ok(server)
    }

    /// Starts the program that records every conversation into the data folder, and waits until it
    /// takes connections.
    pub fn start_recorder(place: &Place) -> Result<Self> {
        let (sip, data) = (free_port()?, data_folder());
        fs::create_dir_all(&data)?;
        let mut command = on_one_core(&place.example("recording"));
        command.arg(sip.to_string()).arg(&data);
        Self::begin(place, command, data, sip, || TcpStream::connect(sip).is_ok())
    }

    fn begin(place: &Place, mut command: Command, data: PathBuf, sip: SocketAddr, ready: impl Fn() -> bool) -> Result<Self> {
        command.env("SVAR_LOG", "error");
        command.current_dir(&place.root).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        let begun = Instant::now();
        let child = command.spawn().context("the program to be measured could not be started")?;
        let caretaker = Some(Caretaker::of(&data, Some(child.id()))?);
        let http = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        let mut server = Self { child, data, metrics: None, http, sip, ready_after: Duration::ZERO, caretaker };
        while !ready() {
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

    /// Where it keeps its data, for as long as it runs.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// How many contacts wait in a queue now, by the program's own account.
    pub fn waiting(&self) -> Result<u64> {
        let metrics = self.metrics.context("only a program with a wide gate was started with metrics")?;
        let (_, told) = http::get(metrics, "/metrics")?;
        Ok(gauge(&told, "svar_contacts_waiting"))
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
        // After `stop` it has ended already, and only its folder is there.
        drop(self.caretaker.take());
        let _ = self.child.wait();
    }
}

/// The program on the first core alone, so that figures per core mean something; whoever measures
/// has the others.
pub fn on_one_core(program: &Path) -> Command {
    if child::answer("taskset", &["--version"]).is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", "0"]).arg(program);
    command
}

fn is_healthy(http: SocketAddr) -> bool {
    http::get(http, "/api/v1/health").is_ok_and(|(status, _)| status == 200)
}

fn data_folder() -> PathBuf {
    env::temp_dir().join(format!("svar-bench-data-{}", process::id()))
}

/// A gauge in Prometheus' text format; one that was never set is not told and is 0.
fn gauge(told: &str, name: &str) -> u64 {
    told.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or(0)
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

    #[test]
    fn the_programs_own_account_is_read() {
        let told = "# HELP waiting Who waits.\n# TYPE waiting gauge\nwaiting_long 7\nwaiting 12\n";
        for (name, value) in [("waiting", 12), ("waiting_long", 7), ("open", 0)] {
            assert_eq!(gauge(told, name), value, "{name}");
        }
    }
}
