//! `svar demo`: a whole contact centre on this machine. Callers, operators and the parties behind the
//! trunk are invented; telephony, routing, storage and pages are the real ones.

mod callers;
mod ears;
mod numbers;
mod operators;
mod people;
mod world;

use crate::{
    centre::{Centre, Settings},
    claim::Owner,
    deployment, evidence, logging,
    output::say,
    serve::Ears,
};
use anyhow::{Context, anyhow, bail};
use domain::plan::Plan;
use ears::InventedEars;
pub use numbers::Numbers;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use storage::{Location, Store};
use switchboard::{Carrier, Carriers, Gateway, Hearing, TextSettings};
use web::WebConfig;
use world::World;

/// Calls the demo takes per second at most; its own callers stay far below.
const NEW_CALLS_PER_SECOND: u32 = 50;
/// Whom the invented gateway shows messages to be from.
const TEXTS_FROM: &str = "Svar";
/// Far more than the invented recogniser needs.
const HEARD_WITHIN: Duration = Duration::from_secs(2);

#[derive(clap::Args)]
pub struct Arguments {
    /// The deployment: a folder, or a name in deployments/.
    #[arg(long, default_value = "sweden")]
    deployment: String,
    /// Where the pages are.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8114")]
    http: SocketAddr,
    /// Where calls come in, over UDP and TCP.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5060")]
    sip: SocketAddr,
    /// The folder that everything is remembered in.
    #[arg(long, value_name = "DIR", default_value = "svar-data")]
    data: PathBuf,
    /// Invented callers on the line at the same time.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(0..=500))]
    callers: u32,
    /// Leave all answering to you.
    #[arg(long)]
    no_operators: bool,
    /// The seed of what the invented people do.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// An API token for scripts.
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Offer metrics for Prometheus here.
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    logging::start("warn");
    check(&arguments)?;
    crate::runtime()?.block_on(play(arguments))?;
    Ok(ExitCode::SUCCESS)
}

fn check(arguments: &Arguments) -> anyhow::Result<()> {
    let addresses = [Some(arguments.http), Some(arguments.sip), arguments.metrics];
    if addresses.into_iter().flatten().any(|address| !address.ip().is_loopback()) {
        bail!("the demo is for this machine alone: give addresses of loopback (127.0.0.1 or [::1]), or use `svar serve`");
    }
    // What a request's header cannot carry would be refused at every request.
    if arguments.token.as_ref().is_some_and(|token| token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic())) {
        bail!("--token takes letters, digits and signs of ASCII without spaces: give another, or leave it out and one is made");
    }
    Ok(())
}

async fn play(arguments: Arguments) -> anyhow::Result<()> {
    let folder = deployment::find(&arguments.deployment)?;
    // Invented callers are heard, where the deployment has sentences; without them nobody is, and the dialogue goes by keys.
    let heard = arguments.callers > 0 && folder.join("understanding").is_dir();
    let hearing = heard.then(|| invented_hearing(&folder, &arguments.data)).transpose()?;
    let deployment = deployment::load(&folder, hearing)?;
    let plan = deployment.plan.clone();
    let callers =
        Numbers::read(&folder).map_err(|_| anyhow!("the numbers of callers have a fault: run `svar check {}`", folder.display()))?;
    let seed = arguments.seed.unwrap_or_else(|| rand::rng().random());
    let (world, legs) = World::start().await.context("the invented telephone network did not start")?;
    let location = Location::Sqlite(arguments.data.clone());
    let token = arguments.token.clone().unwrap_or_else(|| new_secret(24));
    let centre = Centre::start(settings(&arguments, location, deployment, &world, &token)?).await?;
    // Not before the ports and the lease are ours: another demo may be running in this folder, whose
    // password must go on working.
    let password = match prepare_accounts(centre.switchboard.store(), &plan, &world, !arguments.no_operators).await {
        Ok(password) => password,
        Err(error) => {
            centre.stop().await;
            return Err(error);
        }
    };
    // A line that cannot be written ends the demo, but as Ctrl-C does: calls hung up, everything saved.
    let welcomed = print_welcome(&arguments, &centre, &password, &token, seed, &plan);
    let people = Invented::start(&arguments, &centre, &plan, &callers, world, legs, seed);
    let ended = match welcomed {
        Ok(()) => centre.run().await,
        Err(error) => Err(error),
    };
    let parted = say!("\nEnding: calls are hung up and everything is saved.");
    people.stop().await;
    centre.stop().await;
    ended.and(parted)
}

fn settings(
    arguments: &Arguments,
    location: Location,
    deployment: switchboard::Deployment,
    world: &World,
    token: &str,
) -> anyhow::Result<Settings> {
    let mut sip = telephony::Config::loopback(arguments.sip.port());
    sip.sip = arguments.sip;
    sip.rtp_silence_timeout_s = crate::serve::SILENCE_S_MAX;
    sip.admission.new_calls_per_second = NEW_CALLS_PER_SECOND;
    let mut web = WebConfig::at(arguments.http);
    web.board_public = true;
    web.tokens.push(token.to_owned());
    let (owner, node, trunk, metrics) = (Owner::Demo, "demo".to_owned(), world.address().to_string(), arguments.metrics);
    let spill = Some(arguments.data.clone());
    let carrier = has_messages(arguments).then(|| invented_gateway(&web)).transpose()?.map(Carrier::Gateway).map(Arc::new);
    web.demo_messages = carrier.is_some().then(Default::default);
    let carriers = Carriers { text: carrier.clone(), mail: carrier };
    let citizens = web::citizens_pages((arguments.http.port() != 0).then(|| format!("http://{}", arguments.http)));
    let evidence = Some(evidence::beside(&arguments.data));
    Ok(Settings { location, owner, deployment, sip, web, node, trunk, spill, carriers, citizens, mail_in: None, evidence, metrics })
}

