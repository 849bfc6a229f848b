//! `job`: how to follow work that an API has accepted and does later (202, RFC 9110 15.3.3): where its state is asked, and
//! which answers say that it is done or has failed. `boards::job` reads the answers.

use std::time::Duration;

use serde_json_path::JsonPath;

use crate::config::{
    boards::{Condition, Template, condition, kinds::json_path},
    claim_slots::claim_name,
    key_rule::{
        Condition::HasNot,
        KeyRule::{If, NoneOf},
    },
    reader::TomlTable,
    toml_key::{TomlKey, TomlKeys, table, text, whole},
};

/// The slot with the last segment of the `Location` header.
pub const LOCATION_LAST: &str = "location.last";
/// The seconds between two questions.
const EVERY_SECS: std::ops::RangeInclusive<u32> = 1..=60;
const EVERY_USUAL_SECS: u32 = 2;
/// The seconds after which a page stops asking by itself.
const AT_MOST_SECS: std::ops::RangeInclusive<u32> = 10..=3600;
const AT_MOST_USUAL_SECS: u32 = 120;

/// How to follow work that an API has accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct JobSetting {
    /// The path of the request for its state. Its slots are members of the answer that accepted it. Without one, the
    /// `Location` of that answer.
    pub path: Option<Template>,
    /// Where the object with the state is in the answers; by default the answer itself.
    pub item: Option<JsonPath>,
    /// When it is done; by default as soon as an answer is a success other than 202.
    pub done: Option<Condition>,
    /// When it has failed.
    pub failed: Option<Condition>,
    /// The path of the result, with members of the answer that says that the job is done. Without one, that answer is the
    /// result. Actions have none.
    pub result: Option<Template>,
    /// The least time between two questions.
    pub every: Duration,
    /// After this time, a page stops asking by itself.
    pub at_most: Duration,
}

/// The keys of a job.
static KEYS: [TomlKey; 6] = [
    text(
        "get",
        "the path of the request for the state of the job, such as `/jobs/{id}` with a member of the answer; by default the `Location` of the answer",
    ),
    text("item", "JSONPath of the object with the state in the answers; by default the answer itself, `$`"),
    text(
        "done",
        "the condition under which the job is done, such as `status = succeeded`; by default any success other than 202",
    ),
    text("failed", "the condition under which the job has failed, such as `status in failed, cancelled`"),
    whole("every", (1, 60), "the seconds between two questions; by default 2"),
    whole("at_most", (10, 3600), "the seconds after which a page stops asking by itself; by default 120"),
];
/// The keys of the job of an action.
static OF_ACTION: TomlKeys = TomlKeys::new("job", &[&KEYS]);
/// The keys of the job of a request that reads.
static OF_READ: TomlKeys = TomlKeys::new(
    "read_job",
    &[
        &KEYS,
        &[text(
            "result",
            "the path of the result, such as `/reports/{id}` with a member of the answer that says that it is done; by default that answer itself",
        )],
    ],
)
.rules(&[&[If(HasNot("done"), &[NoneOf(&["result"])])]]);

/// The key with these settings for an action.
pub(super) const fn key() -> TomlKey {
    table("job", &OF_ACTION, "how to follow what the API answers with 202 and does later")
}

/// The key with these settings for a request that reads.
pub(super) const fn key_of_read() -> TomlKey {
    table("job", &OF_READ, "how to follow what the API prepares before it can answer")
}

/// Reads `job` of an action.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> Option<JobSetting> {
    read_table(at, &OF_ACTION)
}

/// Reads `job` of a request that reads.
pub(super) fn read_of_read(at: &mut TomlTable<'_, '_>) -> Option<JobSetting> {
    let job = read_table(at, &OF_READ)?;
    if let Some(slot) =
        job.slots().chain(job.result.iter().flat_map(Template::slots)).find(|slot| claim_name(slot).is_some())
    {
        let message =
            format!("has the placeholder {{{slot}}}, but only members of the answer can be in these paths");
        at.problem_with("job", message, "name a member of the answer, such as {id}");
    }
    Some(job)
}

