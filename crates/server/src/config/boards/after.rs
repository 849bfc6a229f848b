//! What follows the success of an action: a link to what it has created, and how to follow what the API has only accepted.

use serde_json_path::JsonPath;

use crate::config::{
    Local,
    apis::Names,
    boards::{
        LinkTo, Sentence,
        job::{self, JobSetting},
        kinds::json_path,
        link_to,
        subject::{BoardSlots, PREFIX as SUBJECT},
    },
    claim_slots::claim_name,
    key_rule::{
        Condition::HasNot,
        KeyRule::{self, If, NoneOf},
    },
    reader::{REMOVE_IT, TomlTable},
    toml_key::{TomlKey, local, text},
};

/// What follows the success of an action.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AfterSetting {
    /// Where the message leads. Its slots are members of the API's answer.
    pub to: Option<LinkTo>,
    /// The text of that link, with members of the answer.
    pub open: Option<Local<Sentence>>,
    /// Where the object is in the answer; by default the answer itself.
    pub item: Option<JsonPath>,
    pub job: Option<JobSetting>,
}

/// The keys of these settings.
pub(super) static KEYS: [TomlKey; 4] = [
    text(
        "to",
        "where the message after success leads, such as `/boards/invoice?id={id}` with a member of the API's answer",
    ),
    local("open", "the text of that link, such as `Open {number}`; by default `Open`"),
    text(
        "item",
        "JSONPath of the object in the API's answer that fills `to`; by default the answer itself, `$`",
    ),
    job::key(),
];
/// The rules about them.
pub(super) static RULES: [KeyRule; 1] =
    [If(HasNot("to"), &[NoneOf(&["open"]), If(HasNot("job"), &[NoneOf(&["item"])])])];

/// Reads these settings.
pub(super) fn read(at: &mut TomlTable<'_, '_>, of_board: &BoardSlots, names: &Names) -> AfterSetting {
    let to = link_to::read(at);
    let open = at.optional_local("open", |text| {
        let text = Sentence::parse(text)?;
        text.slots().try_for_each(|slot| fits(slot, of_board, names))?;
        Ok(text)
    });
    let item = at.optional("item", json_path);
    let job = job::read(at);
    let unknown = job.iter().flat_map(JobSetting::slots).find_map(|slot| fits(slot, of_board, names).err());
    if let Some(message) = unknown {
        at.problem("job", message);
    }
    let (has_to, has_job) = (at.has("to"), at.has("job"));
    let reads_object = |job: &JobSetting| job.done.is_some() || job.failed.is_some() || has_to;
    if job.as_ref().is_some_and(|job| job.item.is_some() && !reads_object(job)) {
        let message = "has `item`, which has no effect without `done`, `failed` or a link";
        let remedy = "set `done` or `failed`, such as \"status = failed\", or remove `item`";
        at.problem_with("job", message, remedy);
    }
    if at.has("open") && !has_to {
        at.problem_with("open", "is the text of a link, but there is no `to`", REMOVE_IT);
    }
    if at.has("item") && !has_to && !has_job {
        at.problem_with("item", "says where the object for `to` is, but there is no `to`", REMOVE_IT);
    }
    if let Some(link) = &to
        && let Some(message) = link.slots().find_map(|slot| fits(slot, of_board, names).err())
    {
        at.report(link.problem(message).with_remedy("name a member of the API's answer, or remove it"));
    }
    AfterSetting { to, open, item, job }
}

/// Checks a slot: a member of the answer, a claim, or a member of what the board is about.
fn fits(slot: &str, of_board: &BoardSlots, names: &Names) -> Result<(), String> {
    match claim_name(slot) {
        Some(_) => names.claims().check(slot),
        None if slot.starts_with(SUBJECT) && !of_board.is_of_subject(slot) => {
            Err(format!("has {{{slot}}}, but the board has no `[board.subject]`"))
        }
        None => job::not_a_path(slot),
    }
}

impl AfterSetting {
    /// All slots of its link and its requests.
    pub(super) fn slots(&self) -> impl Iterator<Item = &str> {
        self.slots_of_link().chain(self.job.iter().flat_map(JobSetting::slots))
    }

