//! What drawing a document would amount to, before anything is built from it: elements that refer to others are drawn
//! as often as they are referred to, so that a few lines can stand for billions of shapes. Pure.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

/// Most elements and texts of a file.
pub(super) const MAX_NODES: u32 = 1_000_000;
/// Most elements that are drawn in the end.
const MAX_DRAWN: u64 = 2_000_000;
/// What a letter costs, in elements: it is shaped, placed and outlined.
const LETTER: u64 = 10;
/// Deepest nesting, references included. Each level takes some stack; real drawings have a dozen.
const MAX_DEPTH: u32 = 100;

/// Whether a document stays within the limits.
pub(super) fn is_bearable(document: &Document) -> bool {
    let mut weigher = Weigher { ids: HashMap::new(), styled: Vec::new(), known: HashMap::new() };
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            weigher.ids.entry(id).or_insert(node);
        }
        if node.has_tag_name("style") || node.tag_name().name() == "style" {
            for text in node.children().filter_map(|child| child.text()) {
                weigher.styled.extend(links(text));
            }
        }
    }
    weigher.weigh(document.root(), 0).is_some_and(|weight| weight.drawn <= MAX_DRAWN)
}

#[derive(Clone, Copy, Default)]
struct Weight {
    drawn: u64,
    height: u32,
}

struct Weigher<'a, 'input> {
    ids: HashMap<&'a str, Node<'a, 'input>>,
    /// What style sheets refer to. Which elements they mean is not looked up: all that have a class.
    styled: Vec<&'a str>,
    /// No weight where an element is being weighed: it refers to itself, which is not followed.
    known: HashMap<NodeId, Option<Weight>>,
}

impl<'a, 'input> Weigher<'a, 'input> {
    /// `None` where it is too deep.
    fn weigh(&mut self, node: Node<'a, 'input>, depth: u32) -> Option<Weight> {
        if let Some(known) = self.known.get(&node.id()) {
            let weight = known.unwrap_or_default();
            return (depth + weight.height <= MAX_DEPTH).then_some(weight);
        }
        if depth > MAX_DEPTH {
            return None;
        }
        self.known.insert(node.id(), None);
        let mut sum = Weight { drawn: 1 + letters(node).saturating_mul(LETTER), height: 0 };
        for child in node.children().filter(Node::is_element) {
            sum = add(sum, self.weigh(child, depth + 1)?, 1);
        }
        for attribute in node.attributes() {
            let value = attribute.value();
            let href = value.strip_prefix('#').filter(|_| attribute.name() == "href");
            // A marker is drawn at each corner of a path.
            let times =
                if attribute.name().starts_with("marker") || value.contains("marker") { corners(node) } else { 1 };
            for id in links(value).chain(href) {
                sum = self.refer(sum, id, times, depth)?;
            }
        }
        if node.has_attribute("class") {
            for at in 0..self.styled.len() {
                sum = self.refer(sum, self.styled.get(at)?, 1, depth)?;
            }
        }
        self.known.insert(node.id(), Some(sum));
        Some(sum)
    }

    fn refer(&mut self, sum: Weight, id: &str, times: u64, depth: u32) -> Option<Weight> {
        match self.ids.get(id) {
            Some(target) => Some(add(sum, self.weigh(*target, depth + 1)?, times)),
            None => Some(sum),
        }
    }
}

fn add(sum: Weight, part: Weight, times: u64) -> Weight {
    let drawn = sum.drawn.saturating_add(part.drawn.saturating_mul(times));
    Weight { drawn, height: sum.height.max(part.height + 1) }
}

/// The names in `url(#name)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|rest| {
        let rest = rest.trim_start().trim_start_matches(['"', '\'']).strip_prefix('#')?;
        rest.split([')', '"', '\'', ' ']).next()
    })
}

/// How many letters an element draws by itself.
fn letters(node: Node) -> u64 {
    if !matches!(node.tag_name().name(), "text" | "tspan" | "textPath" | "a") {
        return 0;
    }
    node.children().filter(Node::is_text).filter_map(|child| child.text()).map(|text| text.len() as u64).sum()
}

fn corners(node: Node) -> u64 {
    let coordinates = ["d", "points"].iter().filter_map(|name| node.attribute(*name)).map(str::len).max();
    coordinates.map_or(1, |length| (length as u64 / 2).max(1))
}