fn read_table(at: &mut TomlTable<'_, '_>, keys: &'static TomlKeys) -> Option<JobSetting> {
    at.table("job", |mut at| {
        let path = at.optional("get", of_answer);
        let item = at.optional("item", json_path);
        let done = at.optional("done", condition::of_members);
        let failed = at.optional("failed", condition::of_members);
        let every = at.whole("every", EVERY_SECS).unwrap_or(EVERY_USUAL_SECS);
        let at_most = at.whole("at_most", AT_MOST_SECS).unwrap_or(AT_MOST_USUAL_SECS);
        let has_result = keys.keys().any(|key| key.name == "result");
        let result = has_result.then(|| at.optional("result", of_answer)).flatten();
        if result.is_some() && !at.has("done") {
            let remedy = "set `done`, such as \"status = ready\", or remove `result`";
            at.problem_with("result", "needs `done`: that answer has the members of this path", remedy);
        }
        // That of an action also fills its link: see `after`.
        if has_result && item.is_some() && !at.has("done") && !at.has("failed") {
            let remedy = "set `done` or `failed`, such as \"status = failed\", or remove `item`";
            at.problem_with("item", "has no effect without a condition on that object", remedy);
        }
        if every > at_most {
            at.problem_with("every", "is longer than `at_most`", "lower `every`, or raise `at_most`");
        }
        at.no_more(keys.parts);
        let secs = |secs: u32| Duration::from_secs(secs.into());
        Some(JobSetting { path, item, done, failed, result, every: secs(every), at_most: secs(at_most) })
    })
}

/// A path with members of an answer.
fn of_answer(text: &str) -> Result<Template, String> {
    let path = Template::parse(text)?;
    path.slots().try_for_each(not_a_path)?;
    Ok(path)
}

impl Default for JobSetting {
    /// What applies without `job`.
    fn default() -> Self {
        let secs = |secs: u32| Duration::from_secs(secs.into());
        Self {
            path: None,
            item: None,
            done: None,
            failed: None,
            result: None,
            every: secs(EVERY_USUAL_SECS),
            at_most: secs(AT_MOST_USUAL_SECS),
        }
    }
}

impl JobSetting {
    /// The slots of its request.
    pub(super) fn slots(&self) -> impl Iterator<Item = &str> {
        self.path.iter().flat_map(Template::slots)
    }
}

/// Checks that a slot can be a member of an answer.
///
/// # Errors
/// Describes what would be right.
pub(super) fn not_a_path(slot: &str) -> Result<(), String> {
    match slot.starts_with('$') {
        true => Err(format!(
            "has the JSONPath {{{slot}}}: name a member of the answer, such as {{invoice.id}} or {{items.0.id}}"
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::testing::load;

    fn file(panel: &str, column: &str) -> String {
        format!(
            "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"P\"\nkind = \"table\"\nrows = \"$[*]\"\n{panel}\n\
             columns = [{{ key = \"id\", title = \"Id\" }}, {{ key = \"f\", title = \"F\"{column} }}]\n"
        )
    }

    #[test]
    fn jb_08_jobs_of_reads_are_read_and_mistakes_are_refused_with_key_and_remedy() {
        for good in [
            "get = \"/r\"\njob = {}",
            "post = \"/r\"\nbody = { a = 1 }\njob = { every = 60, at_most = 3600 }",
            "get = \"/r\"\njob = { get = \"/jobs/{location.last}\", item = \"$.job\", done = \"status = ready\", failed = \"status in a, b\", result = \"/r/{id}\" }",
        ] {
            let loaded =
                load(Some(&file(good, ", download = \"/f/{id}\", job = { done = \"state = done\" }")), &[]);
            assert!(loaded.is_ok(), "{good}: {:?}", loaded.err().map(|error| error.to_string()));
        }
        for (panel, column, key, words) in [
            ("get = \"/r\"\njob = { result = \"/r/{id}\" }", "", "job.result", "set `done`"),
            ("get = \"/r\"\njob = { get = \"/j/{claim.sub}\" }", "", "job", "members of the answer"),
            ("get = \"/r\"\njob = { get = \"https://x.example/j\" }", "", "job.get", ""),
            ("get = \"/r\"\njob = { done = \"ready\" }", "", "job.done", "operator"),
            ("get = \"/r\"\njob = { every = 0 }", "", "job.every", ""),
            ("get = \"/r\"\njob = { at_most = 3601 }", "", "job.at_most", ""),
            ("get = \"/r\"\njob = { item = \"$.job\" }", "", "job.item", "no effect"),
            ("get = \"/r\"\njob = { every = 30, at_most = 10 }", "", "job.every", "raise `at_most`"),
            ("get = \"/r\"\njob = { until = \"x\" }", "", "job.until", "unknown key"),
            ("get = \"/r\"\njob = \"/jobs/{id}\"", "", "job", ""),
            ("get = \"/r\"", ", job = { done = \"state = done\" }", "job", "download"),
        ] {
            let errors = load(Some(&file(panel, column)), &[]).err().map(|error| error.to_string());
            let errors = errors.unwrap_or_default();
            assert!(errors.contains(key) && errors.contains(words), "{panel} {column}: {errors}");
        }
    }
}
