//! Bundles the browser parts (`browser/`) with sass and esbuild from the npm lock file into `OUT_DIR`,
//! and writes the table of names that the server embeds. Nothing third-party is kept in the project.
//!
//! With `SVAR_WEB_PREBUILT` naming a folder of finished bundles no Node.js is needed. Such a folder
//! is what an earlier build left in its `OUT_DIR/browser`.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// What the pages ask for by name; each must come out of the bundler.
const ENTRIES: [&str; 9] =
    ["console.css", "desk.css", "board.css", "console.js", "desk.js", "board.js", "files.js", "icon.svg", "icon-ring.svg"];
/// What sass makes first of the file beside it ([`CITIZEN_SOURCE`]).
const CITIZEN: &str = "citizen.css";
const CITIZEN_SOURCE: &str = "citizen.scss";
const PREBUILT: &str = "SVAR_WEB_PREBUILT";
const NODE_NEEDED: &str = "the browser parts are bundled with Node.js 18 or newer and npm. Install both (Debian: `apt-get install nodejs npm`), \
     or set SVAR_WEB_PREBUILT to a folder of finished bundles";

fn main() -> ExitCode {
    for watched in ["browser", "package.json", "package-lock.json", ".npmrc", "build.rs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    println!("cargo::rerun-if-env-changed={PREBUILT}");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("cargo::error={fault}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let source = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|e| e.to_string())?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|e| e.to_string())?);
    let bundles = match env::var_os(PREBUILT) {
        Some(folder) => PathBuf::from(folder),
        None => bundle(&source, &out)?,
    };
    write_table(&bundles, &out)
}

fn bundle(source: &Path, out: &Path) -> Result<PathBuf, String> {
    let tools = out.join("npm");
    install(source, &tools)?;
    let bundles = out.join("browser");
    let _ = fs::remove_dir_all(&bundles);
    let citizen = out.join(CITIZEN);
    let mut sass = Command::new("node");
    sass.arg(tools.join("node_modules/sass/sass.js")).args(["--no-source-map", "--quiet-deps"]);
    sass.arg(format!("--load-path={}", tools.join("node_modules").display()));
    sass.arg(source.join("browser").join(CITIZEN_SOURCE)).arg(&citizen);
    run(&mut sass, "sass could not translate crates/web/browser/citizen.scss")?;
    let mut esbuild = Command::new("node");
    esbuild.arg(tools.join("node_modules/esbuild/bin/esbuild"));
    esbuild.args(ENTRIES.map(|entry| source.join("browser").join(entry))).arg(&citizen);
    esbuild.args([
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2022",
        "--charset=utf8",
        "--loader:.svg=copy",
        "--log-level=warning",
    ]);
    esbuild.args(["--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]"]);
    esbuild.arg(format!("--outdir={}", bundles.display()));
    run(&mut esbuild, "esbuild could not bundle crates/web/browser")?;
    Ok(bundles)
}

/// Installs what the lock file names, once for each content of the lock file.
fn install(source: &Path, tools: &Path) -> Result<(), String> {
    let lock = read(&source.join("package-lock.json"))?;
    let done = tools.join("installed");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    fs::create_dir_all(tools).map_err(|e| format!("cannot create {}: {e}", tools.display()))?;
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        fs::copy(source.join(name), tools.join(name)).map_err(|e| format!("cannot copy {name}: {e}"))?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm).arg("ci").current_dir(tools), "npm could not install what crates/web/package-lock.json names")?;
    fs::write(&done, lock).map_err(|e| format!("cannot write {}: {e}", done.display()))
}

fn run(command: &mut Command, fault: &str) -> Result<(), String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr).replace('\n', " | ");
            Err(format!("{fault}: {told}"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(NODE_NEEDED.to_owned()),
        Err(error) => Err(format!("{fault}: {error}")),
    }
}

/// `ASSETS`: asked name, served name (with the content's hash), bytes.
fn write_table(bundles: &Path, out: &Path) -> Result<(), String> {
    let mut files: Vec<PathBuf> = fs::read_dir(bundles)
        .map_err(|e| format!("cannot read {}: {e}", bundles.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    files.sort();
    let mut table = String::from("pub static ASSETS: &[(&str, &str, &[u8])] = &[\n");
    let mut found = Vec::new();
    for file in &files {
        let Some(served) = file.file_name().and_then(|name| name.to_str()) else { continue };
        let Some(name) = without_hash(served) else { continue };
        table.push_str(&format!("    ({name:?}, {served:?}, include_bytes!({:?})),\n", file.display().to_string()));
        found.push(name);
    }
    table.push_str("];\n");
    if let Some(missing) = ENTRIES.iter().chain(&[CITIZEN]).find(|entry| !found.iter().any(|name| name == *entry)) {
        return Err(format!("{} holds no bundle of {missing}: build it anew, or unset {PREBUILT}", bundles.display()));
    }
    fs::write(out.join("assets.rs"), table).map_err(|e| format!("cannot write the table of bundles: {e}"))
}

/// `desk-4F2KQX7A.js` is served for `desk.js`.
fn without_hash(served: &str) -> Option<String> {
    let (stem, ending) = served.rsplit_once('.')?;
    let (name, _hash) = stem.rsplit_once('-')?;
    Some(format!("{name}.{ending}"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}
