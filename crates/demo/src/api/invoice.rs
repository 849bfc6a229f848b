//! `GET /orders/{id}/invoice`: the invoice of an order as a PDF file, written here without a library.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    bearer::Bearer,
    desk::{Order, money},
    order::UNKNOWN,
    problem::Refusal,
    scopes::ReadOrders,
    shared::Shared,
};

/// The invoice of an order that has one.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let desk = shared.desk();
    let order = desk.orders.iter().find(|order| order.id == id);
    let order = order.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, UNKNOWN))?;
    let Some(number) = &order.invoice else {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "This order has no invoice."));
    };
    let mut response = pdf(&lines(order, number)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

fn lines(order: &Order, number: &str) -> Vec<String> {
    let buyer = order.buyer;
    let mut lines = vec![
        format!("Invoice {number}"),
        format!("Order {} of {}", order.id, order.day()),
        String::new(),
        buyer.name.to_owned(),
        buyer.street.to_owned(),
        format!("{} {}, {}", buyer.postcode, buyer.city, buyer.country),
        String::new(),
    ];
    lines.extend(order.lines.iter().map(|(article, quantity)| {
        let total = money(article.price * u64::from(*quantity));
        format!("{quantity} x {} ({})   {total:.2} {}", article.name, article.sku, order.currency)
    }));
    lines.extend([String::new(), format!("Total   {:.2} {}", order.total, order.currency)]);
    lines
}

/// One page with these lines of text (ISO 32000-1, 7.5).
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = b"BT /F 12 Tf 16 TL 72 770 Td\n".to_vec();
    for line in lines {
        text.push(b'(');
        text.extend(line.chars().flat_map(character));
        text.extend(b") Tj T*\n");
    }
    text.extend(b"ET");
    let mut content = format!("<< /Length {} >>\nstream\n", text.len()).into_bytes();
    content.extend(text);
    content.extend(b"\nendstream");
    let objects: [&[u8]; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        &content,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ];
    let (mut file, mut places) = (b"%PDF-1.4\n".to_vec(), String::new());
    for (index, object) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{} 0 obj\n", index + 1).bytes());
        file.extend(*object);
        file.extend(b"\nendobj\n");
    }
    let (count, start) = (objects.len() + 1, file.len());
    let end = format!(
        "xref\n0 {count}\n0000000000 65535 f \n{places}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    file.extend(end.bytes());
    file
}

/// A character of a text, in Latin 1; others become question marks.
fn character(c: char) -> Vec<u8> {
    match u8::try_from(c) {
        Ok(byte @ (b'(' | b')' | b'\\')) => vec![b'\\', byte],
        Ok(byte) => vec![byte],
        Err(_) => vec![b'?'],
    }
}

#[cfg(test)]
mod tests {
    use super::pdf;

    #[test]
    fn the_objects_of_a_file_are_where_it_says() {
        let file = pdf(&["Grün (1)".to_owned()]);
        let text: String = file.iter().map(|byte| char::from(*byte)).collect();
        assert!(
            text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n") && text.contains("(Grün \\(1\\))")
        );
        let places = text.split_once("xref\n0 6\n").unwrap().1.lines().skip(1).take(5);
        for (index, place) in places.enumerate() {
            let start: usize = place[..10].parse().unwrap();
            assert!(file[start..].starts_with(format!("{} 0 obj", index + 1).as_bytes()), "{place}");
        }
        let start = text.split_once("startxref\n").unwrap().1.lines().next().unwrap();
        assert!(file[start.parse::<usize>().unwrap()..].starts_with(b"xref\n"));
    }
}
