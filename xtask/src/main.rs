//! The project's own commands: what must hold (`test`, `tidy`), what tests need (`setup`), what runs
//! long (`storm`, `mutants`) and what is measured (`bench`) and drawn (`picture`). Started as `cargo xtask`.
//!
//! Nothing here is part of the product, and nothing here changes the working tree.

#![allow(clippy::print_stdout, reason = "this program's whole purpose is to tell a person at a terminal")]

mod bench;
mod child;
mod leftovers;
mod mutants;
mod picture;
mod python;
mod repository;
mod setup;
mod steps;
mod storm;
mod test;
mod tidy;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Checks, tests and measures Svar", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need (as root on Debian), or name the command that does
    Setup,
    /// Run everything that must hold, stopping at the first fault
    Test(test::Arguments),
    /// Check layout, invariants, links and licences
    Tidy,
    /// Run the long storms: many seeds, whole invariants
    Storm(storm::Arguments),
    /// Change the router place by place and list what no test notices
    Mutants(mutants::Arguments),
    /// Measure the release build and print a table
    Bench(bench::Arguments),
    /// Print a picture of figures in the documents, as SVG
    Picture(picture::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Setup => setup::run(),
        Task::Test(arguments) => test::run(&arguments),
        Task::Tidy => tidy::run(),
        Task::Storm(arguments) => storm::run(&arguments),
        Task::Mutants(arguments) => mutants::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Picture(arguments) => picture::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\nerror: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
