//! The request of OTLP/HTTP in Protocol Buffers, which every collector reads (OTLP 1.0, `opentelemetry/proto/trace/v1`), and
//! what is needed of its response. Numbers of fields are those of the published messages.

use claimcheck_base::random;

use crate::traces::layer::{FinishedSpan, Kind, Value};

/// Bit 8 of a span's flags: whether its parent is known to be remote or not; bit 9: that it is.
const KNOWN_PARENT: u32 = 1 << 8;
const REMOTE_PARENT: u32 = 1 << 9;
const ERROR: u64 = 2;

/// A message that is being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            // The lower seven bits, and the mark that more follow.
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn fixed64(&mut self, field: u64, value: u64) {
        self.varint(field << 3 | 1);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn fixed32(&mut self, field: u64, value: u32) {
        self.varint(field << 3 | 5);
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u64, text: &str) {
        if !text.is_empty() {
            self.bytes(field, text.as_bytes());
        }
    }

    fn attribute(&mut self, field: u64, name: &str, value: &Value) {
        let mut any = Self::default();
        match value {
            Value::Text(text) => any.bytes(1, text.as_bytes()),
            Value::Bool(value) => any.number(2, u64::from(*value)),
            // Two's complement, as `int64`.
            Value::Whole(value) => any.number(3, value.cast_unsigned()),
        }
        let mut pair = Self::default();
        pair.text(1, name);
        pair.bytes(2, &any.0);
        self.bytes(field, &pair.0);
    }
}

/// What describes this process in each request: the message `Resource`.
pub(super) fn resource(service: &str) -> Vec<u8> {
    let instance: String =
        random::bytes::<16>().unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut resource = Message::default();
    for (name, value) in [
        ("service.name", service),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", &instance),
    ] {
        resource.attribute(1, name, &Value::Text(value.to_owned()));
    }
    resource.0
}

/// The request that exports these spans: the message `ExportTraceServiceRequest`.
pub(super) fn request(resource: &[u8], spans: &[FinishedSpan]) -> Vec<u8> {
    let mut library = Message::default();
    library.text(1, "claimcheck");
    library.text(2, env!("CARGO_PKG_VERSION"));
    let mut of_library = Message::default();
    of_library.bytes(1, &library.0);
    for each in spans {
        of_library.bytes(2, &span(each).0);
    }
    let mut of_resource = Message::default();
    of_resource.bytes(1, resource);
    of_resource.bytes(2, &of_library.0);
    let mut request = Message::default();
    request.bytes(1, &of_resource.0);
    request.0
}

fn span(of: &FinishedSpan) -> Message {
    let mut span = Message::default();
    span.bytes(1, &of.context.trace_id);
    span.bytes(2, &of.context.span_id);
    span.text(3, of.context.state.as_deref().unwrap_or_default());
    if let Some(parent) = &of.parent {
        span.bytes(4, parent);
    }
    span.text(5, &of.name);
    let kind = match of.kind {
        Kind::Internal => 1,
        Kind::Server => 2,
        Kind::Client => 3,
    };
    span.number(6, kind);
    span.fixed64(7, of.started);
    span.fixed64(8, of.ended);
    for (name, value) in &of.attributes {
        span.attribute(9, name, value);
    }
    if let Some(reason) = &of.error {
        let mut status = Message::default();
        status.text(2, reason);
        status.number(3, ERROR);
        span.bytes(15, &status.0);
    }
    let remote = if of.has_remote_parent { REMOTE_PARENT } else { 0 };
    span.fixed32(16, u32::from(of.context.is_sampled) | KNOWN_PARENT | remote);
    span
}

/// How many spans the collector has refused: `partial_success.rejected_spans` of the response. 0 if it does not say so, or
/// the response cannot be read.
pub(super) fn rejected(response: &[u8]) -> u64 {
    let partial = fields(response).find_map(|(field, value)| match value {
        Read::Bytes(bytes) if field == 1 => Some(bytes),
        _ => None,
    });
    let count = partial.and_then(|bytes| {
        fields(bytes).find_map(|(field, value)| match value {
            Read::Number(count) if field == 1 => Some(count),
            _ => None,
        })
    });
    count.unwrap_or_default()
}

/// The value of a field that is read.
enum Read<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message with a number or bytes, up to the first that cannot be read.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = (u64, Read<'_>)> {
    std::iter::from_fn(move || {
        let tag = read_varint(&mut rest)?;
        let value = match tag & 7 {
            0 => Read::Number(read_varint(&mut rest)?),
            2 => {
                let length = usize::try_from(read_varint(&mut rest)?).ok()?;
                let (bytes, further) = rest.split_at_checked(length)?;
                rest = further;
                Read::Bytes(bytes)
            }
            _ => return None,
        };
        Some((tag >> 3, value))
    })
}

fn read_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, further) = rest.split_first()?;
        *rest = further;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Message, rejected};

    #[test]
    fn tc_03_rejected_spans_are_read_and_garbage_is_not() {
        let mut partial = Message::default();
        partial.number(1, 300);
        partial.text(2, "too old");
        let mut response = Message::default();
        response.bytes(1, &partial.0);
        assert_eq!(rejected(&response.0), 300);
        for garbage in
            [&b""[..], b"<html>", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x0a\x7f\x08", b"{}"]
        {
            assert_eq!(rejected(garbage), 0, "{garbage:?}");
        }
    }

    #[test]
    fn tc_03_numbers_are_written_as_protocol_buffers_have_them() {
        let mut message = Message::default();
        message.number(3, 300);
        message.fixed32(16, 1);
        assert_eq!(message.0, [0x18, 0xac, 0x02, 0x85, 0x01, 1, 0, 0, 0]);
        let mut negative = Message::default();
        negative.number(1, (-1_i64).cast_unsigned());
        assert_eq!(negative.0.len(), 11);
    }
}