    /// The slots of its link and of the text of the link.
    pub fn slots_of_link(&self) -> impl Iterator<Item = &str> {
        let of_text = self.open.iter().flat_map(Local::all).flat_map(Sentence::slots);
        self.to.iter().flat_map(LinkTo::slots).chain(of_text)
    }

    /// The slots that have a value before the request: members of what the board is about.
    pub fn slots_of_subject(&self) -> impl Iterator<Item = &str> {
        self.slots().filter(|slot| slot.starts_with(SUBJECT))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::load;

    /// The mistakes in an action with these keys.
    fn mistakes(keys: &str) -> Vec<String> {
        let text = format!(
            "[claims]\nteam = \"team\"\n[[board]]\nid = \"invoices\"\ntitle = \"I\"\n[[board.action]]\nlabel = \"New\"\n\
             post = \"/invoices\"\n{keys}\n[[board.panel]]\ntitle = \"Invoices\"\nkind = \"table\"\nget = \"/invoices\"\n\
             rows = \"$.r[*]\"\n[[board]]\nid = \"invoice\"\ntitle = \"V\"\n[board.subject]\nget = \"/invoices/{{id}}\"\n\
             [[board.panel]]\ntitle = \"F\"\nkind = \"facts\"\nfields = [\"id\"]\n"
        );
        match load(Some(&text), &[]) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.0.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn ac_20_a_link_to_what_was_created_is_accepted_in_every_form() {
        for keys in [
            "to = \"/boards/invoice?id={id}\"",
            "to = \"/boards/invoice?id={location.last}\"\nopen = \"Open {number}\"",
            "to = \"/boards/invoices/rows/invoices?key={data.items.0.id}\"\nitem = \"$.data\"",
            "to = \"https://crm.example.com/{claim.team}/{id}\"\nopen = { en = \"Open\", de = \"Öffnen\" }",
            "to = \"/account\"",
            "job = {}",
            "to = \"/boards/invoice?id={id}\"\njob = { item = \"$.result\" }",
            "item = \"$.job\"\njob = { get = \"/jobs/{id}?of={claim.team}\" }",
            "to = \"/boards/invoice?id={id}\"\njob = { get = \"/jobs/{location.last}\", item = \"$.job\", done = \"status = succeeded\", failed = \"status in failed, cancelled\", every = 1, at_most = 3600 }",
        ] {
            assert_eq!(mistakes(keys), Vec::<String>::new(), "{keys}");
        }
    }

    #[test]
    fn ac_20_ac_22_mistakes_in_what_follows_an_action_are_explained() {
        for (keys, says) in [
            ("to = \"/boards/invoice\"", "lacks the parameter `id`"),
            ("to = \"/boards/invoic?id={id}\"", "did you mean `invoice`?"),
            ("to = \"/boards/invoice?id={$.id}\"", "name a member of the answer"),
            ("to = \"/boards/invoice?id={subject.id}\"", "has no `[board.subject]`"),
            ("to = \"/boards/invoice?id={claim.shop}\"", "shop"),
            ("to = \"https://{host}/x\"", "host"),
            ("to = \"javascript:alert(1)\"", "https://"),
            ("open = \"Open {id}\"", "there is no `to`"),
            ("item = \"$.data\"", "there is no `to`"),
            ("to = \"/account\"\nitem = \"data\"", "JSONPath"),
            ("job = { get = \"/jobs/{$.id}\" }", "name a member of the answer"),
            ("job = { get = \"https://jobs.example.com/{id}\" }", "job.get"),
            ("job = { done = \"succeeded\" }", "needs an operator"),
            ("job = { failed = \"$.status = failed\" }", "JSONPath"),
            ("job = { item = \"$.result\" }", "no effect"),
            ("job = { every = 0 }", "every"),
            ("job = { at_most = 9 }", "at_most"),
            ("job = { until = 9 }", "until"),
            ("job = \"/jobs/{id}\"", "job"),
        ] {
            let found = mistakes(keys).join("\n");
            assert!(found.contains(says), "{keys}: {found}");
        }
    }
}
