//! The one binary. It only wires: reads what it is told, starts the rooms in order, says in one line
//! what is in the way, and ends cleanly.

mod addresses;
mod centre;
mod check;
mod claim;
mod clock;
mod demo;
mod deployment;
mod evidence;
mod forms;
mod journal;
mod logging;
mod other_plan;
mod output;
mod prompts;
mod question;
mod replay;
mod serve;
mod signals;
mod simulate;
mod token;
mod understand;
mod user;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Svar: a contact centre for the police and public safety.
#[derive(Parser)]
#[command(name = "svar", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a whole contact centre on this machine, with invented callers and operators.
    Demo(demo::Arguments),
    /// Run a deployment from a configuration file.
    Serve(serve::Arguments),
    /// Explain every fault of a deployment, with file, line and mend.
    Check(check::Arguments),
    /// Bring a database up to date with this program.
    Migrate(journal::MigrateArguments),
    /// Look at the journal.
    #[command(subcommand)]
    Journal(journal::Command),
    /// Ask what would be if, with invented callers and the live router.
    Simulate(simulate::Arguments),
    /// Staff accounts.
    #[command(subcommand)]
    User(user::Command),
    /// Tokens of programs that read the API.
    #[command(subcommand)]
    Token(token::Command),
    /// What the dialogue says.
    #[command(subcommand)]
    Prompts(prompts::Command),
    /// Tell what callers mean and where they are led, line by line from standard input; train the model, measure it.
    Understand(understand::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Migrate(arguments) => journal::migrate(arguments),
        Command::Journal(command) => journal::run(command),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::User(command) => user::run(command),
        Command::Token(command) => token::run(command),
        Command::Prompts(command) => prompts::run(&command),
        Command::Understand(arguments) => understand::run(arguments),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            output::complain!("svar: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A runtime for commands that need one.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    use anyhow::Context;
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the system gives no threads")
}
