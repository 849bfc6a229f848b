//! `GET /articles/{sku}/picture`: a picture of an article as a PNG file, drawn and written here without a library.

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{bearer::Bearer, catalogue::ARTICLES, problem::Refusal, scopes::ReadOrders};

/// Width and height in pixels; a multiple of eight.
const SIDE: usize = 96;
/// A picture has five by five fields, which mirror each other.
const FIELDS: usize = 5;
const FIELD: usize = 16;
const MARGIN: usize = (SIDE - FIELDS * FIELD) / 2;
const PAPER: [u8; 3] = [0xf4, 0xf1, 0xea];
static INKS: [[u8; 3]; 6] = [
    [0x1f, 0x4e, 0x79],
    [0x8c, 0x3b, 0x2a],
    [0x2e, 0x6b, 0x4f],
    [0x6b, 0x4a, 0x86],
    [0x9a, 0x6a, 0x12],
    [0x44, 0x4b, 0x54],
];

/// The address of an article's picture, below this API.
pub(super) fn address(sku: &str) -> String {
    format!("/articles/{sku}/picture")
}

/// The picture of an article.
pub(super) async fn one(Path(sku): Path<String>, _: Bearer<ReadOrders>) -> Result<Response, Refusal> {
    let article = ARTICLES.iter().find(|article| article.sku == sku);
    let article =
        article.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "There is no article with this SKU."))?;
    let mut response = png(article.sku).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

/// An indexed PNG with two colours (PNG specification, third edition), which depend on the name.
fn png(name: &str) -> Vec<u8> {
    let hash = crc(name.as_bytes(), 0xffff_ffff);
    let ink = INKS[hash as usize % INKS.len()];
    let mut rows = Vec::with_capacity(SIDE * (1 + SIDE / 8));
    for y in 0..SIDE {
        // No filter.
        rows.push(0);
        for byte in 0..SIDE / 8 {
            let is_inked = |bit: usize| has_ink(hash, byte * 8 + bit, y);
            rows.push((0..8).fold(0, |bits, bit| bits << 1 | u8::from(is_inked(bit))));
        }
    }
    let side = (SIDE as u32).to_be_bytes();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &[&side[..], &side, &[1, 3, 0, 0, 0]].concat());
    chunk(&mut file, b"PLTE", &[PAPER, ink].concat());
    chunk(&mut file, b"IDAT", &stored(&rows));
    chunk(&mut file, b"IEND", &[]);
    file
}

/// Whether a pixel has the colour of the article: a bit of the hash for each field of the left half.
fn has_ink(hash: u32, x: usize, y: usize) -> bool {
    let inside = MARGIN..MARGIN + FIELDS * FIELD;
    if !inside.contains(&x) || !inside.contains(&y) {
        return false;
    }
    let (column, row) = ((x - MARGIN) / FIELD, (y - MARGIN) / FIELD);
    let column = column.min(FIELDS - 1 - column);
    hash >> (column * FIELDS + row) & 1 == 1
}

/// A zlib stream with one block that is not compressed (RFC 1950, RFC 1951 3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u16;
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let sum = (b << 16 | a).to_be_bytes();
    [&[0x78, 0x01, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), bytes, &sum].concat()
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    file.extend_from_slice(&(content.len() as u32).to_be_bytes());
    file.extend_from_slice(kind);
    file.extend_from_slice(content);
    let sum = !crc(content, crc(kind, 0xffff_ffff));
    file.extend_from_slice(&sum.to_be_bytes());
}

/// CRC-32, continued from `sum` (PNG specification, annex D).
fn crc(bytes: &[u8], sum: u32) -> u32 {
    bytes.iter().fold(sum, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_specifications() {
        assert_eq!(!crc(b"IEND", 0xffff_ffff), 0xae42_6082);
        assert_eq!(stored(b"Wikipedia")[16..], 0x11e6_0398_u32.to_be_bytes());
    }

    #[test]
    fn each_article_has_a_small_picture() {
        let all: Vec<_> = ARTICLES.iter().map(|article| png(article.sku)).collect();
        for (index, file) in all.iter().enumerate() {
            assert!(file.starts_with(b"\x89PNG\r\n\x1a\n") && file.len() < 2000, "{}", file.len());
            assert!(!all[index + 1..].contains(file), "{index}");
        }
    }
}
