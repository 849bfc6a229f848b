//! The actions of a board: one request to the API that changes something, and the fields of its form. `server::actions`
//! carries it out; `needs` has the access that it requires.

use axum::http::Method;

use crate::config::{
    Local, LocalText,
    apis::Names,
    boards::{
        AfterSetting, Condition, Needs, Template, after, condition,
        field::{self, FieldSetting},
        ids::WrittenIds,
        if_match::{self, IfMatch},
        member_path::{self, MemberPath},
        needs,
        sentence::Sentence,
        subject::BoardSlots,
        title,
    },
    claim_slots::claim_name,
    problem::SettingProblem,
    reader::TomlTable,
    toml_key::{TomlKeys, flag, flag_or_text, local, tables, text, text_or_table},
};

/// An action on a row of a table, or on a board as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its name in addresses and forms: `[a-z0-9-]+`, unique among the actions of its panel or board.
    pub id: String,
    /// The text of the button: "Ship".
    pub label: LocalText,
    /// The text of the submit button, if it is not the label: "Save changes".
    pub submit: Option<LocalText>,
    pub method: Method,
    /// The id of the API.
    pub api: String,
    /// The path of the request; its slots are members of the row.
    pub path: Template,
    /// The question to confirm.
    pub confirm: Option<Local<Sentence>>,
    /// The message when it is done.
    pub done: Option<Local<Sentence>>,
    /// It destroys something, so its button is red.
    pub is_dangerous: bool,
    pub needs: Needs,
    /// The rows that it is offered for; all by default.
    pub when: Option<Condition>,
    pub fields: Vec<FieldSetting>,
    /// The version that the request is for, so that it changes nothing that somebody else has changed meanwhile.
    pub if_match: Option<IfMatch>,
    /// What follows its success.
    pub after: AfterSetting,
}

const METHODS: [(&str, Method); 4] =
    [("post", Method::POST), ("put", Method::PUT), ("patch", Method::PATCH), ("delete", Method::DELETE)];
/// The keys of an action.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "action",
    &[
        &[
            local("label", "the text of the button and the heading of the form").required(),
            local("submit", "the text of the submit button, such as `Save changes`; by default the label"),
            text("id", "the action's name in addresses: a-z, 0-9 and -; by default it is made from `label`"),
            text("post", "the path of a `POST`, below the API's base URL, such as `/orders/{id}/ship`"),
            text("put", "the path of a `PUT`"),
            text("patch", "the path of a `PATCH`"),
            text("delete", "the path of a `DELETE`"),
            text("api", "the id of an `[[api]]`; by default that of the panel"),
            local("confirm", "the question above the form, such as `Ship order {id}?`"),
            local("done", "the message after success"),
            flag("danger", "whether the action destroys something, so that its button is red; by default only for `delete`"),
            text_or_table(
                "when",
                &condition::KEYS,
                "the rows for which the action is offered, such as `status in open, packed`",
            ),
            flag_or_text(
                "if_match",
                "the version that the request changes, sent as `If-Match`: a member of the row such as `{etag}`, or `true` \
                 for the `ETag` of the answer to the request of `detail`, or of `[board.subject]`",
            ),
            tables("fields", &field::KEYS, "the fields of the form, at most 20"),
        ],
        &needs::KEYS,
        &after::KEYS,
    ],
)
.exactly_one(&[&["post", "put", "patch", "delete"]])
.rules(&[&after::RULES]);
const FIELDS_MAX: usize = 20;

/// Reads the actions of a table's rows, or of a board, which has no row to take values from. The API is `usual_api` unless
/// an action names another.
pub(super) fn read(
    at: &mut TomlTable<'_, '_>,
    has_row: bool,
    of_board: &BoardSlots,
    apis: &Names,
    usual_api: &str,
) -> Vec<Action> {
    let mut ids = WrittenIds::default();
    let has_tag = if_match::has_tag(at, has_row);
    let mut actions = at
        .list("action", |at| action(at, (has_row, has_tag, of_board), apis, usual_api, &mut ids))
        .unwrap_or_default();
    // A form is safe with such an id: its fingerprint names the action.
    let _ = ids.complete("action", &mut actions, |action| (&mut action.id, &action.label));
    actions
}

