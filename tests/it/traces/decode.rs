//! Reads what a collector gets: `ExportTraceServiceRequest` of OTLP 1.0 in Protocol Buffers.

use std::collections::BTreeMap;

/// A value of a field.
pub enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// A span as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Span {
    pub trace: String,
    pub id: String,
    pub parent: String,
    pub state: String,
    pub name: String,
    /// 1 internal, 2 server, 3 client.
    pub kind: u64,
    /// In nanoseconds since 1970.
    pub started: u64,
    pub ended: u64,
    pub attributes: BTreeMap<String, String>,
    /// The message, if its status is an error.
    pub error: Option<String>,
    /// What describes the process.
    pub resource: BTreeMap<String, String>,
}

impl Span {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// The fields of a message. Fails on anything that is no message.
pub fn fields(mut rest: &[u8]) -> Vec<(u64, Wire<'_>)> {
    let mut all = Vec::new();
    while !rest.is_empty() {
        let tag = varint(&mut rest);
        let value = match tag & 7 {
            0 => Wire::Number(varint(&mut rest)),
            1 => Wire::Number(u64::from_le_bytes(take(&mut rest, 8).try_into().unwrap())),
            2 => {
                let length = varint(&mut rest);
                Wire::Bytes(take(&mut rest, usize::try_from(length).unwrap()))
            }
            5 => Wire::Number(u32::from_le_bytes(take(&mut rest, 4).try_into().unwrap()).into()),
            other => panic!("wire type {other}"),
        };
        all.push((tag >> 3, value));
    }
    all
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (bytes, further) = rest.split_at(length);
    *rest = further;
    bytes
}

fn varint(rest: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(rest, 1)[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return value;
        }
    }
    panic!("a number of more than ten bytes")
}

/// The messages in the field of that number.
fn messages(of: &[u8], number: u64) -> Vec<&[u8]> {
    let bytes = |(field, value)| match value {
        Wire::Bytes(bytes) if field == number => Some(bytes),
        _ => None,
    };
    fields(of).into_iter().filter_map(bytes).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A `KeyValue`.
fn pair(bytes: &[u8]) -> (String, String) {
    let name = text(messages(bytes, 1)[0]);
    let value = match fields(messages(bytes, 2)[0]).pop().unwrap() {
        (1, Wire::Bytes(value)) => text(value),
        (2, Wire::Number(value)) => (value == 1).to_string(),
        (3, Wire::Number(value)) => value.cast_signed().to_string(),
        (field, _) => panic!("AnyValue {field}"),
    };
    (name, value)
}

/// The spans of a request.
pub fn spans(request: &[u8]) -> Vec<Span> {
    let mut all = Vec::new();
    for of_resource in messages(request, 1) {
        let resource = messages(of_resource, 1)[0];
        let resource: BTreeMap<_, _> = messages(resource, 1).into_iter().map(pair).collect();
        for of_scope in messages(of_resource, 2) {
            for bytes in messages(of_scope, 2) {
                all.push(Span { resource: resource.clone(), ..span(bytes) });
            }
        }
    }
    all
}

fn span(bytes: &[u8]) -> Span {
    let mut span = Span::default();
    for (field, value) in fields(bytes) {
        match (field, value) {
            (1, Wire::Bytes(id)) => span.trace = hex(id),
            (2, Wire::Bytes(id)) => span.id = hex(id),
            (3, Wire::Bytes(state)) => span.state = text(state),
            (4, Wire::Bytes(id)) => span.parent = hex(id),
            (5, Wire::Bytes(name)) => span.name = text(name),
            (6, Wire::Number(kind)) => span.kind = kind,
            (7, Wire::Number(at)) => span.started = at,
            (8, Wire::Number(at)) => span.ended = at,
            (9, Wire::Bytes(attribute)) => span.attributes.extend([pair(attribute)]),
            (15, Wire::Bytes(status)) => {
                span.error = Some(messages(status, 2).first().map(|said| text(said)).unwrap_or_default());
            }
            (16, Wire::Number(_)) => {}
            (field, _) => panic!("field {field} of a span"),
        }
    }
    span
}
