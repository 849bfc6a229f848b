//! The kinds of files that a download can have: for each its media types, and how its first bytes look. HTML, SVG and XML
//! are none of them: a browser would run what is in them.

/// A kind of file: one row of the table below.
#[derive(Debug, PartialEq, Eq)]
pub struct FileKind {
    /// Its name in the settings, which is the ending of its files.
    pub name: &'static str,
    /// Its media types; the first one is sent to browsers.
    media_types: &'static [&'static str],
    looks: Looks,
}

/// How the first bytes of a file look.
#[derive(Debug, PartialEq, Eq)]
enum Looks {
    /// With the mark of a PDF, before which nothing may be, although many readers look further.
    Pdf,
    /// As one of these formats of the library.
    Like(&'static [&'static str]),
    /// As an archive that begins with an entry of this name, or below this folder.
    Archive(&'static [&'static str]),
    /// As an archive whose first entry is this media type, uncompressed.
    OpenDocument(&'static str),
    /// As text that is not markup.
    Text,
}

/// The kinds of images that pages show.
const IMAGES: [&str; 5] = ["png", "jpg", "gif", "webp", "avif"];
/// Entries with which an Office Open XML package begins (ECMA-376 2, 9.1).
const OFFICE_ENTRIES: &[&str] = &["[Content_Types].xml", "_rels/", "docProps/", "customXml/"];
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
/// The place of the first entry's name in an archive, and that of the length of the name (APPNOTE 4.3.7).
const ZIP_NAME: usize = 30;
const ZIP_NAME_LENGTH: usize = 26;

macro_rules! kinds {
    ($($name:literal: $media_types:expr, $looks:expr;)*) => {
        /// All kinds, which are those of a download without `types`.
        pub(super) static FILE_KINDS: &[FileKind] = &[$(FileKind { name: $name, media_types: &$media_types, looks: $looks }),*];
    };
}

kinds! {
    "pdf": ["application/pdf", "application/x-pdf"], Looks::Pdf;
    "png": ["image/png"], Looks::Like(&["png"]);
    "jpg": ["image/jpeg", "image/jpg", "image/pjpeg"], Looks::Like(&["jpg"]);
    "gif": ["image/gif"], Looks::Like(&["gif"]);
    "webp": ["image/webp"], Looks::Like(&["webp"]);
    "avif": ["image/avif"], Looks::Like(&["avif"]);
    "tif": ["image/tiff"], Looks::Like(&["tif"]);
    "csv": ["text/csv", "application/csv"], Looks::Text;
    "txt": ["text/plain"], Looks::Text;
    "zip": ["application/zip", "application/x-zip-compressed"], Looks::Like(&["zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"]);
    "docx": ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"], Looks::Archive(&["word/"]);
    "xlsx": ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"], Looks::Archive(&["xl/"]);
    "pptx": ["application/vnd.openxmlformats-officedocument.presentationml.presentation"], Looks::Archive(&["ppt/"]);
    "odt": ["application/vnd.oasis.opendocument.text"], Looks::OpenDocument("application/vnd.oasis.opendocument.text");
    "ods": ["application/vnd.oasis.opendocument.spreadsheet"], Looks::OpenDocument("application/vnd.oasis.opendocument.spreadsheet");
    "odp": ["application/vnd.oasis.opendocument.presentation"], Looks::OpenDocument("application/vnd.oasis.opendocument.presentation");
}

