//! Bytes to an XML tree within limits: no document type, no entities of the sender's, bounded size,
//! depth and number of nodes.

use super::{DEPTH_MAX, DOCUMENT_BYTES_MAX, NODES_MAX, PidfError};
use roxmltree::{Document, Error, Node, ParsingOptions};
use std::borrow::Cow;

/// How many prefixes without a declaration are forgiven in one document.
const UNDECLARED_PREFIXES_MAX: usize = 8;

/// The text of a document, with prefixes the sender forgot to declare declared for it. The second
/// value says in words what was forgiven.
pub(super) fn mended(bytes: &[u8]) -> Result<(String, Vec<&'static str>), PidfError> {
    let mut forgiven = Vec::new();
    let mut text = text(bytes, &mut forgiven)?.trim().to_owned();
    if text.is_empty() {
        return Err(PidfError::Empty);
    }
    for _ in 0..UNDECLARED_PREFIXES_MAX {
        match Document::parse_with_options(&text, options()) {
            Err(Error::UnknownNamespace(prefix, _)) => {
                let Some(at) = end_of_root_name(&text) else { break };
                text.insert_str(at, &format!(" xmlns:{prefix}=\"urn:undeclared:{prefix}\""));
                if forgiven.last() != Some(&UNDECLARED) {
                    forgiven.push(UNDECLARED);
                }
            }
            Ok(_) | Err(_) => break,
        }
    }
    Ok((text, forgiven))
}

const UNDECLARED: &str = "a namespace prefix was used without being declared";
const LATIN_1: &str = "the document is not UTF-8 and was read as Latin-1";

pub(super) fn parse(text: &str) -> Result<Document<'_>, PidfError> {
    let document = Document::parse_with_options(text, options()).map_err(|error| match error {
        Error::DtdDetected => PidfError::DocumentType,
        Error::NodesLimitReached | Error::AttributesLimitReached | Error::NamespacesLimitReached => PidfError::TooComplex,
        other => PidfError::NotXml { line: other.pos().row },
    })?;
    let mut depth = 0_usize;
    let mut node = document.root();
    loop {
        if let Some(child) = node.first_child() {
            depth += 1;
            node = child;
        } else if let Some(next) = next_after(node, &mut depth) {
            node = next;
        } else {
            return Ok(document);
        }
        if depth > DEPTH_MAX {
            return Err(PidfError::TooComplex);
        }
    }
}

fn options<'input>() -> ParsingOptions<'input> {
    ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() }
}

fn next_after<'a, 'input>(mut node: Node<'a, 'input>, depth: &mut usize) -> Option<Node<'a, 'input>> {
    loop {
        if let Some(sibling) = node.next_sibling() {
            return Some(sibling);
        }
        node = node.parent()?;
        *depth = depth.saturating_sub(1);
    }
}

fn text<'a>(bytes: &'a [u8], forgiven: &mut Vec<&'static str>) -> Result<Cow<'a, str>, PidfError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(PidfError::TooLong { bytes: bytes.len() });
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(PidfError::NotText);
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            forgiven.push(LATIN_1);
            Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
    })
}

/// Where the root element's name ends, skipping the declaration and comments before it.
fn end_of_root_name(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('<')?;
        let rest = text.get(at..)?;
        if rest.starts_with("<!--") {
            at += rest.find("-->")?;
        } else if rest.starts_with("<?") {
            at += rest.find("?>")?;
        } else {
            let name = rest.get(1..)?;
            return Some(at + 1 + name.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?);
        }
    }
}

/// Children that are elements with this local name, whatever their namespace.
pub(super) fn children<'a, 'input: 'a>(node: Node<'a, 'input>, name: &'a str) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |child| is(*child, name))
}

pub(super) fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

/// The first element below `node` with this local name.
pub(super) fn below<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|inner| is(*inner, name))
}

/// The trimmed text of an element, none when it is empty.
pub(super) fn text_of<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.text().map(str::trim).filter(|text| !text.is_empty())
}