fn action(
    mut at: TomlTable<'_, '_>,
    (has_row, has_tag, of_board): (bool, bool, &BoardSlots),
    apis: &Names,
    usual_api: &str,
    ids: &mut WrittenIds,
) -> Option<Action> {
    let id = ids.read(&mut at, "action");
    let label = at.required_local("label", title);
    let submit = at.optional_local("submit", title);
    let api = at.optional("api", |id| apis.find(id)).unwrap_or_else(|| usual_api.to_owned());
    let named: Vec<_> = METHODS.iter().filter(|(key, _)| at.has(key)).collect();
    let [(key, method)] = named[..] else {
        at.problem(
            "post",
            "set exactly one of `post`, `put`, `patch` and `delete` to the path of the request",
        );
        return None;
    };
    let path = at.optional(key, Template::parse);
    let confirm = at.optional_local("confirm", Sentence::parse);
    let done = at.optional_local("done", Sentence::parse);
    let is_dangerous = at.flag("danger").unwrap_or(*method == Method::DELETE);
    let needs = needs::read(&mut at);
    let when = condition::read_of_row(&mut at);
    let fields = fields(&mut at, has_row, (of_board, apis));
    let if_match = if_match::read(&mut at, has_tag, has_row);
    let after = after::read(&mut at, of_board, apis);
    if !has_row {
        let is_of_row = |slot: &str| is_of_row(slot, of_board);
        let has_slots_of_row = |text: &Sentence| text.slots().any(is_of_row);
        let sentences = [("confirm", &confirm), ("done", &done)];
        let in_sentence =
            sentences.into_iter().find(|(_, text)| text.iter().flat_map(Local::all).any(has_slots_of_row));
        let in_version = if_match.iter().flat_map(IfMatch::slots).any(is_of_row).then_some("if_match");
        let in_path = path.as_ref().filter(|path| path.slots().any(is_of_row)).map(|_| *key);
        if let Some(key) =
            in_path.or(in_sentence.map(|(key, _)| key)).or(in_version).or(when.as_ref().map(|_| "when"))
        {
            at.problem(key, "has a value from a row, but only actions of a table have rows");
        }
    }
    let unknown = {
        let texts = confirm.iter().chain(&done).flat_map(Local::all);
        let values = fields.iter().filter_map(|field: &FieldSetting| field.value.as_ref());
        let of_texts = texts.chain(values).flat_map(Sentence::slots);
        let of_version = if_match.iter().flat_map(IfMatch::slots);
        let mut slots = path.iter().flat_map(Template::slots).chain(of_texts).chain(of_version);
        slots.find_map(|slot| apis.claims().check(slot).err())
    };
    if let Some(message) = unknown {
        at.problem(key, message);
    }
    at.no_more(KEYS.parts);
    Some(Action {
        id,
        label: label?,
        submit,
        method: method.clone(),
        api,
        path: path?,
        confirm,
        done,
        is_dangerous,
        needs,
        when,
        fields,
        if_match,
        after,
    })
}

/// Whether an action of a board would take a slot from a row, which it does not have.
pub(super) fn is_of_row(slot: &str, of_board: &BoardSlots) -> bool {
    claim_name(slot).is_none() && !of_board.is_of_subject(slot)
}

/// Reads the fields, whose keys make one JSON object.
fn fields(
    at: &mut TomlTable<'_, '_>,
    has_row: bool,
    (of_board, apis): (&BoardSlots, &Names),
) -> Vec<FieldSetting> {
    let read = at.list("fields", |at| field::read(at, has_row, (of_board, apis))).unwrap_or_default();
    let (places, fields): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    let paths: Vec<&MemberPath> = fields.iter().map(|field: &FieldSetting| &field.path).collect();
    for (index, clash) in member_path::clashes(&paths) {
        if let Some(place) = places.get(index) {
            let place: &SettingProblem = place;
            let problem = SettingProblem { message: clash.message, ..place.clone() };
            at.report(problem.with_remedy(clash.remedy));
        }
    }
    if fields.len() > FIELDS_MAX {
        at.problem("fields", format!("must have at most {FIELDS_MAX} entries"));
    }
    fields
}
