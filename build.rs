//! Before the build: what the program calls itself, its manual page and completions, and its icon on Windows.
//!
//! Pages and completions are written to `OUT_DIR` and to `assets` in the target folder, where packagers find them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use clap::{CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;

#[path = "src/cli/args.rs"]
#[expect(dead_code, unreachable_pub, reason = "shared with the program, which uses the rest")]
mod args;

const ICON: &str = "assets/icon/plenary.ico";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/cli/args.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    println!("cargo:rustc-env=PLENARY_VERSION={}", version(&root)?);
    write_pages(Path::new(&env::var("OUT_DIR")?))?;
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "windows") {
        embed_icon(&root.join(ICON));
    }
    Ok(())
}

/// `0.1.0 (1a2b3c4d5)`, or without the commit where there is no checkout or no git.
fn version(root: &Path) -> Result<String, env::VarError> {
    let version = env::var("CARGO_PKG_VERSION")?;
    Ok(match commit(root) {
        Some(commit) => format!("{version} ({commit})"),
        None => version,
    })
}

fn commit(root: &Path) -> Option<String> {
    // Unpacked inside another project's checkout, that project's commit would be misleading.
    let top = fs::canonicalize(git(root, &["rev-parse", "--show-toplevel"])?).ok()?;
    if top != fs::canonicalize(root).ok()? {
        return None;
    }
    // A commit changes one of these: the log, the branch, or the file of packed branches. One that does not exist is
    // left out, for cargo would take it as changed each time.
    let branch = git(root, &["rev-parse", "--symbolic-full-name", "HEAD"]);
    for name in ["HEAD", "logs/HEAD", "packed-refs"].into_iter().chain(branch.as_deref()) {
        let path = git(root, &["rev-parse", "--git-path", name]).map(|path| root.join(path));
        if let Some(path) = path.filter(|path| path.is_file()) {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    git(root, &["rev-parse", "--short=9", "HEAD"])
}

fn git(root: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(root).args(args).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// The manual page and the completions.
fn write_pages(out_dir: &Path) -> Result<(), Box<dyn Error>> {
    let mut command = args::Args::command();
    let mut pages: Vec<(String, Vec<u8>)> = Vec::new();
    // Gives each subcommand its full name.
    command.build();
    for described in std::iter::once(&command).chain(command.get_subcommands()) {
        let manual = clap_mangen::Man::new(described.clone());
        let mut page = Vec::new();
        manual.render(&mut page)?;
        pages.push((manual.get_filename(), page));
    }
    for shell in Shell::value_variants().iter().filter(|shell| **shell != Shell::Elvish) {
        let mut page = Vec::new();
        clap_complete::generate(*shell, &mut command, "plenary", &mut page);
        pages.push((clap_complete::Generator::file_name(shell, "plenary"), page));
    }
    for (name, page) in &pages {
        write_if_changed(&out_dir.join(name), page)?;
    }
    // OUT_DIR is target/PROFILE/build/plenary-HASH/out, by default. That elsewhere nothing is found is no failure.
    let profile = out_dir.ancestors().find(|folder| folder.ends_with("build")).and_then(Path::parent);
    if let Some(stable) = profile.and_then(Path::parent).map(|target| target.join("assets"))
        && fs::create_dir_all(&stable).is_ok()
    {
        for (name, page) in &pages {
            if let Err(error) = write_if_changed(&stable.join(name), page) {
                println!("cargo:warning=cannot write {name} to {}: {error}", stable.display());
            }
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "nobody reads these files while they are written")]
fn write_if_changed(path: &Path, page: &[u8]) -> std::io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == page) { Ok(()) } else { fs::write(path, page) }
}

/// A program without its icon is better than none.
fn embed_icon(icon: &Path) {
    println!("cargo:rerun-if-changed={ICON}");
    if !icon.is_file() {
        println!("cargo:warning={ICON} is missing; the program will have no icon");
        return;
    }
    if let Err(error) = winresource::WindowsResource::new().set_icon(&icon.to_string_lossy()).compile() {
        println!("cargo:warning=the program will have no icon: {error}");
    }
}
