//! From the data of a digest to its text, by a template: a built-in one or the viewer's own.

use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use super::{Entry, ExportError, Format, Options, digest, escape};

/// The built-in template of a format, where it has one.
pub(super) fn built_in(format: Format) -> Option<&'static str> {
    match format {
        Format::Markdown => Some(include_str!("../../assets/templates/digest.md")),
        Format::Html => Some(include_str!("../../assets/templates/digest.html")),
        Format::Org => Some(include_str!("../../assets/templates/digest.org")),
        Format::Bibtex | Format::CslJson => None,
    }
}

/// The digest of talks that are kept.
pub(super) fn render(entries: &[&Entry], options: &Options, target: &Path) -> Result<String, ExportError> {
    let source = options.template.as_deref().or_else(|| built_in(options.format)).unwrap_or_default();
    let data = Value::from(Serde(digest::build(entries, options, target)));
    environment(options.format)
        .and_then(|environment| environment.render_str(source, data))
        .map_err(|error| fault(&error))
}

fn environment(format: Format) -> Result<Environment<'static>, minijinja::Error> {
    let escape = match format {
        Format::Html => escape::html,
        Format::Org => escape::org,
        Format::Markdown | Format::Bibtex | Format::CslJson => escape::markdown,
    };
    let mut environment = Environment::new();
    // A line that holds nothing but a tag leaves no line.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
    environment.set_syntax(syntax);
    // A misspelt name in the viewer's template is an error with its line, not an empty place.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("digest".into()));
    environment.set_formatter(move |out, state, value| {
        if value.is_undefined() {
            return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
        }
        let plain = value.is_safe()
            || matches!(value.kind(), ValueKind::Number | ValueKind::Bool)
            || *state.auto_escape() == AutoEscape::None;
        match value.kind() {
            ValueKind::None => Ok(()),
            _ if plain => write!(out, "{value}").map_err(minijinja::Error::from),
            _ => out.write_str(&escape(&value.to_string())).map_err(minijinja::Error::from),
        }
    });
    Ok(environment)
}

fn fault(error: &minijinja::Error) -> ExportError {
    let kind = error.kind().to_string();
    let why = error.detail().map_or_else(|| kind.clone(), |detail| format!("{kind}: {detail}"));
    ExportError::Template { line: error.line().unwrap_or(1), why }
}
