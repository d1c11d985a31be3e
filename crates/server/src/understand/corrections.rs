//! `svar understand corrections`: what operators made of callers' words, in the form of training sentences, each
//! commented out, so that nothing is learnt from that nobody has read. Personal data: the file is its owner's
//! alone, and every contact that is read for it stands in the access log.

use super::{plan, review::Review};
use crate::{clock, deployment, journal::Place, output::say};
use anyhow::{Context, ensure};
use domain::{
    ContactId, OperatorId, Timestamp,
    access::Permission,
    plan::Plan,
    service_level::{Course, Courses, Utterance},
};
use jiff::civil::Date;
use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use storage::{Access, ContactFile, Entry, PayloadKind, Reader, Seq, Store};

/// What this is called in the access log, and what for.
const READING: &str = "svar understand corrections";
const PURPOSE: &str = "training sentences, to be reviewed";
/// Entries read at once.
const PAGE_ENTRIES: u32 = 1_000;

#[derive(clap::Args)]
pub struct Arguments {
    /// The deployment's folder or its name.
    #[arg(long, default_value = "sweden")]
    deployment: String,
    #[command(flatten)]
    place: Place,
    /// The first day of the calls, by the plan's zone; without, from the beginning.
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// The last day of the calls; without, until now.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Also what no operator corrected: calls that were understood by their words and left as they were to the end.
    #[arg(long)]
    confirmed: bool,
    /// Where it is written. A file that is there already is refused.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Who exports, by the login of a staff account that may see every contact and every person; kept in the access log.
    #[arg(long, value_name = "LOGIN")]
    user: String,
}

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    crate::runtime()?.block_on(export(arguments))
}

async fn export(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { deployment, place, since, until, confirmed, out, user } = arguments;
    let folder = deployment::find(&deployment)?;
    let plan = plan(&folder)?;
    let mut review = Review::new(&folder)?;
    let store = Store::open_existing(&place.location()).await?;
    let reader = who(&store, &user).await?;
    // Before anything is read, so that nobody is read for a file that cannot be written.
    let file = create(&out)?;
    let written = async {
        let chosen = chosen(&store, &plan, Days { since, until }, confirmed).await?;
        write(&store, &plan, reader, &chosen, &mut review, &mut BufWriter::new(file)).await
    };
    let written = written.await;
    store.close().await;
    if written.is_err() || review.lines == 0 {
        std::fs::remove_file(&out)
            .with_context(|| format!("{} holds callers' words and could not be removed: remove it", out.display()))?;
    }
    written?;
    tell(&review, &out, &folder, &deployment)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(review: &Review, out: &Path, folder: &Path, deployment: &str) -> anyhow::Result<()> {
    let Review { lines, erased, alike, .. } = review;
    let left_out = format!("left out: {erased} erased, {alike} like a sentence that is there already");
    if *lines == 0 {
        return say!("nothing to review, so no file is left ({left_out})");
    }
    say!("{lines} sentences to review in {} ({left_out})", out.display())?;
    say!("It holds callers' own words. Read each, as its head says, and take the # away from those to be learnt from.")?;
    let reviewed = folder.join("understanding").join("reviewed");
    say!("Then move it into {} and run: svar understand train --deployment {deployment}", reviewed.display())
}

async fn who(store: &Store, login: &str) -> anyhow::Result<OperatorId> {
    let account = store.account_by_login(login).await?;
    let account =
        account.filter(|account| !account.disabled).with_context(|| format!("there is no account {login:?}: name whoever exports"))?;
    let may = |permission| account.role.may(permission);
    ensure!(
        may(Permission::SeeAll) && may(Permission::SeePersons),
        "the account {login:?} may not see every contact and every person: a leader must export"
    );
    Ok(account.id)
}

/// A new file that nobody but its owner reads.
fn create(out: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(out).with_context(|| format!("{} cannot be made; a file that is there already is not written over", out.display()))
}

/// Days of arrival, both included.
#[derive(Clone, Copy)]
struct Days {
    since: Option<Date>,
    until: Option<Date>,
}

impl Days {
    fn have(self, course: &Course, plan: &Plan) -> bool {
        let date = course.arrived.local(&plan.zone).date();
        self.since.is_none_or(|since| since <= date) && self.until.is_none_or(|until| date <= until)
    }

    fn begin(self, plan: &Plan) -> anyhow::Result<Timestamp> {
        let Some(since) = self.since else { return Ok(Timestamp(0)) };
        let midnight = since.to_zoned(plan.zone.clone()).with_context(|| format!("there is no day {since}"))?;
        Ok(Timestamp(midnight.timestamp().as_millisecond()))
    }
}

/// Contacts that are closed, in which something was said, and which an operator corrected, or has left as they were.
async fn chosen(store: &Store, plan: &Plan, days: Days, confirmed: bool) -> anyhow::Result<Vec<(ContactId, Course)>> {
    let (mut courses, mut chosen) = (Courses::default(), Vec::new());
    let mut entries = store.entries_from(days.begin(plan)?, PAGE_ENTRIES).await?;
    while let Some(last) = entries.last().map(|entry| entry.seq) {
        for Entry { seq, at, event, commands, .. } in &entries {
            let closed = courses.apply(seq.0, *at, event, commands);
            chosen.extend(closed.into_iter().filter(|(_, course)| {
                let made = course.corrected().is_some() || confirmed && course.is_by_words();
                made && course.answered && !course.utterances.is_empty() && days.have(course, plan)
            }));
        }
        entries = store.journal_since(last, PAGE_ENTRIES).await?;
    }
    chosen.sort_by_key(|(contact, _)| *contact);
    Ok(chosen)
}

async fn write(
    store: &Store,
    plan: &Plan,
    reader: OperatorId,
    chosen: &[(ContactId, Course)],
    review: &mut Review,
    to: &mut impl Write,
) -> anyhow::Result<()> {
    write!(to, "{}", Review::head(clock::now()))?;
    for (contact, course) in chosen {
        let access = Access {
            at: clock::now(),
            reader: Reader::Account(reader),
            contact: Some(*contact),
            matter: None,
            what: READING.to_owned(),
            why: PURPOSE.to_owned(),
        };
        store.log_access(&access).await?;
        let Some(file) = store.contact(*contact).await? else { continue };
        for said in &course.utterances {
            match words(&file, said) {
                Words::Are(text) => write!(to, "{}", review.take(plan, course, said, &text).unwrap_or_default())?,
                Words::Erased => review.erased += 1,
                Words::None => {}
            }
        }
    }
    to.flush()?;
    Ok(())
}

/// The words that came with an utterance.
enum Words {
    Are(String),
    Erased,
    /// None were kept.
    None,
}

fn words(file: &ContactFile, said: &Utterance) -> Words {
    let kept = file.payloads.iter().find(|payload| payload.seq == Seq(said.entry) && payload.kind == PayloadKind::Words);
    let Some(kept) = kept else { return Words::None };
    match &kept.body {
        Some(body) => body["text"].as_str().map_or(Words::None, |text| Words::Are(text.to_owned())),
        None => Words::Erased,
    }
}
