//! The logo and the icon: a small PNG or SVG file without active content.
//!
//! Pages show it only through `<img>`, where no browser runs scripts or loads anything, and it is served with a policy
//! that forbids both. Active content is refused all the same, because it could take effect where the file is used next.

use std::{fmt, fs, path::Path, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use roxmltree::{Document, Node};
use sha2::{Digest, Sha256};

/// The maximum size, in bytes: every first visit loads it.
const MAX_BYTES: u64 = 64 * 1024;
/// The first bytes of every PNG file (ISO/IEC 15948 5.2).
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const SVG_NAMESPACE: &str = "http://www.w3.org/2000/svg";
/// Elements that run scripts, embed documents or load something.
const FORBIDDEN: [&str; 9] =
    ["script", "foreignObject", "iframe", "object", "embed", "audio", "video", "handler", "feImage"];

/// A checked image.
#[derive(Clone)]
pub struct BrandImage {
    bytes: Arc<[u8]>,
    kind: Kind,
    hash: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Png,
    Svg,
}

impl BrandImage {
    /// Reads and checks a file.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let size = fs::metadata(path).map_err(|error| format!("cannot read {name}: {error}"))?.len();
        if size > MAX_BYTES {
            return Err(format!("{name} has {size} bytes, but must not exceed {MAX_BYTES}"));
        }
        let bytes = fs::read(path).map_err(|error| format!("cannot read {name}: {error}"))?;
        Self::of(bytes).map_err(|reason| format!("{name} {reason}"))
    }

    /// Checks the content of a file.
    fn of(bytes: Vec<u8>) -> Result<Self, String> {
        let kind = if bytes.starts_with(PNG) {
            Kind::Png
        } else {
            let text =
                std::str::from_utf8(&bytes).map_err(|_| "is neither a PNG nor an SVG file".to_owned())?;
            check_svg(text)?;
            Kind::Svg
        };
        let hash = hash_of(&bytes);
        Ok(Self { bytes: bytes.into(), kind, hash })
    }

    /// The file name in pages; it changes with the content.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.hash, if self.kind == Kind::Png { "png" } else { "svg" })
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its media type.
    pub fn content_type(&self) -> &'static str {
        match self.kind {
            Kind::Png => "image/png",
            Kind::Svg => "image/svg+xml",
        }
    }
}

impl fmt::Debug for BrandImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.file_name(), self.bytes.len())
    }
}

/// A short hash of a content.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..9])
}

fn check_svg(text: &str) -> Result<(), String> {
    // Without a document type, so that no entity expands and nothing external is referenced.
    let document =
        Document::parse(text).map_err(|error| format!("is neither a PNG nor a plain SVG file ({error})"))?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG_NAMESPACE) {
        return Err("is not an SVG file: its root element is not <svg> in the SVG namespace".to_owned());
    }
    if let Some(target) = document.root().children().find(Node::is_pi) {
        let name = target.pi().map_or("", |pi| pi.target);
        return Err(format!("contains the processing instruction <?{name}…?>, which is not allowed"));
    }
    document.descendants().filter(Node::is_element).try_for_each(check_element)
}

fn check_element(element: Node<'_, '_>) -> Result<(), String> {
    let name = element.tag_name().name();
    if FORBIDDEN.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden)) {
        return Err(format!("contains <{name}>, which is not allowed"));
    }
    if name.eq_ignore_ascii_case("style") {
        let text: String = element.descendants().filter_map(|node| node.text()).collect();
        check_style(&text)?;
    }
    for attribute in element.attributes() {
        let (key, value) = (attribute.name(), attribute.value());
        if key.len() > 2 && key[..2].eq_ignore_ascii_case("on") {
            return Err(format!("has the attribute {key}, which runs a script"));
        }
        let is_link = ["href", "src", "data"].iter().any(|link| key.eq_ignore_ascii_case(link));
        if is_link && !is_inside(value) {
            return Err(format!("refers to {value:?}, which is outside the file"));
        }
        // An animation can set the attributes that are checked here.
        if key.eq_ignore_ascii_case("attributeName") {
            let target = value.rsplit(':').next().unwrap_or_default();
            if target.eq_ignore_ascii_case("href") || target.to_ascii_lowercase().starts_with("on") {
                return Err(format!("animates {value}, which is not allowed"));
            }
        }
        check_style(value)?;
    }
    Ok(())
}