impl FileKind {
    /// The kind with this name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FILE_KINDS.iter().find(|kind| kind.name == name)
    }

    /// The kind of an image that pages may show, by its first bytes.
    pub fn of_image(bytes: &[u8]) -> Option<&'static Self> {
        IMAGES.iter().filter_map(|name| Self::named(name)).find(|kind| kind.begins(bytes))
    }

    /// The media type for browsers.
    pub fn media_type(&self) -> &'static str {
        self.media_types.first().copied().unwrap_or("application/octet-stream")
    }

    /// Whether an API's media type, in lower case and without parameters, is that of this kind.
    pub fn has_media_type(&self, media_type: &str) -> bool {
        self.media_types.contains(&media_type)
    }

    /// Whether the first bytes of a file are those of this kind.
    pub fn begins(&self, bytes: &[u8]) -> bool {
        match self.looks {
            Looks::Pdf => bytes.starts_with(b"%PDF-"),
            Looks::Like(formats) => {
                infer::get(bytes).is_some_and(|found| formats.contains(&found.extension()))
            }
            Looks::Archive(own) => first_entry(bytes).is_some_and(|name| {
                OFFICE_ENTRIES.iter().chain(own).any(|entry| name.starts_with(entry.as_bytes()))
            }),
            Looks::OpenDocument(media_type) => {
                first_entry(bytes) == Some(b"mimetype")
                    && bytes
                        .get(ZIP_NAME + b"mimetype".len()..)
                        .is_some_and(|rest| rest.starts_with(media_type.as_bytes()))
            }
            Looks::Text => is_text(bytes),
        }
    }
}

/// The name of the first entry of an archive.
fn first_entry(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.strip_prefix(ZIP_MAGIC).and(bytes.get(ZIP_NAME_LENGTH..ZIP_NAME_LENGTH + 2))?;
    let length = usize::from(u16::from_le_bytes(length.try_into().ok()?));
    bytes.get(ZIP_NAME..ZIP_NAME + length)
}

/// Whether bytes are text in an encoding that contains ASCII, and no markup.
fn is_text(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_binary = |byte: &u8| *byte < b' ' && !b"\t\n\x0c\r".contains(byte);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    // `%PDF` would be text, too.
    !text.iter().any(is_binary) && first != Some(&b'<') && !text.starts_with(b"%PDF")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, content: &str) -> Vec<u8> {
        let mut bytes = ZIP_MAGIC.to_vec();
        bytes.resize(ZIP_NAME_LENGTH, 0);
        bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(name.bytes().chain(content.bytes()));
        bytes
    }

    #[test]
    fn r35_the_first_bytes_say_which_kind_of_file_it_is() {
        let odt = entry("mimetype", "application/vnd.oasis.opendocument.text");
        for (name, bytes) in [
            ("pdf", b"%PDF-1.7\n".to_vec()),
            ("png", b"\x89PNG\r\n\x1a\n".to_vec()),
            ("jpg", b"\xff\xd8\xff\xe0".to_vec()),
            ("gif", b"GIF89a".to_vec()),
            ("txt", b"BMI and MZ are no programs here".to_vec()),
            ("txt", "Gr\u{fc}\u{df}e".as_bytes().to_vec()),
            ("csv", b"\xef\xbb\xbfa;b\r\n1;2".to_vec()),
            ("csv", Vec::new()),
            ("zip", entry("a.txt", "")),
            ("docx", entry("[Content_Types].xml", "")),
            ("xlsx", entry("xl/workbook.xml", "")),
            ("odt", odt.clone()),
        ] {
            assert!(FileKind::named(name).unwrap().begins(&bytes), "{name}");
        }
        for (name, bytes) in [
            ("pdf", b"<html>%PDF".to_vec()),
            ("png", b"%PDF-1.7".to_vec()),
            ("pdf", Vec::new()),
            ("txt", b" \n<!doctype html>".to_vec()),
            ("txt", b"\xef\xbb\xbf<svg onload=x>".to_vec()),
            ("csv", b"<?xml version=\"1.0\"?>".to_vec()),
            ("csv", b"MZ\x90\0".to_vec()),
            ("txt", b"\xff\xfe<\0h\0".to_vec()),
            ("txt", b"%PDF-1.7".to_vec()),
            ("docx", entry("evil.exe", "")),
            ("ods", odt),
            ("docx", b"PK\x03\x04".to_vec()),
            ("zip", b"PK".to_vec()),
        ] {
            assert!(!FileKind::named(name).unwrap().begins(&bytes), "{name} {bytes:?}");
        }
        for never in ["html", "htm", "svg", "xml", "xhtml", "js", "exe", ""] {
            assert_eq!(FileKind::named(never), None);
        }
        let all = FILE_KINDS.iter().flat_map(|kind| kind.media_types);
        assert!(
            all.clone()
                .all(|kind| !kind.contains("xml+") && !kind.ends_with("xml") && !kind.contains("html"))
        );
    }
}
