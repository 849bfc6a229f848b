//! What an unknown name in the settings was meant to be: the nearest known name, or the one that other programs call so.

/// Names of other dashboards and of APIs, each with the names that are used here, the most probable first.
const OTHER_WORDS: [(&[&str], &[&str]); 40] = [
    (&["label", "name", "heading", "header", "caption"], &["title", "label"]),
    (&["title", "text", "button"], &["label", "title"]),
    (&["link", "href", "url", "goto", "drilldown"], &["to", "get", "link"]),
    (&["path", "endpoint", "request", "source"], &["get", "key"]),
    (&["type", "visualization", "widget", "format"], &["kind"]),
    (&["refresh", "interval", "poll", "reload"], &["every"]),
    (&["data", "items", "records", "results", "points", "jsonpath"], &["rows", "value"]),
    (&["field", "member", "property", "accessor", "column"], &["key", "columns"]),
    (&["fields", "cols"], &["columns", "y"]),
    (&["precision", "digits"], &["decimals"]),
    (&["suffix", "units"], &["unit"]),
    (&["description", "help", "tooltip", "subtitle"], &["hint", "note"]),
    (&["permission", "permissions", "scopes"], &["scope"]),
    (&["roles"], &["role"]),
    (&["secondary", "details"], &["note", "facts"]),
    (&["badge", "status", "state", "enum"], &["tag"]),
    (&["goal", "max", "maximum"], &["target"]),
    (&["compare", "comparison", "previous"], &["before"]),
    (&["sparkline", "history"], &["trend"]),
    (&["method", "action", "submit_to"], &["post"]),
    (&["limit", "page_size", "pagination", "paging", "pages"], &["page"]),
    (&["colors", "colours", "color", "colour", "thresholds"], &["rules", "tags"]),
    (&["ellipsis", "multiline", "nowrap"], &["wrap"]),
    (&["hidden", "visible"], &["hide"]),
    (&["chart", "graph", "area", "timeseries", "time-series", "spline"], &["line"]),
    (&["bars", "histogram", "barchart"], &["bar"]),
    (&["pie", "donut", "doughnut"], &["share"]),
    (&["gauge", "bullet", "progress"], &["meter"]),
    (&["number", "kpi", "metric", "counter", "single", "value"], &["stat"]),
    (&["markdown", "html", "note", "string", "str"], &["text"]),
    (&["events", "feed", "log", "history"], &["timeline"]),
    (&["detail", "properties", "record", "object"], &["facts"]),
    (&["grid", "datatable", "rows"], &["table"]),
    (&["money", "currency", "amount", "integer", "int", "float", "decimal"], &["number"]),
    (&["boolean", "bool", "checkbox", "flag"], &["yes-no"]),
    (&["datetime", "timestamp", "time", "date-time"], &["date"]),
    (&["tags", "array", "labels"], &["chips"]),
    (&["img", "avatar", "picture", "photo"], &["image"]),
    (&["age", "ago", "timeago"], &["relative"]),
    (&["percentage", "filesize"], &["percent", "bytes"]),
];

/// The known name that was probably meant. Of similar names, the nearest if one is close enough; two swapped letters are one
/// mistake.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    // Of short names, most others are near.
    let limit = (name.chars().count() / 3).clamp(1, 3);
    let near = known
        .iter()
        .map(|candidate| (strsim::osa_distance(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min();
    match near {
        // One wrong letter is more probable than another word.
        Some((1, near)) => Some(near),
        near => of_other_word(name, &known).or(near.map(|(_, near)| near)),
    }
}

fn of_other_word<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let meant = OTHER_WORDS.iter().filter(|(words, _)| words.contains(&name.as_str()));
    meant.flat_map(|(_, meant)| *meant).find_map(|meant| known.iter().copied().find(|known| known == meant))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn wb_04_names_of_other_programs_lead_to_the_names_here() {
        let column = ["key", "title", "kind", "to", "decimals", "unit", "hide", "wrap"];
        let panel = ["title", "kind", "get", "every", "rows", "columns", "to", "hint", "scope"];
        let kinds = ["stat", "table", "line", "bar", "list", "facts", "meter", "share", "timeline", "text"];
        let cells = ["text", "number", "date", "yes-no", "tag", "chips", "link", "image", "relative"];
        for (known, name, meant) in [
            (&column[..], "label", Some("title")),
            (&column, "link", Some("to")),
            (&column, "type", Some("kind")),
            (&panel, "link", Some("to")),
            (&panel, "endpoint", Some("get")),
            (&panel, "refresh", Some("every")),
            (&panel, "description", Some("hint")),
            (&panel, "coluns", Some("columns")),
            (&panel, "frobnicate", None),
            (&kinds, "Pie", Some("share")),
            (&kinds, "gauge", Some("meter")),
            (&kinds, "chart", Some("line")),
            (&kinds, "tabel", Some("table")),
            (&cells, "currency", Some("number")),
            (&cells, "string", Some("text")),
            (&cells, "boolean", Some("yes-no")),
            (&cells, "badge", Some("tag")),
        ] {
            assert_eq!(nearest(name, known.iter().copied()), meant, "{name}");
        }
    }
}