/// Whether a reference stays within the file: a fragment, or an embedded image.
fn is_inside(reference: &str) -> bool {
    let reference = reference.trim().to_ascii_lowercase();
    reference.starts_with('#')
        || ["data:image/png;base64,", "data:image/jpeg;base64,"]
            .iter()
            .any(|start| reference.starts_with(start))
}

/// CSS that loads nothing: only `url()` of fragments, no `@import`.
fn check_style(css: &str) -> Result<(), String> {
    let css = css.to_ascii_lowercase();
    // An escape or a comment could hide the words that are searched for.
    if css.contains("url") || css.contains("@import") || css.contains('\\') {
        let is_plain = !css.contains('\\') && !css.contains("/*") && !css.contains("@import");
        let mut urls =
            css.split("url(").skip(1).map(|rest| rest.trim_start_matches([' ', '"', '\'', '\t', '\n']));
        if !is_plain || !urls.all(is_inside) {
            return Err("has a style that refers to something outside the file".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(content: &str) -> Result<BrandImage, String> {
        let text = format!(
            "<svg xmlns=\"{SVG_NAMESPACE}\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 9 9\">{content}</svg>"
        );
        BrandImage::of(text.into_bytes())
    }

    #[test]
    fn r12_a_logo_is_a_picture_and_nothing_else() {
        for good in [
            "<path d=\"M0 0h9\" fill=\"url(#g)\"/><linearGradient id=\"g\"/>",
            "<style>.a{fill:#123}</style><g class=\"a\"><use xlink:href=\"#g\"/></g>",
            "<image href=\"data:image/png;base64,AAAA\"/><title>Example</title>",
            "<rect style=\"fill: red\"><animate attributeName=\"x\" to=\"3\"/></rect>",
        ] {
            let image = svg(good).unwrap_or_else(|error| panic!("{good}: {error}"));
            assert!(image.content_type() == "image/svg+xml" && image.file_name().ends_with(".svg"));
        }
        for (bad, named) in [
            ("<script>alert(1)</script>", "<script>"),
            ("<g><SCRIPT/></g>", "<SCRIPT>"),
            ("<x:script xmlns:x=\"http://www.w3.org/2000/svg\"/>", "<script>"),
            ("<path onload=\"f()\"/>", "onload"),
            ("<path ONCLICK=\"f()\"/>", "ONCLICK"),
            ("<foreignObject><b/></foreignObject>", "foreignObject"),
            ("<image href=\"https://example.com/x.png\"/>", "outside"),
            ("<image xlink:href=\"//example.com/x\"/>", "outside"),
            ("<use href=\"other.svg#a\"/>", "outside"),
            ("<a href=\"javascript:alert(1)\"><path/></a>", "outside"),
            ("<image href=\"data:image/svg+xml;base64,AAAA\"/>", "outside"),
            ("<style>@import 'https://example.com/a.css';</style>", "outside"),
            ("<style>a{fill:url( 'https://example.com/a')}</style>", "outside"),
            ("<style>a{fill:u\\72l(https://example.com)}</style>", "outside"),
            ("<rect fill=\"url(https://example.com/a#b)\"/>", "outside"),
            ("<set attributeName=\"xlink:href\" to=\"x\"/>", "animates"),
            ("<animate attributeName=\"onload\"/>", "animates"),
        ] {
            let error = svg(bad).err().unwrap_or_else(|| panic!("{bad} was accepted"));
            assert!(error.contains(named), "{bad}: {error}");
        }
    }

    #[test]
    fn r12_what_is_no_image_is_refused_and_a_png_is_not() {
        assert_eq!(BrandImage::of([PNG, b"..."].concat()).unwrap().content_type(), "image/png");
        for bad in [
            "GIF89a",
            "",
            "hello",
            "<html/>",
            "<svg/>",
            "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&a;</svg>",
            "<?xml-stylesheet href=\"https://example.com/a.css\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        ] {
            assert!(BrandImage::of(bad.as_bytes().to_vec()).is_err(), "{bad}");
        }
        assert!(BrandImage::of(vec![0xff, 0xd8, 0xff, 0xe0]).is_err(), "a JPEG");
        let folder = std::env::temp_dir().join(format!("claimcheck-test-logo-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let large = folder.join("large.png");
        fs::write(&large, [PNG, &vec![0; 70_000]].concat()).unwrap();
        assert!(BrandImage::read(&large).unwrap_err().contains("65536"));
        assert!(BrandImage::read(&folder.join("none.png")).unwrap_err().contains("cannot read"));
        fs::remove_dir_all(folder).unwrap();
    }
}