fn invented_hearing(folder: &Path, data: &Path) -> anyhow::Result<Hearing> {
    let ears = Ears { recogniser: Box::<InventedEars>::default(), answer_max: HEARD_WITHIN, cost_per_minute: 0.0 };
    crate::serve::hearing(folder, ears, Some(data))
}

/// Whoever says what it is about may be sent a message; where it goes is told before the pages have their address.
fn has_messages(arguments: &Arguments) -> bool {
    arguments.callers > 0 && arguments.http.port() != 0
}

/// Messages go to a page of this program.
fn invented_gateway(web: &WebConfig) -> anyhow::Result<Gateway> {
    let url = format!("http://{}{}", web.listen, web::DEMO_MESSAGES_ADDRESS);
    Ok(Gateway::new(&TextSettings::at(url, TEXTS_FROM))?)
}

/// The desk's account is always ready with a password of its own; virtual operators have telephones
/// in the invented network. An account left from an earlier start is taken over.
async fn prepare_accounts(store: &Store, plan: &Plan, world: &World, with_operators: bool) -> anyhow::Result<String> {
    let password = new_secret(10);
    for wanted in people::accounts(plan, world.address(), with_operators) {
        let account = match store.account_by_login(&wanted.login).await? {
            Some(mut account) => {
                account.sip_address.clone_from(&wanted.sip_address);
                account.skills.clone_from(&wanted.skills);
                account.site.clone_from(&wanted.site);
                store.update_account(&account).await?;
                account
            }
            None => store.create_account(&wanted).await?,
        };
        if wanted.sip_address.is_none() {
            store.set_password(account.id, &password).await?;
        }
    }
    Ok(password)
}

/// Letters and digits that cannot be mistaken for one another.
fn new_secret(characters: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut random = rand::rng();
    (0..characters).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect()
}

fn print_welcome(arguments: &Arguments, centre: &Centre, password: &str, token: &str, seed: u64, plan: &Plan) -> anyhow::Result<()> {
    let title = plan.languages.first().and_then(|language| plan.title.get(language)).cloned().unwrap_or_default();
    let number = plan.numbers.first().cloned().unwrap_or_default();
    let (web, sip) = (centre.web, centre.sip);
    say!(
        "
Svar {version}: {title}, demonstration
Everybody who rings here is invented. Nothing leaves this machine.

  Board       http://{web}/board
  Desk        http://{web}/desk     user: {desk}     password: {password}
  Lead        http://{web}/lead     user: {lead}     password: {password}
  Plan        http://{web}/plan     user: {admin}     password: {password}
{messages}  API         http://{web}/api/v1/openapi.json
              curl -H 'Authorization: Bearer {token}' http://{web}/api/v1/contacts

  To answer a caller: open the desk, sign in, press \"Go on duty\" and allow the microphone. F2 answers.
  To ring yourself: sip:{number}@{sip} from any softphone on this machine (G.711, UDP or TCP, no account).
  In the dialogue: 3 report a crime, 2 no (nothing is happening now), 0 a person, 9 it is happening now.

  {callers} invented callers, {operators}, seed {seed}, data in {data}
  Ctrl-C ends. The next start goes on where this one ended.
",
        version = env!("CARGO_PKG_VERSION"),
        desk = people::DESK_LOGIN,
        lead = people::LEAD_LOGIN,
        admin = people::ADMIN_LOGIN,
        messages = if has_messages(arguments) { messages_line(web) } else { String::new() },
        callers = arguments.callers,
        operators = if arguments.no_operators { "no virtual operators" } else { "virtual operators at work" },
        data = arguments.data.display(),
    )
}

fn messages_line(web: SocketAddr) -> String {
    format!("  Messages    http://{web}{}     what callers were sent by a gateway that is invented too\n", web::DEMO_MESSAGES_ADDRESS)
}

/// Everybody who is invented.
struct Invented {
    world: World,
    tasks: tokio::task::JoinSet<()>,
}

impl Invented {
    fn start(
        arguments: &Arguments,
        centre: &Centre,
        plan: &Plan,
        numbers: &Numbers,
        world: World,
        legs: tokio::sync::mpsc::Receiver<telephony::LegEvent>,
        seed: u64,
    ) -> Self {
        let switchboard = &centre.switchboard;
        let mut tasks = tokio::task::JoinSet::new();
        let mut random = StdRng::seed_from_u64(seed);
        tasks.spawn(world::listen(world.clone(), legs, StdRng::seed_from_u64(random.random())));
        if !arguments.no_operators {
            for login in people::virtual_logins(plan) {
                let random = StdRng::seed_from_u64(random.random());
                tasks.spawn(operators::work(switchboard.clone(), world.clone(), login, random));
            }
        }
        let number = plan.numbers.first().cloned().unwrap_or_default();
        let caller_places = people::caller_places(&switchboard.deployment().places, plan, numbers);
        for place_in_row in 0..arguments.callers {
            let random = StdRng::seed_from_u64(random.random());
            let target = format!("sip:{number}@{}", centre.sip);
            let line = callers::Line {
                world: world.clone(),
                switchboard: switchboard.clone(),
                target,
                place_in_row,
                places: caller_places.clone(),
            };
            tasks.spawn(callers::ring_again_and_again(line, random));
        }
        Self { world, tasks }
    }

    async fn stop(mut self) {
        self.tasks.abort_all();
        while self.tasks.join_next().await.is_some() {}
        self.world.stop().await;
    }
}
